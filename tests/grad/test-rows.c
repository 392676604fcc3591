#include <config.h>

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/half.h"
#include "base/mem.h"
#include "base/rng.h"
#include "nn/codestep.h"
#include "nn/linear.h"
#include "nn/loss.h"
#include "nn/rows.h"
#include "nn/softmax.h"
#include "nn/unpack.h"
#include "tap.h"

/* Every half by every way, at an odd address, against what NumPy makes of
 * it: tests/golden/features.py. */
static void test_halves(void)
{
    unsigned char *in = mem_alloc(2 * 65536 + 1);
    float *out = mem_alloc(65536 * sizeof(*out));
    const char *top = getenv("top_srcdir");
    char path[4096], want[32] = "", got[32];
    FILE *f;

    snprintf(path, sizeof(path), "%s/tests/golden/npy/halves.txt",
             top != NULL ? top : ".");
    f = fopen(path, "r");
    tap_ok(f != NULL && fscanf(f, "%31s", want) == 1, "the golden sum");
    if (f != NULL)
        fclose(f);
    for (uint32_t h = 0; h < 65536; h++) {
        in[1 + 2 * h] = (unsigned char)(h & 0xff);
        in[2 + 2 * h] = (unsigned char)(h >> 8);
    }
    for (int i = 0; unpack_at(i) != NULL; i++) {
        uint64_t hash = 0xcbf29ce484222325u;
        const unsigned char *bytes = (const unsigned char *)out;

        memset(out, 0, 65536 * sizeof(*out));
        unpack_at(i)(out, in + 1, 65536);
        for (size_t h = 0; h < 65536; h++)
            out[h] = isnan(out[h]) ? NAN : out[h];
        for (size_t b = 0; b < 65536 * sizeof(*out); b++)
            hash = (hash ^ bytes[b]) * 0x100000001b3u;
        snprintf(got, sizeof(got), "%016llx", (unsigned long long)hash);
        tap_str(got, want, "way %d gives NumPy's bits", i);
    }
    free(in);
    free(out);
}

static double furthest(const float *a, const float *b, size_t n)
{
    double off = 0;

    for (size_t i = 0; i < n; i++)
        off = fmax(off, fabs((double)a[i] - b[i]));
    return off;
}

static void fill(struct rng *rng, float *a, size_t n, bool signs)
{
    for (size_t i = 0; i < n; i++)
        a[i] = !signs              ? (float)rng_normal(rng)
               : rng_below(rng, 2) ? 1.0f
                                   : -1.0f;
}

enum { N = 77, D = 531, OUT = 21 };

/* Products with float64 rows at odd addresses, against nn/linear.h, by one
 * thread and by three. */
static void test_products(void)
{
    static float x[N][D], w[OUT][D], bias[OUT], want[N][OUT], dwant[OUT][D];
    static float y[2][N][OUT], dw[2][OUT][D];
    unsigned char *bytes = mem_alloc(N * (D * 8 + 3));
    const void *row[N];
    struct rows rows = {UNPACK_F64, N, D, row};
    struct rng rng;
    struct err err;
    double off, doff;

    rng_init(&rng, 3, 0);
    for (int i = 0; i < N; i++) {
        row[i] = bytes + (size_t)i * (D * 8 + 3) + 1;
        for (int j = 0; j < D; j++) {
            double number = (x[i][j] = (float)rng_normal(&rng));

            memcpy(bytes + (size_t)i * (D * 8 + 3) + 1 + 8 * (size_t)j, &number,
                   sizeof(number));
        }
    }
    for (int i = 0; i < OUT; i++) {
        bias[i] = (float)rng_normal(&rng);
        for (int j = 0; j < D; j++)
            w[i][j] = (float)rng_normal(&rng);
    }
    linear_forward(N, D, OUT, 1, x[0], w[0], bias, want[0]);
    linear_backward(N, D, OUT, 1, x[0], w[0], want[0], NULL, dwant[0], NULL);
    for (int t = 0; t < 2; t++) {
        struct pool *pool;
        struct rows_work *work;

        if (pool_new(&pool, t ? 3 : 1, &err) != OK ||
            rows_work_new(&work, N, D, OUT, pool, &err) != OK)
            abort();
        rows_forward(work, &rows, OUT, w[0], bias, y[t][0]);
        rows_backward(work, &rows, OUT, want[0], dw[t][0]);
        rows_work_free(work);
        pool_free(pool);
    }
    off = furthest(y[0][0], want[0], N * OUT);
    doff = furthest(dw[0][0], dwant[0], OUT * D);
    tap_ok(off < 1e-3, "forward: difference %.2g", off);
    tap_ok(doff < 1e-2, "backward: difference %.2g", doff);
    tap_ok(memcmp(y[0], y[1], sizeof(y[0])) == 0 &&
               memcmp(dw[0], dw[1], sizeof(dw[0])) == 0,
           "the same bytes for one thread and three");
    free(bytes);
}

/* Softmax cross-entropy with label smoothing (Szegedy et al. 2016), in double
 * and in order; d may be x. */
static double cross_entropy(int n, int classes, const float *logits,
                            const uint32_t *labels, double smoothing,
                            float *dlogits)
{
    double total = 0, rest = smoothing / classes;

    for (int i = 0; i < n; i++) {
        const float *x = logits + (size_t)i * (size_t)classes;
        float *d = dlogits + (size_t)i * (size_t)classes;
        float most = x[0], own = x[labels[i]];
        double sum = 0, all = 0;
        float part;

        for (int c = 1; c < classes; c++)
            most = x[c] > most ? x[c] : most;
        for (int c = 0; c < classes; c++) {
            all += x[c] - most;
            d[c] = expf(x[c] - most);
            sum += d[c];
        }
        total += log(sum) - (1 - smoothing) * (own - most) - rest * all;
        part = (float)(1 / (sum * n));
        for (int c = 0; c < classes; c++)
            d[c] = d[c] * part - (float)(rest / n);
        d[labels[i]] -= (float)((1 - smoothing) / n);
    }
    return total / n;
}

/* One row of logits against cross_entropy(), for every way. */
static void test_softmax(void)
{
    static const int counts[] = {1, 2, 15, 16, 17, 241, 1000};
    struct rng rng;

    rng_init(&rng, 4, 0);
    for (int i = 0; softmax_at(i) != NULL; i++)
        for (size_t c = 0; c < ARRAY_SIZE(counts); c++) {
            float x[1000], want[1000];
            uint32_t label = (uint32_t)counts[c] / 2;
            double loss, mine, off = 0;

            for (int j = 0; j < counts[c]; j++)
                x[j] = (float)(30 * rng_normal(&rng));
            loss = cross_entropy(1, counts[c], x, &label, 0.1, want);
            mine = softmax_at(i)(counts[c], x, label, 0.1, 1);
            for (int j = 0; j < counts[c]; j++)
                off = fmax(off, fabs((double)x[j] - want[j]));
            tap_ok(off < 2e-6 && fabs(loss - mine) < 1e-4,
                   "way %d, %d classes: gradient off by %.2g, loss by %.2g", i,
                   counts[c], off, fabs(loss - mine));
        }
}

/* The whole loss over a bottleneck against its parts, by one and three. */
static void test_classloss(void)
{
    enum { K = 9, L = 300 };
    static float z[N][K], b[L][K], logits[N][L], dz[N][K], db[L][K];
    static float mine[2][N][K], minedb[2][L][K], alone[N][K];
    uint32_t labels[N];
    struct rng rng;
    struct err err;
    double loss, got[2] = {0, 0}, off;

    rng_init(&rng, 5, 0);
    fill(&rng, z[0], N * K, false);
    fill(&rng, b[0], L * K, true);
    for (int i = 0; i < N; i++)
        labels[i] = (uint32_t)rng_below(&rng, L);
    linear_forward(N, K, L, 0.3f, z[0], b[0], NULL, logits[0]);
    loss = cross_entropy(N, L, logits[0], labels, 0.1, logits[0]);
    linear_backward(N, K, L, 0.3f, z[0], b[0], logits[0], dz[0], db[0], NULL);
    for (int t = 0; t < 2; t++) {
        struct pool *pool;
        struct classloss *cl;

        if (pool_new(&pool, t ? 3 : 1, &err) != OK ||
            classloss_new(&cl, N, K, L, pool, &err) != OK)
            abort();
        got[t] = classloss_run(cl, N, 0.3f, z[0], b[0], labels, 0.1, mine[t][0],
                               minedb[t][0]);
        tap_ok(classloss_run(cl, N, 0.3f, z[0], b[0], labels, 0.1, alone[0],
                             NULL) == got[t] &&
                   memcmp(alone, mine[t], sizeof(alone)) == 0,
               "the same without the gradient of B");
        classloss_free(cl);
        pool_free(pool);
    }
    off = fmax(furthest(mine[0][0], dz[0], N * K),
               furthest(minedb[0][0], db[0], L * K));
    tap_ok(off < 1e-6, "gradients off by %.2g", off);
    tap_ok(fabs(got[0] - loss) < 1e-5, "loss %.6f, %.6f", got[0], loss);
    tap_ok(got[0] == got[1] && memcmp(mine[0], mine[1], sizeof(dz)) == 0 &&
               memcmp(minedb[0], minedb[1], sizeof(db)) == 0,
           "the same bytes for one thread and three");
}

/* The loss of the bits by every way, against nn/loss.h. */
static void test_bits(void)
{
    static const int counts[] = {1, 7, 16, 20, 64};
    float z[64], signs[64], want[64], wants[64], mine[64], mines[64];
    uint32_t label = 0;
    struct rng rng;

    rng_init(&rng, 6, 0);
    for (int i = 0; softmax_bits_at(i) != NULL; i++)
        for (size_t c = 0; c < ARRAY_SIZE(counts); c++) {
            int k = counts[c];
            double loss, got, off;

            fill(&rng, z, (size_t)k, false);
            fill(&rng, signs, (size_t)k, true);
            for (int j = 0; j < k; j++)
                z[j] *= 9;
            memset(wants, 0, sizeof(wants));
            memset(mine, 0, sizeof(mine));
            loss = loss_code(1, k, z, &label, signs, want, wants);
            got = softmax_bits_at(i)(k, z, signs, 1.0f / (float)k, mine, mines);
            off = fmax(furthest(mine, want, (size_t)k),
                       furthest(mines, wants, (size_t)k));
            tap_ok(off < 1e-6 && fabs(got / k - loss) < 1e-5,
                   "way %d, %d bits: gradients off by %.2g, loss by %.2g", i, k,
                   off, fabs(got / k - loss));
        }
}

/* A whole step on rows against its parts, by one thread and by three; as many
 * rows as make shares of several chunks. */
static void test_codestep(void)
{
    enum { ROWS = 1100, LONG = 53, K = 6, L = 40 };
    static float x[ROWS][LONG], w[K][LONG], shift[K], b[L][K], z[ROWS][K];
    static float logits[ROWS][L], dz[ROWS][K], part[ROWS][K], db[L][K];
    static float dw[K][LONG], dshift[K];
    static float mine[2][K][LONG], minedb[2][L][K], mineshift[2][K];
    static const void *row[ROWS];
    static uint32_t labels[ROWS];
    struct rows rows = {UNPACK_F32, ROWS, LONG, row};
    struct codestep_ask ask = {labels, w[0], shift, b[0],
                               0.4f,   0.3f, 0.1,   true};
    double loss, got[2] = {0, 0}, off;
    struct rng rng;
    struct err err;

    rng_init(&rng, 8, 0);
    fill(&rng, x[0], ROWS * LONG, false);
    fill(&rng, w[0], K * LONG, false);
    fill(&rng, shift, K, false);
    fill(&rng, b[0], L * K, true);
    for (int i = 0; i < ROWS; i++) {
        labels[i] = (uint32_t)rng_below(&rng, L);
        row[i] = x[i];
    }
    linear_forward(ROWS, LONG, K, 1, x[0], w[0], shift, z[0]);
    linear_forward(ROWS, K, L, ask.scale, z[0], b[0], NULL, logits[0]);
    loss = ask.mix * cross_entropy(ROWS, L, logits[0], labels, 0.1, logits[0]);
    linear_backward(ROWS, K, L, ask.scale, z[0], b[0], logits[0], dz[0], db[0],
                    NULL);
    for (int i = 0; i < L * K; i++)
        db[i / K][i % K] *= ask.mix;
    loss += loss_code(ROWS, K, z[0], labels, b[0], part[0], db[0]);
    for (int i = 0; i < ROWS * K; i++)
        dz[i / K][i % K] = ask.mix * dz[i / K][i % K] + part[i / K][i % K];
    linear_backward(ROWS, LONG, K, 1, x[0], w[0], dz[0], NULL, dw[0], dshift);
    for (int t = 0; t < 2; t++) {
        struct pool *pool;
        struct codestep *step;

        if (pool_new(&pool, t ? 3 : 1, &err) != OK ||
            codestep_new(&step, ROWS, LONG, K, L, pool, &err) != OK)
            abort();
        got[t] = codestep_run(step, &rows, &ask, mine[t][0], mineshift[t],
                              minedb[t][0]);
        codestep_free(step);
        pool_free(pool);
    }
    off = fmax(furthest(mine[0][0], dw[0], K * LONG),
               fmax(furthest(mineshift[0], dshift, K),
                    furthest(minedb[0][0], db[0], L * K)));
    tap_ok(off < 1e-5, "a step on rows: gradients off by %.2g", off);
    tap_ok(fabs(got[0] - loss) < 1e-5, "loss %.6f, %.6f", got[0], loss);
    tap_ok(got[0] == got[1] && memcmp(mine[0], mine[1], sizeof(dw)) == 0 &&
               memcmp(mineshift[0], mineshift[1], sizeof(dshift)) == 0 &&
               memcmp(minedb[0], minedb[1], sizeof(db)) == 0,
           "the same bytes for one thread and three");
}

int main(void)
{
    test_halves();
    test_products();
    test_softmax();
    test_classloss();
    test_bits();
    test_codestep();
    return tap_done();
}
