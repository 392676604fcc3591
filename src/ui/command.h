#ifndef BITGROVE_UI_COMMAND_H
#define BITGROVE_UI_COMMAND_H

/*
 * What can be typed after ':'. One table holds name, argument, help, and what
 * completes the argument; the help view prints it.
 */

#include "base/str.h"

struct app;

struct command {
    const char *name;
    const char *argument; /* as help shows it, or NULL */
    const char *help;
    void (*run)(struct app *app, const char *argument);
    /* NULL or appends the arguments that start with text, one a line. */
    void (*complete)(struct app *app, const char *text, struct str *out);
};

/* The commands; *count of them. Static. */
const struct command *command_table(int *count);

/* Runs a line; an unknown or ambiguous name becomes the message. The start of
 * a name is enough when no other command has it. */
void command_run(struct app *app, const char *line);

/* Appends what the line could become, one a line. */
void command_complete(struct app *app, const char *line, struct str *out);

#endif
