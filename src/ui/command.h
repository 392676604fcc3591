#ifndef BITGROVE_UI_COMMAND_H
#define BITGROVE_UI_COMMAND_H

/*
 * What can be typed after ':'. Every action of ui/actions.def is a command of
 * its name; where it asks for a text, that can be given as its argument. The
 * table here holds what takes an argument, with its help and what completes
 * it. The user interface's thread.
 */

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

struct app;

struct command {
    const char *name;
    const char *argument; /* as help shows it, or NULL */
    const char *help;
    bool writes; /* refused where the catalogue is read-only */
    /* NULL: the action of this name. */
    void (*run)(struct app *app, const char *argument);
    /* NULL or appends the arguments that start with text, one a line. */
    void (*complete)(struct app *app, const char *text, struct str *out);
};

/* The commands; *count of them. Static. */
const struct command *command_table(int *count);

/* Runs a line; an unknown or ambiguous name becomes the message. The start of
 * a name is enough when no other command has it. */
void command_run(struct app *app, const char *line);

/* False if the line begins with no command; *err says so then. */
bool command_known(const char *line, struct err *err);

/* Appends what the line could become, one a line. */
void command_complete(struct app *app, const char *line, struct str *out);

/* Appends the names of tags that start with text, one a line. */
void command_complete_tag(struct app *app, const char *text, struct str *out);

/* Appends what a filter of images could become, one a line. */
void command_complete_filter(struct app *app, const char *text,
                             struct str *out);

/* Appends the names of commands that start with text, one a line. */
void command_names(const char *text, struct str *out);

#endif
