#ifndef BITGROVE_UI_MARGINBARS_H
#define BITGROVE_UI_MARGINBARS_H

/*
 * The margins of an image, a bar for every bit: to the right of the axis for a
 * 1, to its left for a 0, the longer the surer. The user interface's thread.
 */

#include <stdint.h>

#include "ui/pane.h"
#include "ui/world.h"

#define MARGINBARS_ROWS 3 /* the fewest worth drawing */

/*
 * margins: (bits of the model) quantised. differ: bits to show as differing.
 * In as many columns as it takes; with values and captions as there is room,
 * and, when there is not even room for all bits, the least sure ones.
 */
void marginbars_draw(struct pane pane, const struct world *world,
                     const int8_t *margins, uint64_t differ);

#endif
