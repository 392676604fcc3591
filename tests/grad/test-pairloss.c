#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "nn/pairloss.h"

#include "tap.h"

/*
 * The loss of HashNet against its formula, one pair after the other, central
 * differences of that formula, and PyTorch (tests/grad/golden/pairloss.py).
 */

enum { N_MAX = 16, BITS_MAX = 64, ALL_MAX = N_MAX * BITS_MAX };

/* The formula as it stands in nn/pairloss.h. */
static double naive(int n, int bits, const double *z, const uint32_t *labels,
                    double alpha, double beta)
{
    double sums[2] = {0, 0}, counts[2] = {0, 0}, loss = 0;

    for (int i = 0; i < n; i++)
        for (int j = 0; j < i; j++) {
            int same = labels[i] == labels[j];
            double t = 0;

            for (int k = 0; k < bits; k++)
                t += alpha * tanh(beta * z[i * bits + k]) *
                     tanh(beta * z[j * bits + k]);
            sums[same] += log(1 + exp(t)) - same * t;
            counts[same]++;
        }
    for (int kind = 0; kind < 2; kind++)
        loss += counts[kind] > 0 ? sums[kind] / counts[kind] : 0;
    return loss;
}

static void test_naive(int n, int bits, uint32_t classes, double beta)
{
    double alpha = 10.0 / bits, off = 0, largest = 0, loss, want;
    double z[ALL_MAX], room[2 * ALL_MAX];
    float fz[ALL_MAX], dz[ALL_MAX];
    uint32_t labels[N_MAX];
    struct rng rng;

    rng_init(&rng, 3, (uint64_t)(n * bits));
    for (int i = 0; i < n; i++)
        labels[i] = (uint32_t)rng_below(&rng, classes);
    for (int i = 0; i < n * bits; i++)
        z[i] = fz[i] = (float)(0.5 * rng_normal(&rng));
    loss = pairloss(n, bits, fz, labels, alpha, beta, dz, room);
    want = naive(n, bits, z, labels, alpha, beta);
    for (int i = 0; i < n * bits; i++) {
        double at = z[i], up, down, slope;

        z[i] = at + 1e-5;
        up = naive(n, bits, z, labels, alpha, beta);
        z[i] = at - 1e-5;
        down = naive(n, bits, z, labels, alpha, beta);
        z[i] = at;
        slope = (up - down) / 2e-5;
        off = fmax(off, fabs(slope - (double)dz[i]));
        largest = fmax(largest, fabs(slope));
    }
    tap_near(loss, want, 1e-12 * want, "%d x %d of %u classes, beta %g", n,
             bits, classes, beta);
    tap_ok(off < 1e-6 * largest + 1e-9, "gradient: off by %.2g of %.2g", off,
           largest);
}

static void test_edges(void)
{
    static const uint32_t labels[2] = {4, 4};
    float z[4] = {1, -2, 3, 1}, dz[4] = {9, 9, 9, 9};
    double room[8];

    tap_near(pairloss(1, 4, z, labels, 1, 1, dz, room), 0, 0, "no pair");
    tap_ok(dz[0] == 0 && dz[3] == 0, "and no gradient");
    z[0] = z[2] = 4e4f; /* t = 100 and beyond what exp() holds of it */
    z[1] = z[3] = -4e4f;
    tap_near(pairloss(2, 2, z, labels, 1000, 1, z, room), 0, 1e-300,
             "far on the right side, in place");
}

static double number(FILE *file)
{
    double value;

    if (fscanf(file, "%lf", &value) != 1) {
        printf("Bail out! the golden file ends early\n");
        exit(1);
    }
    return value;
}

static void test_golden(void)
{
    const char *top = getenv("top_srcdir");
    char path[4096];
    double off = 0, alpha, beta, want, room[2 * ALL_MAX];
    float z[ALL_MAX], dz[ALL_MAX];
    uint32_t labels[N_MAX];
    int n, bits, cases = 0;
    FILE *file;

    snprintf(path, sizeof(path), "%s/tests/grad/golden/pairloss.txt",
             top != NULL ? top : ".");
    file = fopen(path, "r");
    if (file == NULL) {
        tap_ok(false, "%s is missing", path);
        return;
    }
    while (fscanf(file, "%d %d %lf %lf", &n, &bits, &alpha, &beta) == 4) {
        if (n > N_MAX || bits > BITS_MAX)
            abort();
        for (int i = 0; i < n; i++)
            labels[i] = (uint32_t)number(file);
        for (int i = 0; i < n * bits; i++)
            z[i] = (float)number(file);
        want = number(file);
        tap_near(pairloss(n, bits, z, labels, alpha, beta, dz, room), want,
                 1e-12 * want, "PyTorch's loss of %d x %d", n, bits);
        off = 0;
        for (int i = 0; i < n * bits; i++)
            off = fmax(off, fabs((double)dz[i] - number(file)));
        tap_ok(off < 1e-7, "and gradient: off by %.2g", off);
        cases++;
    }
    fclose(file);
    tap_int(cases, 5, "all of the file");
}

int main(void)
{
    test_naive(2, 1, 1, 1);
    test_naive(7, 5, 3, 1);
    test_naive(12, 16, 4, 4);
    test_naive(16, 64, 30, 10);
    test_edges();
    test_golden();
    return tap_done();
}
