#ifndef BITGROVE_UI_CHROME_H
#define BITGROVE_UI_CHROME_H

/* What frames every view: the title line, the line of hints, and the screen
 * that says the terminal is too small. */

#include "ui/app.h"

#define CHROME_ROWS_MIN 16
#define CHROME_COLS_MIN 60

void chrome_title(const struct app *app, struct pane pane);

/* The message if there is one, else the keys of the view. */
void chrome_hints(const struct app *app, struct pane pane);

/* The whole screen, before anything was read: the title, no view. */
void chrome_opening(const struct app *app, struct pane pane);

void chrome_too_small(struct pane pane);

#endif
