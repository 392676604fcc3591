#ifndef BITGROVE_IMAGE_PREPARE_H
#define BITGROVE_IMAGE_PREPARE_H

/*
 * From a picture of any size to the square that a network sees, as torchvision
 * does it to PIL's images:
 *
 *     Resize(resize)      the shorter side becomes `resize`, the longer
 *                         floor(resize * long / short); bilinear, its filter
 *                         as wide as a pixel of the result (antialiased)
 *     CenterCrop(size)    the middle, halves rounded to even
 *
 * The filter is Pillow's, in its fixed-point arithmetic (22 bits, rows first,
 * bytes between the passes), so the bytes are the same. Mean and deviation
 * come after it, see struct augment_norm. Pure functions; any thread.
 */

#include <stdint.h>

#include "base/err.h"
#include "image/picture.h"

#define PREPARE_SIDE_MAX 4096

struct prepare {
    uint32_t resize;   /* size to PREPARE_SIDE_MAX */
    uint32_t size;     /* > 0 */
    uint32_t channels; /* 1: colour becomes its luma; 3: grey is repeated */
};

/*
 * out: (channels, size, size) bytes, overwritten. ERR_BAD_INPUT for a picture
 * so long and thin that its longer side would be more than 2^24 pixels;
 * ERR_NOMEM.
 */
enum status MUST_USE prepare_picture(uint8_t *out, const struct picture *in,
                                     const struct prepare *how,
                                     struct err *err);

#endif
