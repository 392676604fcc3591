#ifndef BITGROVE_UI_SCREEN_H
#define BITGROVE_UI_SCREEN_H

/*
 * What the explorer is shown on: the terminal, or nothing while a script
 * plays, and how it looks there: colours, theme, characters, pictures. The
 * user interface's thread.
 */

#include <stdbool.h>

#include "base/err.h"

struct app;
struct ui_options;

/* Opens the terminal, unless `scripted` and BITGROVE_SIZE is set, and sets
 * what the options and the environment say. app_init() was called. */
MUST_USE enum status screen_open(struct app *app,
                                 const struct ui_options *options,
                                 bool scripted, struct err *err);

/* Before anything was read: the title and an empty page. */
void screen_greet(struct app *app);

/* Draws the view seen and shows it. */
void screen_show(struct app *app);

/* "auto", "kitty", ...: see graphic.h. ERR_BAD_INPUT lists what there is. */
MUST_USE enum status screen_set_pictures(struct app *app, const char *word,
                                         struct err *err);

#endif
