#ifndef BITGROVE_IMAGE_EXIF_H
#define BITGROVE_IMAGE_EXIF_H

/*
 * The one thing wanted of EXIF: how the camera was held. The bytes may be
 * hostile; anything that doesn't parse means orientation 1. Any thread.
 */

#include <stddef.h>
#include <stdint.h>

/* bytes: a TIFF structure ("II*\0" or "MM\0*"), with or without "Exif\0\0"
 * before it. 1 to 8, see picture_orient(). */
int exif_orientation(const uint8_t *bytes, size_t n);

#endif
