#ifndef BITGROVE_IMAGE_READWEBP_H
#define BITGROVE_IMAGE_READWEBP_H

/*
 * WebP through libwebp, lossy and lossless; of an animation the first frame.
 * What is transparent is laid over white. Any thread.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "image/picture.h"

enum status MUST_USE readwebp_decode(struct picture *out, const uint8_t *bytes,
                                     size_t n, const char *name,
                                     struct err *err);

#endif
