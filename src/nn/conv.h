#ifndef BITGROVE_NN_CONV_H
#define BITGROVE_NN_CONV_H

/*
 * Convolution of one image, 3x3 with a border of one or 1x1 without, stride 1
 * or 2, no bias. Pure functions over float arrays: any thread.
 *
 *   x:  (h + 2, w + 2, ci)      bordered with zeros, see nn/kernel.h
 *   y:  (oh + 2, ow + 2, co)    the interior is written, the border left
 *   w:  (size, size, ci, co)
 * with oh = ceil(h / stride), ow = ceil(w / stride).
 */

#include <stddef.h>

#include "nn/kernel.h"

struct conv {
    int ci, co;       /* ci of a conv with backward data: as co */
    int h, w, oh, ow; /* input and output, without borders */
    int size;         /* 3 or 1 */
    int stride;       /* 1 or 2 */
};

struct conv conv_make(int ci, int co, int h, int w, int size, int stride);

size_t conv_weights(const struct conv *conv); /* floats of w */
size_t conv_input(const struct conv *conv);   /* floats of x, with border */
size_t conv_output(const struct conv *conv);  /* floats of y, with border */
struct kernel_plane conv_plane(const struct conv *conv); /* of y */

/* y = x * w, overwritten. */
void conv_forward(const struct conv *conv, const struct kernel *kernel,
                  const float *w, const float *x, float *y);

/* Reorders w for conv_backward_data(); packed has conv_weights() floats. */
void conv_pack(const struct conv *conv, const float *w, float *packed);

/*
 * dx = the gradient of x, or dx += it; dy has a border of zeros. A 1x1 of
 * stride 2 sees but a quarter of the pixels: it can only add.
 */
void conv_backward_data(const struct conv *conv, const struct kernel *kernel,
                        const float *packed, const float *dy, float *dx,
                        bool add);

/* dw += the gradient of w. */
void conv_backward_weights(const struct conv *conv, const struct kernel *kernel,
                           const float *x, const float *dy, float *dw);

#endif
