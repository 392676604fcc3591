#ifndef BITGROVE_NN_WINOGRAD2_H
#define BITGROVE_NN_WINOGRAD2_H

/*
 * Convolutions 3x3 of stride 1 with fewer products: F(2x2, 3x3) of Lavin and
 * Gray, "Fast Algorithms for Convolutional Neural Networks", 2016 (arXiv
 * 1509.09308), in single precision. Tiles of 2x2 outputs take 16 products a
 * pair of channels instead of 36, for adding four by four inputs up before
 * and sixteen sums after:
 *
 *     y  = A' [ (G w G') . (B' x B) ] A       forward
 *     dw = G' [ (B' x B) . (A dy A') ] G      gradient of the weights
 *
 * and the gradient of x is the first of dy, with w turned and transposed.
 * Weights are given as u = G w G', 16 planes (ci, co), and their gradient is
 * summed as such planes. Layouts of x, y and w as in nn/conv.h. Any thread.
 */

#include "nn/conv.h"

/* For this conv? Then the functions below may be called. */
bool winograd2_fits(const struct conv *conv);

size_t winograd2_weights(const struct conv *conv); /* floats of u */
size_t winograd2_room(const struct conv *conv);    /* floats of a thread's */

/* u of w, or of what conv_pack() makes of w, for the gradient of x. */
void winograd2_spread(const struct conv *conv, const struct kernel *kernel,
                      const float *w, float *u);

/* As conv_forward(), conv_backward_data() and conv_backward_weights(), but the
 * second adds to base, unless it is NULL, of the layout of dx and maybe dx
 * itself; and the third makes du, overwritten unless add. */
void winograd2_forward(const struct conv *conv, const struct kernel *kernel,
                       const float *u, const float *x, float *y, float *room);
void winograd2_backward_data(const struct conv *conv,
                             const struct kernel *kernel, const float *u,
                             const float *dy, float *dx, const float *base,
                             float *room);
void winograd2_backward_weights(const struct conv *conv,
                                const struct kernel *kernel, const float *x,
                                const float *dy, float *du, bool add,
                                float *room);

/* dw = G' du G, overwritten. */
void winograd2_gather(const struct conv *conv, const struct kernel *kernel,
                      const float *du, float *dw);

#endif
