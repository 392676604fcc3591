#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "codes/code.h"
#include "learn/itq.h"
#include "learn/learner-parts.h"

#include "tap.h"

static float *vectors(int n, int d, int rank)
{
    float *v = mem_zalloc((size_t)n * (size_t)d, sizeof(*v));
    struct rng rng;

    rng_init(&rng, 1, (uint64_t)(n * d));
    for (int r = 0; r < rank; r++) {
        double axis[64];

        for (int j = 0; j < d; j++)
            axis[j] = rng_normal(&rng) / (1 + r);
        for (int i = 0; i < n; i++) {
            double part = rng_normal(&rng);

            for (int j = 0; j < d; j++)
                v[i * d + j] += (float)(part * axis[j] + 0.5);
        }
    }
    return v;
}

/* Mean squared distance of z from the nearest corner of a cube. */
static double cube_error(const float *z, int n)
{
    double size = 0, error = 0;

    for (int i = 0; i < n; i++)
        size += fabs(z[i]) / n;
    for (int i = 0; i < n; i++)
        error += (fabs(z[i]) - size) * (fabs(z[i]) - size) / n;
    return error / (size * size);
}

static void check_fit(int n, int d, int k, int rank)
{
    float *v = vectors(n, d, rank);
    float *project = mem_zalloc((size_t)k, (size_t)d * sizeof(float));
    float *again = mem_zalloc((size_t)k, (size_t)d * sizeof(float));
    float *z = mem_zalloc((size_t)n, (size_t)k * sizeof(float));
    double off = 0, trace = 0;
    int most = rank < n ? rank : n - 1;
    struct err err;

    tap_int(itq_fit(n, d, k, v, 5, project, z, &err), OK,
            "%d vectors of %d dimensions, %d bits, rank %d", n, d, k, rank);
    for (int b = 0; b < k; b++)
        for (int i = 0; i < n; i++) {
            double sum = 0;

            for (int j = 0; j < d; j++) {
                double mean = 0;

                for (int m = 0; m < n; m++)
                    mean += v[m * d + j] / n;
                sum += (v[i * d + j] - mean) * project[b * d + j];
            }
            off = fmax(off, fabs(sum - z[i * k + b]));
        }
    tap_ok(off < 1e-4, "z is the projection of the centred vectors: %g", off);
    for (int i = 0; i < k * d; i++)
        trace += (double)project[i] * project[i];
    tap_near(trace, most < k ? most : k, 1e-3,
             "which keeps lengths along as many directions as there are");
    tap_int(itq_fit(n, d, k, v, 5, again, z, &err), OK, "once more");
    tap_ok(memcmp(project, again, (size_t)(k * d) * sizeof(float)) == 0,
           "gives the same bytes");
    free(v), free(project), free(again), free(z);
}

static void test_rotation(void)
{
    enum { N = 200, D = 8 };
    float *v = vectors(N, D, D), project[D * D], z[N * D];
    struct err err;

    for (int i = 0; i < N * D; i++)
        v[i] -= 0.5f * D;
    tap_int(itq_fit(N, D, D, v, 1, project, z, &err), OK, "fit");
    tap_ok(cube_error(z, N * D) < 0.9 * cube_error(v, N * D),
           "the rotation brings vectors nearer to the corners: %g from %g",
           cube_error(z, N * D), cube_error(v, N * D));
    v[17] = INFINITY;
    tap_int(itq_fit(N, D, D, v, 1, project, z, &err), ERR_BAD_INPUT,
            "infinite vectors are refused");
    free(v);
}

/* v = sum s_i u_i r_i with known directions. */
static void test_singular(void)
{
    enum { ROWS = 3, DIM = 4, PARTS = 3 };
    /* 5 u0 r0 + 2 u1 r1, u and r of length 1 and orthogonal */
    static const float u[2][ROWS] = {{0.6f, 0.8f, 0}, {-0.8f, 0.6f, 0}};
    static const float r[2][DIM] = {{0, -0.6f, 0.8f, 0}, {1, 0, 0, 0}};
    float v[ROWS * DIM], project[PARTS * DIM], z[ROWS * PARTS];
    double worst = 0;
    struct err err;

    for (int i = 0; i < ROWS; i++)
        for (int j = 0; j < DIM; j++)
            v[i * DIM + j] = 5 * u[0][i] * r[0][j] + 2 * u[1][i] * r[1][j];
    tap_int(itq_singular(ROWS, DIM, PARTS, v, project, z, &err), OK,
            "singular vectors");
    for (int p = 0; p < 2; p++) {
        for (int j = 0; j < DIM; j++)
            worst = fmax(worst, fabs((double)project[p * DIM + j] - r[p][j]));
        for (int i = 0; i < ROWS; i++)
            worst = fmax(
                worst, fabs((double)z[i * PARTS + p] - (p ? 2 : 5) * u[p][i]));
    }
    for (int i = 0; i < ROWS; i++)
        worst = fmax(worst, fabs((double)z[i * PARTS + 2]));
    tap_ok(worst < 1e-5, "are the known ones, 0 beyond the rank: %g", worst);
}

static int distinct(const float *w, int classes, int bits)
{
    int count = 0;

    for (int a = 0; a < classes; a++) {
        bool seen = false;

        for (int b = 0; b < a; b++)
            seen = seen || code_from_margins(w + a * bits, bits) ==
                               code_from_margins(w + b * bits, bits);
        count += !seen;
    }
    return count;
}

static void test_separate(void)
{
    float w[8 * 3], keep[8 * 3];

    for (int i = 0; i < 8 * 3; i++)
        w[i] = (float)(1 + i % 3);
    learner_separate(w, 8, 3);
    tap_int(distinct(w, 8, 3), 8, "eight classes of one code become eight");
    tap_ok(w[0] > 0 && w[1] > 0 && w[2] > 0, "the first keeps its code");
    tap_ok(w[3] < 0 && w[4] > 0 && w[5] > 0,
           "the second turns its weakest bit");
    memcpy(keep, w, sizeof(w));
    learner_separate(w, 8, 3);
    tap_ok(memcmp(keep, w, sizeof(w)) == 0, "different codes are left alone");
    memset(w, 0, sizeof(w));
    learner_separate(w, 4, 2);
    tap_int(distinct(w, 4, 2), 4, "zeros can be told apart, too");
    memset(w, 0, sizeof(w));
    learner_separate(w, 5, 2);
    tap_int(distinct(w, 5, 2), 1, "more classes than codes are left alone");
}

int main(void)
{
    check_fit(60, 12, 5, 12);
    check_fit(60, 12, 12, 12);
    check_fit(7, 20, 16, 20);
    check_fit(50, 10, 64, 3);
    check_fit(1, 4, 2, 4);
    test_rotation();
    test_singular();
    test_separate();
    return tap_done();
}
