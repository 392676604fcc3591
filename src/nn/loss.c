#include <config.h>

#include "nn/loss.h"

#include <math.h>
#include <stddef.h>

double loss_code(int n, int bits, const float *z, const uint32_t *labels,
                 const float *signs, float *dz, float *dsigns)
{
    double total = 0, part = 1.0 / ((double)n * bits);

    for (int i = 0; i < n; i++) {
        size_t row = (size_t)labels[i] * (size_t)bits;
        const float *b = signs + row;

        for (int j = 0; j < bits; j++) {
            size_t at = (size_t)i * (size_t)bits + (size_t)j;
            double t = (double)z[at] * b[j]; /* right by so much */
            double e = exp(-fabs(t));
            double wrong = (t >= 0 ? e : 1) / (1 + e); /* sigmoid(-t) */

            total += log1p(e) + (t < 0 ? -t : 0);
            if (dsigns != NULL)
                dsigns[row + (size_t)j] -=
                    (float)((double)z[at] * wrong * part);
            dz[at] = (float)(-b[j] * wrong * part);
        }
    }
    return total * part;
}
