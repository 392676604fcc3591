#ifndef BITGROVE_NN_LOSS_H
#define BITGROVE_NN_LOSS_H

/*
 * The loss of the bits over a batch, with its gradients: the mean and the
 * gradient of that. Sums in double, in order. Any thread. The loss of the
 * classes is in nn/softmax.h.
 */

#include <stdint.h>

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
