#ifndef BITGROVE_FORMATS_NPY_H
#define BITGROVE_FORMATS_NPY_H

/*
 * NumPy's .npy: written as version 1.0, C order (row-major), in the byte
 * order of this machine; read as float32 for codebooks (--load-codebook).
 *
 *     \x93NUMPY 1 0 | length: u16 | {'descr': '<f4', ...} ... \n | elements
 *
 * Pure functions of the file; any thread.
 */

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"

enum npy_type { NPY_F32, NPY_U8, NPY_U64, NPY_I64 };

#define NPY_DIMS_MAX  4
#define NPY_BYTES_MAX (1ull << 32) /* of elements, when reading */

/*
 * The header alone, for writers that have their rows in parts: the caller
 * writes the elements after it. shape[0..dims), 1 <= dims <= NPY_DIMS_MAX.
 * name is for messages. The stream is left unflushed.
 */
enum status MUST_USE npy_write_header(FILE *out, const char *name,
                                      enum npy_type type, unsigned dims,
                                      const size_t *shape, struct err *err);

/* Header and elements: data has the product of shape elements. */
enum status MUST_USE npy_write(FILE *out, const char *name, enum npy_type type,
                               unsigned dims, const size_t *shape,
                               const void *data, struct err *err);

/*
 * An array of finite real numbers, float16, 32 or 64 in either byte order, as
 * float32 in C order. Sizes beyond dims are 1.
 */
struct npy {
    unsigned dims;              /* 1 to NPY_DIMS_MAX */
    size_t shape[NPY_DIMS_MAX]; /* all > 0; 1 beyond dims */
    size_t count;               /* elements: the product of the shape */
    float *data;                /* owned */
};

/*
 * Versions 1 to 3. Fortran order, other types, trailing bytes, a NaN or an
 * infinity are errors that name the place.
 */
enum status MUST_USE npy_read(struct npy *out, const char *path,
                              struct err *err);
void npy_release(struct npy *npy);

#endif
