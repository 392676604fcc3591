#ifndef BITGROVE_IMAGE_BMP_H
#define BITGROVE_IMAGE_BMP_H

/*
 * Windows bitmaps: headers of OS/2 1.x and of Windows 3 to 5; 1, 4 and 8 bits
 * with a palette, 16, 24 and 32 bits with or without masks, RLE4 and RLE8,
 * either way up. Alpha counts where a mask declares it and some pixel has any;
 * it is laid over white. The bytes may be hostile. Any thread.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "image/picture.h"

enum status MUST_USE bmp_decode(struct picture *out, const uint8_t *bytes,
                                size_t n, const char *name, struct err *err);

#endif
