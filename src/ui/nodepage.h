#ifndef BITGROVE_UI_NODEPAGE_H
#define BITGROVE_UI_NODEPAGE_H

/* The page of a node of the tree, beside it: of a class, or of a group. */

#include "ui/app.h"

/* bit: the one the tree is coloured by, or -1. A wide pane shows the pictures
 * beside the facts. */
void nodepage_draw(struct app *app, struct pane pane, uint32_t node, int bit);

#endif
