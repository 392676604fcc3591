#ifndef BITGROVE_UI_PREFERENCE_H
#define BITGROVE_UI_PREFERENCE_H

/*
 * What can be set, in bitgroverc and with :set. One table holds name, values,
 * default and help; bitgroverc(5) lists the same, which a test compares. The
 * user interface's thread.
 */

#include "base/err.h"
#include "base/str.h"

struct app;

struct preference {
    const char *name;
    const char *values;   /* as help shows them; "on|off" for a switch */
    const char *fallback; /* unless it is set */
    const char *help;
    /* Takes a value; ERR_BAD_INPUT names those that there are. */
    enum status (*set)(struct app *app, const char *value, struct err *err);
    void (*get)(const struct app *app, struct str *out);
    /* NULL or appends the values there are, one a line. */
    void (*list)(struct str *out);
};

/* The settings; *count of them. Static. */
const struct preference *preference_table(int *count);

/*
 * Applies "NAME VALUE" or "NAME=VALUE"; of a switch also "NAME" and "noNAME".
 * ERR_BAD_INPUT when there is no such setting or value.
 */
MUST_USE enum status preference_apply(struct app *app, const char *text,
                                      struct err *err);

/* Appends "NAME VALUE" of one (text names it) or, for "", of all, a line
 * each; nothing when there is no such setting. */
void preference_show(const struct app *app, const char *text, struct str *out);

/* Appends what text could become, one a line. */
void preference_complete(const char *text, struct str *out);

#endif
