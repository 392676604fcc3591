#ifndef BITGROVE_UI_IMAGEPAGE_H
#define BITGROVE_UI_IMAGEPAGE_H

/* The page of one image: its picture, class, code and how it was decoded. */

#include "ui/app.h"

void imagepage_draw(struct app *app, struct pane pane,
                    const struct image_row *image);

#endif
