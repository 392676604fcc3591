#include <config.h>

#include "nn/linear.h"

#include <string.h>

#include <cblas.h>

void linear_forward(int n, int in, int out, float alpha, const float *x,
                    const float *w, const float *bias, float *y)
{
    if (bias != NULL)
        for (int i = 0; i < n; i++)
            memcpy(y + (size_t)i * (size_t)out, bias, (size_t)out * sizeof(*y));
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, n, out, in, alpha, x,
                in, w, in, bias != NULL ? 1.0f : 0.0f, y, out);
}

void linear_backward(int n, int in, int out, float alpha, const float *x,
                     const float *w, const float *dy, float *dx, float *dw,
                     float *dbias)
{
    cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, out, in, n, alpha, dy,
                out, x, in, 0.0f, dw, in);
    if (dx != NULL)
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, in, out,
                    alpha, dy, out, w, in, 0.0f, dx, in);
    if (dbias != NULL) {
        memset(dbias, 0, (size_t)out * sizeof(*dbias));
        for (int i = 0; i < n; i++)
            for (int o = 0; o < out; o++)
                dbias[o] += dy[(size_t)i * (size_t)out + (size_t)o];
    }
}

void sign_forward(int n, const float *w, float *sign)
{
    for (int i = 0; i < n; i++)
        sign[i] = w[i] >= 0 ? 1.0f : -1.0f;
}
