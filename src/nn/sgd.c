#include <config.h>

#include "nn/sgd.h"

#include <math.h>

void sgd_step(const struct sgd *sgd, size_t n, float *p, float *v,
              const float *g)
{
    float rate = (float)sgd->rate, momentum = (float)sgd->momentum;
    float decay = (float)sgd->decay;

    for (size_t i = 0; i < n; i++) {
        v[i] = momentum * v[i] + (g[i] + decay * p[i]);
        p[i] -= rate * v[i];
    }
}

double sgd_cosine(double start, double done)
{
    return start * 0.5 * (1 + cos(3.14159265358979323846 * done));
}
