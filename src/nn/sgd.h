#ifndef BITGROVE_NN_SGD_H
#define BITGROVE_NN_SGD_H

/*
 * Stochastic gradient descent with momentum, in PyTorch's form (no dampening,
 * weight decay added to the gradient):
 *     v = momentum * v + g + decay * p;   p = p - rate * v.
 * Any thread.
 */

#include <stddef.h>

struct sgd {
    double rate, momentum, decay;
};

/* p, v, g: n floats. */
void sgd_step(const struct sgd *sgd, size_t n, float *p, float *v,
              const float *g);

/* Cosine schedule (Loshchilov and Hutter 2017): from start at 0 to 0 at 1. */
double sgd_cosine(double start, double done);

#endif
