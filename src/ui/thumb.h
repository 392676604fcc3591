#ifndef BITGROVE_UI_THUMB_H
#define BITGROVE_UI_THUMB_H

/*
 * Pictures in cells, or over them where the terminal shows real pixels. With 16 colours or more a cell is two pixels, one above
 * the other ("▀" with two colours); with fewer it is 2 x 2 pixels of ink or
 * none, dithered; in ASCII, one character of a ramp from light to heavy ink.
 * The image keeps its proportions, taking a cell to be twice as high as wide,
 * and is averaged over the area of each pixel.
 */

#include <stdint.h>

#include "ui/pane.h"

struct thumb {
    int channels, height, width; /* channels: 1 grey, 3 RGB */
    const uint8_t *pixels;       /* (channels, height, width); borrowed */
    int zoom; /* cell columns a pixel takes at most; 0 is 1 */
};

/*
 * The cells it takes inside a box of rows x cols: as large as fits, and never
 * more than `zoom` cell columns a pixel.
 */
void thumb_size(const struct thumb *thumb, int rows, int cols, int *out_rows,
                int *out_cols);

/* Draws it into the middle of the pane. */
void thumb_draw(struct pane pane, const struct thumb *thumb);

/*
 * Mean of channel c over the part of the image that pixel (x, y) of a grid of
 * w x h pixels covers, 0 to 255.
 */
int thumb_sample(const struct thumb *thumb, int c, int x, int y, int w, int h);

#endif
