#ifndef BITGROVE_CATALOGUE_CODEBLOCK_H
#define BITGROVE_CATALOGUE_CODEBLOCK_H

/*
 * The bytes of a block of codes, for this room alone: the codes of a model for
 * those of 4096 ids that have one, n of them, in columns without gaps, numbers
 * little-endian.
 *
 *     bytes   what                of each image, by ascending id
 *     8 n     uint64              code
 *     4 n     uint32              id of its class, 0 for none
 *     4 n     uint32              id of the class it is decoded to
 *     2 n     uint16              its id modulo 4096
 *     n       uint8               split: 0 train, 1 test, 2 ood
 *     n       uint8               distance to the decoded class's code
 *     k n     int8                margins, image by image
 *
 * Any thread.
 */

#include <stdbool.h>
#include <stdint.h>

#include "catalogue/codestore.h"

#define CODEBLOCK_SHIFT 12
#define CODEBLOCK_IDS   (1 << CODEBLOCK_SHIFT)
#define CODEBLOCK_LAST  (INT64_C(1) << 50) /* ids beyond stay rows */

/* Bytes that n images of k bits take. */
size_t codeblock_size(int64_t n, int bits);

/* Writes codes, of one block, to data (codeblock_size() bytes). False when an
 * id of a class is too large for a block: then they stay rows alone. */
bool codeblock_write(void *data, const struct image_codes *codes);

/* Appends n images of a block to codes, which have the room. False when the
 * bytes are no block. */
bool codeblock_read(struct image_codes *codes, int64_t block, const void *data,
                    int64_t n, size_t size);

#endif
