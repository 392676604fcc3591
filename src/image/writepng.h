#ifndef BITGROVE_IMAGE_WRITEPNG_H
#define BITGROVE_IMAGE_WRITEPNG_H

/*
 * A picture as PNG, 8 bits a channel, grey or colour, by libpng. The same
 * picture gives the same bytes. Any thread.
 */

#include "base/err.h"
#include "base/str.h"
#include "image/picture.h"

/* Appends the whole file. ERR_NOMEM. */
enum status MUST_USE writepng_encode(struct str *out,
                                     const struct picture *picture,
                                     struct err *err);

#endif
