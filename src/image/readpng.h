#ifndef BITGROVE_IMAGE_READPNG_H
#define BITGROVE_IMAGE_READPNG_H

/*
 * PNG through libpng: every depth and kind, interlaced or not; what is
 * transparent is laid over white; turned as its EXIF says. No chunk may take
 * more than 8 MB, and the size is checked before pixels are. Any thread.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "image/picture.h"

enum status MUST_USE readpng_decode(struct picture *out, const uint8_t *bytes,
                                    size_t n, const char *name,
                                    struct err *err);

#endif
