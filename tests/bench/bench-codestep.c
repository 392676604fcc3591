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
 * 2048 halves in memory, by all processors, without an optimiser:
 *     bench-codestep ours|sgemm codebook|instance
 * The codebook phase learns B, too. sgemm: OpenBLAS multiplies floats of these
 * shapes and does nothing else: no conversion, no losses, the same rows every
 * time. codestep-peer.py is the whole step in PyTorch.
 */

enum { N = 100000, BATCH = 1024, D = 2048, BITS = 20, CLASSES = 1000 };

#define SECONDS 1.5

struct bench {
    bool codebook;
    struct rng rng;
    float *w, *b; /* (BITS, D), (CLASSES, BITS) */
    float *dw, *db;
    /* ours */
    struct codestep *step;
    uint16_t *features; /* (N, D), halves */
    float shift[BITS], dshift[BITS];
    /* sgemm */
    float *x, *z, *dz; /* (BATCH, D), (BATCH, BITS) twice */
    float *logits;     /* (BATCH, CLASSES) */
};

static void die(const char *what)
{
    fprintf(stderr, "bench-codestep: %s\n", what);
    exit(1);
}

static float *normals(struct rng *rng, size_t n, float scale)
{
    float *x = mem_large(n, sizeof(*x));

    if (x == NULL)
        die("no memory");
    for (size_t i = 0; i < n; i++)
        x[i] = scale * (float)rng_normal(rng);
    return x;
}

static void ours_init(struct bench *bench)
{
    struct pool *pool;
    struct err err;

    bench->features = mem_large((size_t)N * D, sizeof(uint16_t));
    if (bench->features == NULL)
        die("no memory");
    for (size_t i = 0; i < (size_t)N * D; i++) /* 0.25 to 0.5 */
        bench->features[i] = (uint16_t)(rng_below(&bench->rng, 1024) | 0x3400);
    if (pool_new(&pool, 0, &err) != OK ||
        codestep_new(&bench->step, BATCH, D, BITS, CLASSES, pool, &err) != OK)
        die(err.text);
}

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
                               .bits = true};

    for (int i = 0; i < BATCH; i++) {
        row[i] = bench->features + (size_t)rng_below(&bench->rng, N) * D;
        labels[i] = (uint32_t)rng_below(&bench->rng, CLASSES);
    }
    codestep_run(bench->step, &rows, &ask, bench->dw, bench->dshift,
                 bench->codebook ? bench->db : NULL);
}

static void sgemm_init(struct bench *bench)
{
    bench->x = normals(&bench->rng, (size_t)BATCH * D, 1);
    bench->z = normals(&bench->rng, (size_t)BATCH * BITS, 1);
    bench->dz = normals(&bench->rng, (size_t)BATCH * BITS, 1);
    bench->logits = normals(&bench->rng, (size_t)BATCH * CLASSES, 1);
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
    static const struct {
        const char *name;
        void (*init)(struct bench *), (*run)(struct bench *);
    } ways[] = {{"ours", ours_init, ours}, {"sgemm", sgemm_init, sgemm}};
    struct bench bench = {0};

    if (argc == 3)
        bench.codebook = strcmp(argv[2], "codebook") == 0;
    for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
        if (argc != 3 || strcmp(argv[1], ways[i].name) != 0 ||
            (!bench.codebook && strcmp(argv[2], "instance") != 0))
            continue;
        rng_init(&bench.rng, 1, 0);
        bench.w = normals(&bench.rng, (size_t)BITS * D, 0.02f);
        bench.b = normals(&bench.rng, (size_t)CLASSES * BITS, 1);
        bench.dw = normals(&bench.rng, (size_t)BITS * D, 1);
        bench.db = normals(&bench.rng, (size_t)CLASSES * BITS, 1);
        ways[i].init(&bench);
        printf("%.0f\n", rate(&bench, ways[i].run));
        return 0;
    }
    fprintf(stderr, "usage: bench-codestep ours|sgemm codebook|instance\n");
    return 2;
}
