#ifndef BITGROVE_UI_THEME_H
#define BITGROVE_UI_THEME_H

/*
 * Themes: a style for every role on the screen. One table in theme.c holds
 * each role's key, its default and its help, so that parser, manual and help
 * can't drift apart. A theme file has one `key = style` a line, '#' starts a
 * comment; a role it does not name keeps its default. A value; the user
 * interface's thread.
 */

#include "base/err.h"
#include "base/str.h"
#include "ui/style.h"

enum role {
    ROLE_SCREEN,
    ROLE_TEXT,
    ROLE_DIM,
    ROLE_HEADING,
    ROLE_RULE,
    ROLE_TITLE,
    ROLE_TITLE_NAME,
    ROLE_TITLE_DIM,
    ROLE_HINT,
    ROLE_HINT_KEY,
    ROLE_SELECTED,
    ROLE_SELECTED_IDLE,
    ROLE_MATCH,
    ROLE_NUMBER,
    ROLE_GOOD,
    ROLE_BAD,
    ROLE_WARN,
    ROLE_BIT_ON,
    ROLE_BIT_OFF,
    ROLE_BIT_FREE,
    ROLE_BIT_DIFFERS,
    ROLE_TREE,
    ROLE_SIDE_ON,
    ROLE_SIDE_OFF,
    ROLE_SIDE_MIXED,
    ROLE_BAR,
    ROLE_BAR_REST,
    ROLE_CURVE_1,
    ROLE_CURVE_2,
    ROLE_CURVE_3,
    ROLE_GROUP_1,
    ROLE_GROUP_2,
    ROLE_GROUP_3,
    ROLE_GROUP_4,
    ROLE_GROUP_5,
    ROLE_GROUP_6,
    ROLE_PROMPT,
    ROLE_MESSAGE,
    ROLE_ERROR,
    ROLES
};

#define GROUP_ROLES 6 /* from ROLE_GROUP_1 on */

struct theme {
    struct style styles[ROLES];
    char name[64];
};

/* The built-in theme: legible on dark backgrounds and on light ones. */
void theme_default(struct theme *out);

/* Reads a theme file; the message of a failure names file and line. */
MUST_USE enum status theme_load(struct theme *out, const char *path,
                                struct err *err);

/*
 * "default", or NAME.theme from $XDG_CONFIG_HOME/bitgrove/themes, then from
 * the directory of the installed themes (BITGROVE_THEMES overrides it), or a
 * path that holds a slash.
 */
MUST_USE enum status theme_find(struct theme *out, const char *name,
                                struct err *err);

/* Appends the names of all themes there are, one a line, sorted. */
void theme_list(struct str *out);

/* What a terminal of `colours` colours can show of it. */
void theme_reduce(struct theme *theme, int colours);

/* A role's key, default and meaning; static. */
const char *theme_key(enum role role);
const char *theme_value(enum role role);
const char *theme_help(enum role role);

#endif
