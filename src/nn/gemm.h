#ifndef BITGROVE_NN_GEMM_H
#define BITGROVE_NN_GEMM_H

/*
 * Products of matrices of floats, row-major, on one thread: work is split
 * outside, over rows. Pure functions: any thread. A set of loops is the first
 * argument, micro_best() but in tests.
 *
 * A row of C depends on its own row of A and on B alone, not on how many rows
 * are multiplied at once: the same bytes however the rows are grouped.
 */

#include <stdbool.h>
#include <stddef.h>

#include "nn/micro.h"

/* Floats of a packed B: (depth, n) in panels of columns, the last one filled
 * up with zeros. */
size_t gemm_packed(const struct micro *micro, int n, int depth);

/* packed (64-byte aligned) = B(i, j) = b[i * row + j * column] for i < depth,
 * j < n: row = n, column = 1 for B as it lies; row = 1, column = depth for
 * the transpose of an (n, depth) array. */
void gemm_pack(const struct micro *micro, int n, int depth, const float *b,
               size_t row, size_t column, float *packed);

/*
 * C (m, n) = A (m, depth) B, or C += A B if add. a_row, c_row: floats from a
 * row to the next. c must not overlap a.
 *     z = P F:  a = features (m, d), B = the transpose of P (k, d)
 *     dF = dz P:  a = dz (m, k), B = P as it lies
 */
void gemm(const struct micro *micro, int m, int n, int depth, const float *a,
          size_t a_row, const float *packed, float *c, size_t c_row, bool add);

/*
 * C (m, n) = the transpose of A (depth, m) times B (depth, n), or C += it if
 * add; nothing is packed, B is read in place.
 *     dP = the transpose of dz times F
 */
void gemm_outer(const struct micro *micro, int m, int n, int depth,
                const float *a, size_t a_row, const float *b, size_t b_row,
                float *c, size_t c_row, bool add);

/*
 * What stands behind both, and behind the convolutions of nn/infer.h: `rows`
 * rows found through pointers times a packed B of taps * depth rows. As
 * struct micro_strip has it, of which a, a_row, c, c_row, bias, rest,
 * rest_row, rows, taps, depth, add and relu are given. n need be no multiple
 * of anything without bias, rest and relu; else of micro->lanes.
 */
void gemm_rows(const struct micro *micro, int n, const float *packed,
               const struct micro_strip *rows);

/* Rows to give to gemm_rows() at once: as many as leave it in the cache. */
#define GEMM_ROWS 96

#endif
