#ifndef BITGROVE_CODES_MARGIN_H
#define BITGROVE_CODES_MARGIN_H

/*
 * Margins as they are kept: one int8 in -127..127 for each bit of each image,
 * with one scale for each model: margin ~= value * scale.
 *
 * Invariant: the sign survives, so the code can be had from the quantised
 * margins alone. A value >= 0 means bit set, < 0 bit clear; hence a negative
 * margin, however small, is never stored as 0, and 0 is a small positive one.
 *
 *     margin / scale   ...  -1.4   -0.2    -0.0  0.0   0.4   0.6  ...  > 127
 *     value                  -1     -1       0    0     0     1         127
 *
 * Rounding is to nearest, halves to even. Error: at most scale/2 within
 * +-127 * scale (up to one scale for the negative margins next to 0); beyond,
 * values are cut at +-127. Any thread.
 */

#include <stddef.h>
#include <stdint.h>

#define MARGIN_MAX 127

/*
 * The scale at which the largest absolute value of margins[0..n) becomes 127.
 * NaN and infinities are passed over. 1 when nothing is left or all is 0.
 */
float margin_scale(const float *margins, size_t n);

/* out[i] from margins[i], i in 0..n-1. scale > 0. A NaN becomes -1. */
void margin_quantise(int8_t *out, const float *margins, size_t n, float scale);

/* The code that quantised margins (k) stand for. */
uint64_t margin_code(const int8_t *values, int bits);

/* B[c].z over the bits of mask: the sum of values (k), each with the sign of
 * that bit in the code; below 2^14 in size. */
int margin_sum(const int8_t *values, int bits, uint64_t code, uint64_t mask);

/* The smallest absolute value of (k): how near the image is to a flip. */
int margin_smallest(const int8_t *values, int bits);

#endif
