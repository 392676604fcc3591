#ifndef BITGROVE_CLI_HALFBLOCK_H
#define BITGROVE_CLI_HALFBLOCK_H

/*
 * A picture in characters: two rows of pixels a line, as upper half-blocks in
 * colour on a terminal that has it, else as a ramp of shades (UTF-8) or of
 * punctuation. Main thread.
 */

#include <stdint.h>

#include "base/str.h"

/* pixels: (channels, height, width) bytes, channels 1 or 3. Appends lines, at
 * most `columns` wide; larger pictures are shown at every n-th pixel. */
void halfblock_draw(struct str *out, const uint8_t *pixels, int channels,
                    int height, int width, int columns);

#endif
