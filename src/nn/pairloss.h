#ifndef BITGROVE_NN_PAIRLOSS_H
#define BITGROVE_NN_PAIRLOSS_H

/*
 * The loss of HashNet (Cao, Long, Wang and Yu, "HashNet: Deep Learning to Hash
 * by Continuation", ICCV 2017, equation 4): weighted maximum likelihood over
 * pairs of images, which are similar if they are of one class. With
 * h = tanh(beta z) and t = alpha <h_i, h_j>,
 *
 *     sum over i < j of  w_ij (log(1 + exp(t)) - s_ij t) / |S|,
 *
 * w_ij = |S| / |S1| for the |S1| similar of the |S| pairs of the batch and
 * |S| / |S0| for the others: the mean over similar pairs plus the mean over
 * those that are not. A kind of which the batch has no pair adds nothing.
 *
 * z, dz: (n, bits), may be the same; dz is overwritten with the gradient.
 * room: (n, 2 bits) doubles. Sums in double, in order; O(n^2 bits). Any
 * thread.
 */

#include <stdint.h>

double pairloss(int n, int bits, const float *z, const uint32_t *labels,
                double alpha, double beta, float *dz, double *room);

#endif
