#ifndef BITGROVE_IMAGE_READJPEG_H
#define BITGROVE_IMAGE_READJPEG_H

/*
 * JPEG through libjpeg: baseline and progressive, grey, colour, CMYK and YCCK
 * (with Adobe's inverted inks, as they all are), turned as EXIF says. A file
 * that is cut off or damaged is an error, and no grey rest of a picture. Memory
 * and the number of scans are bounded. Any thread.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "image/picture.h"

/*
 * least: 0 for every pixel; else the picture may be made 2, 4 or 8 times
 * smaller while it is decoded, as long as its shorter side keeps this many.
 */
enum status MUST_USE readjpeg_decode(struct picture *out, const uint8_t *bytes,
                                     size_t n, uint32_t least, const char *name,
                                     struct err *err);

#endif
