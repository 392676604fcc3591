#ifndef BITGROVE_IMAGE_READGIF_H
#define BITGROVE_IMAGE_READGIF_H

/*
 * The first frame of a GIF through giflib, in its place on the screen that the
 * file declares; what is transparent, and what the frame leaves free, is
 * white. Later frames are not looked at. Any thread.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "image/picture.h"

enum status MUST_USE readgif_decode(struct picture *out, const uint8_t *bytes,
                                    size_t n, const char *name,
                                    struct err *err);

#endif
