#ifndef BITGROVE_NN_ROWS_H
#define BITGROVE_NN_ROWS_H

/*
 * Linear layers on rows that lie anywhere, such as in a mapped file, in the
 * type they have there. They are converted tile by tile inside the products,
 * never as a whole: X (n, d) below is no array.
 *
 * Tiles don't depend on the number of threads and each writes what is its own,
 * so the bytes are the same for any. One thread, which may use the pool.
 */

#include "base/err.h"
#include "nn/pool.h"
#include "nn/unpack.h"

struct rows {
    enum unpack_type type;
    int n, d;
    const void *const *row; /* (n), any alignment */
};

/* Room for the tiles of every thread and for a packed w. */
struct rows_work;

/* pool: borrowed until rows_work_free(). For up to n rows of d numbers and
 * products with up to `out` columns. ERR_NOMEM. */
enum status rows_work_new(struct rows_work **out_work, int n, int d, int out,
                          struct pool *pool, struct err *err) MUST_USE;
void rows_work_free(struct rows_work *work); /* NULL is fine */

/* y (n, out) = X w^T + bias; w: (out, d), bias: (out) or NULL. */
void rows_forward(struct rows_work *work, const struct rows *x, int out,
                  const float *w, const float *bias, float *y);

/* dw (out, d) = dy^T X, overwritten; dy: (n, out). */
void rows_backward(struct rows_work *work, const struct rows *x, int out,
                   const float *dy, float *dw);

#endif
