#ifndef BITGROVE_IMAGE_IMAGEFILE_H
#define BITGROVE_IMAGE_IMAGEFILE_H

/*
 * Any picture file: JPEG, PNG, WebP, GIF, BMP and PNM, told apart by their
 * first bytes and never by their names. The bytes may be hostile: each reader
 * bounds what it allocates before it believes a size. Any thread.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "image/picture.h"

#define IMAGEFILE_BYTES_MAX (512u << 20) /* what callers should read */

/* Static; what is read, for messages. */
#define IMAGEFILE_FORMATS "JPEG, PNG, WebP, GIF, BMP and PNM"

/* True if the name ends as those of picture files do: what a walk through
 * folders should look at. */
bool imagefile_named(const char *name);

/*
 * Decodes bytes[0..n) into *out, which the caller releases. least: 0 for every
 * pixel; otherwise a JPEG may come out 2, 4 or 8 times smaller, which is much
 * faster, as long as its shorter side keeps this many pixels. ERR_BAD_INPUT
 * names the file and what is wrong with it; ERR_NOMEM.
 */
enum status MUST_USE imagefile_decode(struct picture *out, const uint8_t *bytes,
                                      size_t n, uint32_t least,
                                      const char *name, struct err *err);

#endif
