/*
 * The loops of softmax.h, compiled once for every instruction set, as nn/vec.h says.
 */

#include <math.h>
#include <string.h>
#include <stddef.h>

#include "nn/softmax.h"
#include "nn/vec.h"

/*
 * e^x for x <= 0; below -87 it is e^-87. x = n ln 2 + r with |r| <= ln 2 / 2;
 * the polynomial for e^r is that of Cephes' expf (Moshier).
 */
INLINE vec exponential(vec x)
{
    const vec least = {0}, round = least + 12582912.0f; /* 1.5 * 2^23 */
    vec t, n, r, y;

    x = choose(x < -87.0f, least - 87.0f, x);
    t = x * 1.44269504088896341f + round;
    n = t - round;
    r = x - n * 0.693359375f + n * 2.12194440e-4f;
    y = 1.9875691500e-4f * r + 1.3981999507e-3f;
    y = y * r + 8.3334519073e-3f;
    y = y * r + 4.1665795894e-2f;
    y = y * r + 1.6666665459e-1f;
    y = y * r + 5.0000001201e-1f;
    y = y * r * r + r + 1.0f;
    return (vec)((mask)y + ((mask)t << 23));
}

INLINE double total(vec v)
{
    double sum = 0;

    for (int i = 0; i < W; i++)
        sum += v[i];
    return sum;
}

VEC_TARGET double FN(softmax)(int classes, float *x, uint32_t label,
                              double smoothing, float part)
{
    double rest = smoothing / classes, sum = 0, all = 0, loss;
    float own = x[label], most = x[0];
    vec largest = load((float[W]){0}), sums = largest, alls = largest;
    float tail[W] = {0}, scale, floor;
    int whole = classes / W * W;

    for (int c = whole; c < classes; c++)
        most = x[c] > most ? x[c] : most;
    largest += most;
    for (int c = 0; c < whole; c += W)
        largest = choose(load(x + c) > largest, load(x + c), largest);
    for (int i = 0; i < W; i++)
        most = largest[i] > most ? largest[i] : most;
    for (int c = 0; c < whole; c += W) {
        vec v = load(x + c) - most;

        alls += v;
        v = exponential(v);
        sums += v;
        store(x + c, v);
    }
    for (int c = whole; c < classes; c++) {
        tail[c - whole] = x[c] - most;
        all += tail[c - whole];
    }
    store(tail, exponential(load(tail)));
    for (int c = whole; c < classes; c++) {
        x[c] = tail[c - whole];
        sum += x[c];
    }
    sum += total(sums);
    all += total(alls);
    loss = log(sum) - (1 - smoothing) * (own - most) - rest * all;
    scale = (float)(part / sum);
    floor = (float)(rest * part);
    for (int c = 0; c < whole; c += W)
        store(x + c, load(x + c) * scale - floor);
    for (int c = whole; c < classes; c++)
        x[c] = x[c] * scale - floor;
    x[label] -= (float)((1 - smoothing) * part);
    return loss;
}

VEC_TARGET double FN(softmax_bits)(int bits, const float *z, const float *signs,
                                   float part, float *dz, float *dsigns)
{
    double product = 1, lost = 0;

    for (int j = 0; j < bits; j += W) {
        int some = bits - j < W ? bits - j : W;
        float own[W] = {0}, b[W] = {0}, grown[W], over[W], wrong[W];
        vec t, e;

        memcpy(own, z + j, (size_t)some * sizeof(*z));
        memcpy(b, signs + j, (size_t)some * sizeof(*signs));
        t = load(own) * load(b); /* right by so much */
        e = exponential(choose(t < 0, t, -t));
        store(grown, e + 1.0f);
        store(over, choose(t < 0, -t, t * 0.0f));
        store(wrong, choose(t < 0, e * 0.0f + 1.0f, e) / (e + 1.0f) * part);
        for (int i = 0; i < some; i++) {
            product *= grown[i];
            lost += over[i];
            dz[j + i] -= b[i] * wrong[i];
            dsigns[j + i] = -own[i] * wrong[i];
        }
    }
    return log(product) + lost;
}
