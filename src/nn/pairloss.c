#include <config.h>

#include "nn/pairloss.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Pairs of the batch that are of one class, and that are not. */
static void count_pairs(int n, const uint32_t *labels, double *similar,
                        double *other)
{
    *similar = *other = 0;
    for (int i = 0; i < n; i++)
        for (int j = i + 1; j < n; j++) {
            *similar += labels[i] == labels[j];
            *other += labels[i] != labels[j];
        }
}

/* One pair: its loss; its gradient is added to both rows of dh. */
static double add_pair(int bits, const double *a, const double *b, bool same,
                       double alpha, double weight, double *da, double *db)
{
    double t = 0, e, sigmoid, pull;

    for (int k = 0; k < bits; k++)
        t += a[k] * b[k];
    t *= alpha;
    e = exp(-fabs(t));
    sigmoid = (t >= 0 ? 1 : e) / (1 + e);
    pull = weight * alpha * (sigmoid - same);
    for (int k = 0; k < bits; k++) {
        da[k] += pull * b[k];
        db[k] += pull * a[k];
    }
    return weight * (log1p(e) + (t > 0 ? t : 0) - (same ? t : 0));
}

double pairloss(int n, int bits, const float *z, const uint32_t *labels,
                double alpha, double beta, float *dz, double *room)
{
    size_t k = (size_t)bits, all = (size_t)n * k;
    double *h = room, *dh = room + all;
    double similar, other, loss = 0;

    count_pairs(n, labels, &similar, &other);
    for (size_t i = 0; i < all; i++)
        h[i] = tanh(beta * (double)z[i]);
    memset(dh, 0, all * sizeof(*dh));
    for (size_t i = 0; i < (size_t)n; i++)
        for (size_t j = i + 1; j < (size_t)n; j++) {
            bool same = labels[i] == labels[j];

            loss +=
                add_pair(bits, h + i * k, h + j * k, same, alpha,
                         1 / (same ? similar : other), dh + i * k, dh + j * k);
        }
    for (size_t i = 0; i < all; i++)
        dz[i] = (float)(dh[i] * beta * (1 - h[i] * h[i]));
    return loss;
}
