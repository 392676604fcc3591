#ifndef BITGROVE_UI_ALBUM_H
#define BITGROVE_UI_ALBUM_H

/*
 * Pixels for the screen: a small cache of images read from the catalogue, so
 * that drawing the same page again costs no reading. The user interface's
 * thread.
 */

#include <stdint.h>

#include "ui/pane.h"

struct world;

#define ALBUM_ROOM 512 /* images kept; a power of two */

struct album {
    struct {
        int64_t id; /* 0: empty */
        uint8_t *pixels;
    } slots[ALBUM_ROOM];
    int64_t dataset; /* whose images they are */
};

void album_release(struct album *album); /* and empties it */

/* Draws an image into the middle of the pane; a cross when it is not there.
 * Of a vector, which has no picture, its id, class and code stand there. */
void album_draw(struct album *album, const struct world *world,
                struct pane pane, int64_t image);

/* The same as large as the pane holds it, with as many cells for a pixel. */
void album_draw_large(struct album *album, const struct world *world,
                      struct pane pane, int64_t image);

/*
 * A row or a grid of images from the pane's corner, each in a box of
 * rows x cols with a blank around it. Returns how many found room.
 */
int album_grid(struct album *album, const struct world *world, struct pane pane,
               const int64_t *images, int count, int rows, int cols);

/*
 * The box that shows `count` images best in a pane: the largest that leaves
 * room for `enough` of them, or for all; else the smallest that is legible.
 */
void album_fit(const struct world *world, struct pane pane, int count,
               int enough, int *box_rows, int *box_cols);

/*
 * The box in which this data set's images look best when about `cols` columns
 * are free for one: at most the image's own size, proportions kept.
 */
void album_box(const struct world *world, int cols, int *box_rows,
               int *box_cols);

/* The box that album_draw_large() fills of one of at most rows x cols. */
void album_box_large(const struct world *world, int rows, int cols,
                     int *box_rows, int *box_cols);

#endif
