#ifndef BITGROVE_NN_LINEAR_H
#define BITGROVE_NN_LINEAR_H

/*
 * Linear layers over a batch, on sgemm. Row-major, no aliasing.
 *     x: (n, in)   w: (out, in)   bias: (out) or NULL   y: (n, out)
 * Any thread; OpenBLAS must be single-threaded (pool_new() sees to it).
 */

/* y = alpha * x w^T + bias, overwritten. */
void linear_forward(int n, int in, int out, float alpha, const float *x,
                    const float *w, const float *bias, float *y);

/* dx = alpha * dy w; dw = alpha * dy^T x; dbias = column sums of dy. All
 * overwritten; dx and dbias may be NULL. */
void linear_backward(int n, int in, int out, float alpha, const float *x,
                     const float *w, const float *dy, float *dx, float *dw,
                     float *dbias);

/*
 * The straight-through sign of method.md: forward sign(w) with sign(0) = +1,
 * backward the identity, so the gradient of the signs is that of w.
 */
void sign_forward(int n, const float *w, float *sign);

#endif
