#ifndef BITGROVE_UI_IMAGEPAGE_H
#define BITGROVE_UI_IMAGEPAGE_H

/*
 * The page of one image: its picture, class, code, how it was decoded, and the
 * margin of each bit.
 */

#include "ui/app.h"

/* Beside a list: the picture above, as much below it as there is room for. */
void imagepage_draw(struct app *app, struct pane pane,
                    const struct image_row *image);

/* The same over a whole screen: the picture as large as it gets. The second
 * row is left to the caller. */
void imagepage_large(struct app *app, struct pane pane,
                     const struct image_row *image);

/* The quantised margins of an image (bits of the model), NULL while they are
 * not there. Borrowed from the world. */
const int8_t *imagepage_margins(const struct world *world, int64_t image);

#endif
