#ifndef BITGROVE_NN_CONV_H
#define BITGROVE_NN_CONV_H

/*
 * Convolution of one image, no bias: 7x7, 3x3 or 1x1, stride 1 or 2, padded
 * by size / 2. Pure functions over float arrays: any thread.
 *
 *   x:  (h + 2 border, w + 2 border, ci)              bordered with zeros
 *   y:  (oh + 2 border_out, ow + 2 border_out, co)    the interior is written,
 *                                                     the border left
 *   w:  (size, size, ci, co)
 * with oh = ceil(h / stride), ow = ceil(w / stride). A vector is a picture of
 * one pixel, and a dense layer a 1x1.
 */

#include <stddef.h>

#include "nn/kernel.h"

struct conv {
    int ci, co;       /* ci of a conv with backward data: as co */
    int h, w, oh, ow; /* input and output, without borders */
    int size;         /* 7, 3 or 1 */
    int stride;       /* 1 or 2 */
    int border;       /* of x: size / 2 at least */
    int border_out;   /* of y; 1 at least for the backward data of a 3x3 */
};

/* With the least borders, border_out for backward data. */
struct conv conv_make(int ci, int co, int h, int w, int size, int stride);

size_t conv_weights(const struct conv *conv); /* floats of w */
size_t conv_input(const struct conv *conv);   /* floats of x, with border */
size_t conv_output(const struct conv *conv);  /* floats of y, with border */
struct kernel_plane conv_plane(const struct conv *conv); /* of y */

/* Is n images one after the other an image of n times as many pixels? So it
 * is for a 1x1 of stride 1 without borders. */
bool conv_flat(const struct conv *conv);

/* That image: one row of n * h * w pixels. */
struct conv conv_flatten(const struct conv *conv, int n);

/* y = x * w, overwritten. */
void conv_forward(const struct conv *conv, const struct kernel *kernel,
                  const float *w, const float *x, float *y);

/* Reorders w for conv_backward_data(); packed has conv_weights() floats. Not
 * for a 7x7. */
void conv_pack(const struct conv *conv, const float *w, float *packed);

/*
 * dx = the gradient of x, or dx += it; dy has a border of zeros. A 1x1 of
 * stride 2 sees but a quarter of the pixels: it can only add. Not for a 7x7.
 */
void conv_backward_data(const struct conv *conv, const struct kernel *kernel,
                        const float *packed, const float *dy, float *dx,
                        bool add);

/* dw = the gradient of w, or dw += it. */
void conv_backward_weights(const struct conv *conv, const struct kernel *kernel,
                           const float *x, const float *dy, float *dw,
                           bool add);

#endif
