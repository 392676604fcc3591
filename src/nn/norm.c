#include <config.h>

#include "nn/norm.h"

#include <math.h>

void norm_forward(int channels, double count, const double *sum,
                  const double *squares, const float *gamma, const float *beta,
                  const struct norm_saved *saved, float *scale, float *shift,
                  float *running_mean, float *running_variance)
{
    double unbias = count > 1 ? count / (count - 1) : 1;

    for (int c = 0; c < channels; c++) {
        double mean = sum[c] / count;
        double variance = fmax(0, squares[c] / count - mean * mean);
        double inverse = 1 / sqrt(variance + NORM_EPSILON);

        saved->mean[c] = (float)mean;
        saved->inverse[c] = (float)inverse;
        scale[c] = (float)(gamma[c] * inverse);
        shift[c] = (float)(beta[c] - mean * gamma[c] * inverse);
        running_mean[c] += (float)(NORM_MOMENTUM * (mean - running_mean[c]));
        running_variance[c] +=
            (float)(NORM_MOMENTUM * (variance * unbias - running_variance[c]));
    }
}

void norm_fold(int channels, const float *gamma, const float *beta,
               const float *running_mean, const float *running_variance,
               float *scale, float *shift)
{
    for (int c = 0; c < channels; c++) {
        double map = gamma[c] / sqrt(running_variance[c] + NORM_EPSILON);

        scale[c] = (float)map;
        shift[c] = (float)(beta[c] - running_mean[c] * map);
    }
}

void norm_backward(int channels, double count, const double *sum,
                   const double *product, const float *gamma,
                   const struct norm_saved *saved, float *dgamma, float *dbeta,
                   float *a, float *b, float *d)
{
    for (int c = 0; c < channels; c++) {
        double inverse = saved->inverse[c], map = gamma[c] * inverse;

        dgamma[c] = (float)(product[c] * inverse);
        dbeta[c] = (float)sum[c];
        a[c] = (float)map;
        b[c] = (float)(-map * inverse * inverse * product[c] / count);
        d[c] = (float)(-map * sum[c] / count);
    }
}
