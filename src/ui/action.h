#ifndef BITGROVE_UI_ACTION_H
#define BITGROVE_UI_ACTION_H

/*
 * What keys and commands do. Every action is a row of ui/actions.def: from it
 * come this enum, the keys (ui/bindings.h), the commands after ':', the `?`
 * view, the hints line and the key tables of the manual. The user interface's
 * thread.
 */

#include <stdbool.h>
#include <stdint.h>

enum view_kind {
    VIEW_TREE,
    VIEW_CLASS,
    VIEW_BITS,
    VIEW_NEAR,
    VIEW_IMAGES,
    VIEW_OUTLIERS,
    VIEW_MODELS,
    VIEW_COMPARE,
    VIEW_JOBS,
    VIEW_HELP,
    VIEW_MAP,
    VIEW_KINDS
};

enum action {
    ACTION_NONE,
#define ACTION(id, name, views, flags, keys, hint, help) ACTION_##id,
#include "ui/actions.def"
#undef ACTION
    ACTIONS
};

/* A row of the table. */
struct action_row {
    enum action action;
    const char *name; /* of the command */
    uint32_t views;   /* bit 1 << VIEW_...; ALL_VIEWS for every view */
    bool writes;      /* refused where the catalogue is read-only */
    const char *keys; /* names separated by blanks, before any rebinding */
    const char *hint; /* its word in the hints line, or NULL */
    const char *help;
};

#define ALL_VIEWS 0xffffffffu

/* The rows in order; *count of them. Static. */
const struct action_row *action_rows(int *count);

/* The row of an action that is not ACTION_NONE. */
const struct action_row *action_row(enum action action);

/* The action of that name; ACTION_NONE if there is none. */
enum action action_named(const char *name);

/* A view as bitgroverc, help and commands name it. */
const char *action_view_name(enum view_kind view);

/* The views of a name, "all" for all of them; 0 if there is no such view. */
uint32_t action_views_named(const char *name);

#endif
