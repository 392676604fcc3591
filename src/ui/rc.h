#ifndef BITGROVE_UI_RC_H
#define BITGROVE_UI_RC_H

/*
 * bitgroverc: lines of `bind VIEW KEY COMMAND` and `set NAME VALUE`, '#'
 * starts a comment. The installed one is read first, the user's after it;
 * where BITGROVE_CONFIG names a file, that one instead of both. A line that is
 * wrong is reported, with its file and number, and skipped. The user
 * interface's thread.
 */

#include "base/err.h"
#include "base/str.h"

struct app;

struct rc_report {
    struct str files;    /* those that were read, one a line */
    struct str findings; /* a line for each line that is wrong or clashes */
    int count;           /* of the findings */
};

void rc_report_init(struct rc_report *report);
void rc_report_release(struct rc_report *report);

/* Reads all there are. A file that is not there is none; one that can't be
 * read is a finding. */
void rc_load(struct app *app, struct rc_report *report);

/* The same without an explorer: what `bitgrove --check-keys` prints. */
void rc_check(struct rc_report *report);

/* Reads one file. */
void rc_load_file(struct app *app, const char *path, struct rc_report *report);

/* `VIEW KEY COMMAND`, as in the file; origin as in bindings_add(). */
MUST_USE enum status rc_bind(struct app *app, const char *text,
                             const char *origin, struct str *clashes,
                             struct err *err);

/* Appends what the argument of bind could become, one a line. */
void rc_complete_bind(const char *text, struct str *out);

#endif
