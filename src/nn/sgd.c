#include <config.h>

#include "nn/sgd.h"

#include <math.h>

#define LANES 8
typedef float lanes
    __attribute__((vector_size(LANES * 4), aligned(4), may_alias));

void sgd_step(const struct sgd *sgd, size_t n, float *p, float *v,
              const float *g)
{
    float rate = (float)sgd->rate, momentum = (float)sgd->momentum;
    float decay = (float)sgd->decay;

    size_t i = 0;

    for (; i + LANES <= n; i += LANES) {
        lanes at = *(lanes *)(p + i), speed = *(lanes *)(v + i);

        speed = momentum * speed + (*(const lanes *)(g + i) + decay * at);
        *(lanes *)(v + i) = speed;
        *(lanes *)(p + i) = at - rate * speed;
    }
    for (; i < n; i++) {
        v[i] = momentum * v[i] + (g[i] + decay * p[i]);
        p[i] -= rate * v[i];
    }
}

double sgd_cosine(double start, double done)
{
    return start * 0.5 * (1 + cos(3.14159265358979323846 * done));
}
