#include <config.h>

#include <cblas.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/rng.h"
#include "nn/codestep.h"

/*
 * Rows a second of a step that learns 20 bits of 1000 classes from features of
 * 2048 halves, all processors, no file and no optimiser:
 *     bench-codestep ours|sgemm codebook|instance
 * sgemm: OpenBLAS multiplies floats of these shapes and does nothing else: no
 * conversion, no losses, the same rows every time. codestep-peer.py is the
 * whole step in PyTorch.
 */

enum { N = 100000, BATCH = 1024, D = 2048, BITS = 20, CLASSES = 1000 };

#define SECONDS 1.5

static float *normals(struct rng *rng, size_t n, float scale)
{
    float *x = mem_large(n, sizeof(*x));

    for (size_t i = 0; i < n; i++)
        x[i] = scale * (float)rng_normal(rng);
    return x;
}

struct bench {
    bool codebook;
    struct codestep *step;
    uint16_t *features; /* (N, D), halves */
    float *x;           /* (BATCH, D), for sgemm */
    float *w, *b, *z, *dz, *logits, *dw, *db;
    float shift[BITS], dshift[BITS];
    struct rng rng;
};

static void ours(struct bench *bench)
{
    static const void *row[BATCH];
    static uint32_t labels[BATCH];
    struct rows rows = {UNPACK_F16, BATCH, D, row};
    struct codestep_ask ask = {.labels = labels,
                               .w = bench->w,
                               .shift = bench->shift,
                               .b = bench->b,
                               .scale = 1,
                               .mix = 1,
                               .bits = !bench->codebook};

    for (int i = 0; i < BATCH; i++) {
        row[i] = bench->features + (size_t)rng_below(&bench->rng, N) * D;
        labels[i] = (uint32_t)rng_below(&bench->rng, CLASSES);
    }
    codestep_run(bench->step, &rows, &ask, bench->dw, bench->dshift,
                 bench->codebook ? bench->db : NULL);
}

/* Z = X W^T, logits = Z B^T, dZ = dlogits B, dB = dlogits^T Z, dW = dZ^T X. */
static void sgemm(struct bench *bench)
{
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, BATCH, BITS, D, 1,
                bench->x, D, bench->w, D, 0, bench->z, BITS);
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, BATCH, CLASSES, BITS,
                1, bench->z, BITS, bench->b, BITS, 0, bench->logits, CLASSES);
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, BATCH, BITS, CLASSES,
                1, bench->logits, CLASSES, bench->b, BITS, 0, bench->dz, BITS);
    if (bench->codebook)
        cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, CLASSES, BITS,
                    BATCH, 1, bench->logits, CLASSES, bench->z, BITS, 0,
                    bench->db, BITS);
    cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, BITS, D, BATCH, 1,
                bench->dz, BITS, bench->x, D, 0, bench->dw, D);
}

static double rate(struct bench *bench, void (*run)(struct bench *))
{
    double took = 0;
    int64_t began;
    int steps = 0;

    run(bench);
    for (began = clock_monotonic(); took < SECONDS; steps++) {
        run(bench);
        took = (double)(clock_monotonic() - began) / 1e3;
    }
    return (double)steps * BATCH / took;
}

int main(int argc, char **argv)
{
    struct bench bench = {0};
    struct pool *pool;
    struct err err;
    bool whole = argc == 3 && strcmp(argv[1], "ours") == 0;

    if (argc != 3) {
        fprintf(stderr, "usage: bench-codestep ours|sgemm codebook|instance\n");
        return 2;
    }
    bench.codebook = strcmp(argv[2], "codebook") == 0;
    rng_init(&bench.rng, 1, 0);
    bench.x = normals(&bench.rng, (size_t)BATCH * D, 1);
    bench.w = normals(&bench.rng, (size_t)BITS * D, 0.02f);
    bench.b = normals(&bench.rng, (size_t)CLASSES * BITS, 1);
    bench.z = mem_large((size_t)BATCH * BITS, sizeof(float));
    bench.dz = mem_large((size_t)BATCH * BITS, sizeof(float));
    bench.logits = mem_large((size_t)BATCH * CLASSES, sizeof(float));
    bench.dw = mem_large((size_t)BITS * D, sizeof(float));
    bench.db = mem_large((size_t)CLASSES * BITS, sizeof(float));
    if (!whole) {
        printf("%.0f\n", rate(&bench, sgemm));
        return 0;
    }
    bench.features = mem_large((size_t)N * D, sizeof(uint16_t));
    for (size_t i = 0; i < (size_t)N * D; i++)
        bench.features[i] = (uint16_t)(rng_below(&bench.rng, 1024) | 0x3400);
    if (pool_new(&pool, 0, &err) != OK ||
        codestep_new(&bench.step, BATCH, D, BITS, CLASSES, pool, &err) != OK) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    printf("%.0f\n", rate(&bench, ours));
    return 0;
}
