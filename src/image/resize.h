#ifndef BITGROVE_IMAGE_RESIZE_H
#define BITGROVE_IMAGE_RESIZE_H

/*
 * Resizing by area average: every pixel of the result is the mean of the
 * rectangle of the source it covers, pixels cut by its edge counted by the
 * part inside. Shrinking never skips a pixel; enlarging repeats them. Whole
 * numbers throughout, rounded to nearest. Pure functions; any thread.
 */

#include <stdint.h>

/*
 * out: (height,width,channels), in: (from_height,from_width,channels), both
 * row-major bytes and apart. Sides from 1 to 65535, channels from 1 to 4.
 */
void resize_area(uint8_t *out, uint32_t width, uint32_t height,
                 const uint8_t *in, uint32_t from_width, uint32_t from_height,
                 uint32_t channels);

/* The luma of a colour, ITU-R BT.601: 0.299 R + 0.587 G + 0.114 B. */
uint8_t resize_luma(uint8_t red, uint8_t green, uint8_t blue);

#endif
