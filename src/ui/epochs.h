#ifndef BITGROVE_UI_EPOCHS_H
#define BITGROVE_UI_EPOCHS_H

/* The time slider: which epoch's codes and tree are looked at. */

#include "ui/app.h"

/* One row: the epoch, where it lies in all there are, and how to move. */
void epochs_draw(const struct app *app, struct pane pane, int row);

/* Goes by so many epochs, over those that kept no codes; the newest follows
 * the learning. Says so where there is nothing to go to. */
void epochs_step(struct app *app, int by);

#endif
