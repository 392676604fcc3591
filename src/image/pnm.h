#ifndef BITGROVE_IMAGE_PNM_H
#define BITGROVE_IMAGE_PNM_H

/*
 * Netpbm's PBM, PGM and PPM: P1 and P4 (ink or none), P2 and P5 (grey), P3 and
 * P6 (colour), plain and raw, 8 or 16 bits a sample, comments included. Only the first picture of a file
 * is read. The bytes may be hostile: nothing is allocated before the data is
 * known to be there. Any thread.
 */

#include <stddef.h>

#include "base/err.h"
#include "image/picture.h"

#define PNM_SIDE_MAX 65535

/*
 * Decodes bytes[0..n) into *out, which the caller releases. Samples are
 * scaled to 0..255. name is for messages.
 */
enum status MUST_USE pnm_decode(struct picture *out, const void *bytes,
                                size_t n, const char *name, struct err *err);

#endif
