#ifndef BITGROVE_IMAGE_WRITEPNG_H
#define BITGROVE_IMAGE_WRITEPNG_H

/*
 * A picture as PNG (ISO/IEC 15948), 8 bits a channel, grey or colour. Small
 * pictures for pages: with zlib alone, so that who shows pictures need not load
 * what reads them. The same picture gives the same bytes. Any thread.
 */

#include "base/err.h"
#include "base/str.h"
#include "image/picture.h"

/* Appends the whole file. ERR_NOMEM. */
enum status MUST_USE writepng_encode(struct str *out,
                                     const struct picture *picture,
                                     struct err *err);

#endif
