#ifndef BITGROVE_FORMATS_IDX_H
#define BITGROVE_FORMATS_IDX_H

/*
 * IDX, the format of the MNIST files, gzip or not: two zero bytes, a type
 * byte, the number of dimensions, each size as 32-bit big-endian, then the
 * elements in row-major order, big-endian.
 *
 *     0  0  type  D | size[0] ... size[D-1] | elements
 *
 * Types 0x08 (unsigned byte), 0x09 (signed byte), 0x0B (signed 16 bits) and
 * 0x0C (signed 32 bits) are read, with 1 to 4 dimensions. The whole file is
 * checked: nothing missing, nothing trailing. Pure functions of the file; any
 * thread.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum idx_type { IDX_U8 = 0x08, IDX_I8 = 0x09, IDX_I16 = 0x0b, IDX_I32 = 0x0c };

#define IDX_DIMS_MAX  4
#define IDX_SIDE_MAX  1024         /* rows or columns of an image */
#define IDX_LABEL_MAX 999999       /* highest label */
#define IDX_BYTES_MAX (1ull << 36) /* 64 GiB of elements */

struct idx {
    enum idx_type type;
    unsigned dims;               /* 1 to 4 */
    uint32_t size[IDX_DIMS_MAX]; /* all > 0; 1 beyond dims */
    size_t count;                /* elements: the product of the sizes */
    unsigned char *data;         /* owned; as in the file, big-endian */
    uint64_t digest;             /* of the content: FNV-1a, 64 bits */
};

enum status MUST_USE idx_read(struct idx *out, const char *path,
                              struct err *err);

/*
 * Images only: unsigned bytes of shape (N,H,W), grey, or (N,H,W,C) with the
 * channels of a pixel side by side, C = 1 or 3. Afterwards size is always
 * {N, H, W, C}.
 */
enum status MUST_USE idx_read_images(struct idx *out, const char *path,
                                     struct err *err);

/*
 * Labels only: one dimension, each from 0 to IDX_LABEL_MAX. A negative one is
 * an error that names its row, counted from 0.
 */
enum status MUST_USE idx_read_labels(struct idx *out, const char *path,
                                     struct err *err);

void idx_release(struct idx *idx);

/* Element i, 0 <= i < count, whatever the type. */
int32_t idx_at(const struct idx *idx, size_t i);

#endif
