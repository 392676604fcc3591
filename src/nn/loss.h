#ifndef BITGROVE_NN_LOSS_H
#define BITGROVE_NN_LOSS_H

/*
 * Losses over a batch, with their gradients. Each returns the mean loss; the
 * gradient is that of the mean. Sums in double, in order. Any thread.
 */

#include <stdint.h>

/*
 * Softmax cross-entropy with label smoothing (Szegedy et al. 2016): the
 * target is 1 - smoothing + smoothing / classes for the label and smoothing /
 * classes for the others. logits, dlogits: (n, classes), may be the same.
 */
double loss_cross_entropy(int n, int classes, const float *logits,
                          const uint32_t *labels, double smoothing,
                          float *dlogits);

/*
 * docs/method.md, phase 2: the mean over images and bits of the binary
 * cross-entropy of sigmoid(z_i) against (B[y]_i + 1) / 2, that is of
 * log(1 + exp(-z_i B[y]_i)). z, dz: (n, bits), may be the same; signs:
 * (classes, bits) of -1 and +1. dsigns: (classes, bits), the gradient of that
 * form with respect to B is added to it; or NULL.
 */
double loss_code(int n, int bits, const float *z, const uint32_t *labels,
                 const float *signs, float *dz, float *dsigns);

#endif
