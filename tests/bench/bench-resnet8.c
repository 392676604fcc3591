#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/rng.h"
#include "learn/learner-parts.h"

/*
 * Images a second of the learner on pictures of the demo's shape:
 *     bench-resnet8 train|encode [ENCODER]
 * tests/bench/resnet8-peer.py does the same in PyTorch. For the share of what
 * the processors can do,
 *     bench-resnet8 products ENCODER
 * prints the products of learning from an image, in 10^9 and as if none were
 * saved by Winograd's way, and
 *     bench-resnet8 peak
 * those a second of all processors on data that never leaves the cache.
 */

enum { N = 5120, SIDE = 28, CLASSES = 241, ENCODED = 4 };

struct bench {
    double rate;
};

static enum status note_rate(void *ctx, const struct learner *learner,
                             const struct learn_report *report, struct err *err)
{
    struct bench *bench = ctx;

    (void)learner;
    bench->rate = report->rate;
    return report->epoch == 1
               ? OK
               : err_set(err, ERR_CANCELLED, "measured the second epoch");
}

static double train_rate(struct learner *learner, const struct learn_data *data)
{
    struct bench bench = {0};
    struct learn_hooks hooks = {&bench, NULL, NULL, note_rate};
    struct learn_data none = *data;
    struct err err;

    none.n = 0;
    if (learner_run(learner, data, &none, &hooks, &err) != ERR_CANCELLED)
        fprintf(stderr, "%s\n", err.text);
    return bench.rate;
}

static double encode_rate(struct learner *learner,
                          const struct learn_data *data)
{
    float *margins = mem_zalloc(N, LEARN_BITS_MAX * sizeof(float));
    int64_t began = 0;
    struct err err;

    for (int i = 0; i <= ENCODED; i++) { /* the first is to warm up */
        if (i == 1)
            began = clock_monotonic();
        if (learner_encode(learner, data->pixels, N, margins, NULL, &err) != OK)
            fprintf(stderr, "%s\n", err.text);
    }
    free(margins);
    return 1000.0 * N * ENCODED / (double)(clock_monotonic() - began);
}

static double products(const struct encoder *encoder)
{
    double sum = 0;

    for (int q = 0; q < encoder->convs; q++) {
        const struct encoder_conv *node = &encoder->conv[q];

        sum += (double)conv_weights(&node->conv) * node->conv.oh *
               node->conv.ow * (node->from < 0 ? 2 : 3);
    }
    return sum / 1e9;
}

enum { DEPTH = 256, PIXELS = 14, LANES = 32, BANDS = 20000, TASKS = 64 };

static void peak_task(void *ctx, int task, int thread)
{
    const struct kernel_band *band = ctx;
    struct kernel_band own = *band;

    (void)task;
    own.out += (size_t)thread * PIXELS * LANES;
    for (int i = 0; i < BANDS; i++)
        kernel_best()->band(&own);
}

static double peak(void)
{
    struct kernel_band band = {.in_step = DEPTH,
                               .out_step = LANES,
                               .rows = 1,
                               .depth = DEPTH,
                               .channels = LANES,
                               .pixels = PIXELS};
    float *in = mem_zalloc(PIXELS * DEPTH, sizeof(*in));
    float *w = mem_large(DEPTH * LANES, sizeof(*w));
    struct pool *pool;
    struct err err;
    int64_t began;
    double spent;

    if (w == NULL || pool_new(&pool, 0, &err) != OK)
        return 0;
    band.in = in;
    band.w = w;
    band.out = mem_zalloc((size_t)pool_threads(pool), PIXELS * LANES * 4);
    began = clock_monotonic();
    pool_run(pool, TASKS, peak_task, &band);
    spent = (double)(clock_monotonic() - began);
    pool_free(pool);
    free(band.out);
    free(in);
    free(w);
    return (double)TASKS * BANDS * DEPTH * PIXELS * LANES / spent / 1e6;
}

static double measure(struct learner *learner, const struct learn_data *data,
                      const char *what)
{
    if (strcmp(what, "train") == 0)
        return train_rate(learner, data);
    if (strcmp(what, "encode") == 0)
        return encode_rate(learner, data);
    return strcmp(what, "peak") == 0 ? peak() : products(&learner->encoder);
}

int main(int argc, char **argv)
{
    struct learn_spec spec = learn_spec_default(RECIPE_BEST);
    uint8_t *pixels = mem_zalloc(N, SIDE * SIDE);
    uint32_t *labels = mem_zalloc(N, sizeof(*labels));
    struct learn_data data = {.n = N,
                              .shape = {1, SIDE, SIDE, CLASSES},
                              .pixels = pixels,
                              .labels = labels};
    struct learner *learner;
    struct rng rng;
    struct err err;

    rng_init(&rng, 1, 1);
    for (size_t i = 0; i < (size_t)N * SIDE * SIDE; i++)
        pixels[i] = (uint8_t)rng_next(&rng);
    for (size_t i = 0; i < N; i++)
        labels[i] = (uint32_t)rng_below(&rng, CLASSES);
    spec.epochs[PHASE_WARM] = 2;
    spec.batch = 128;
    if (argc > 2)
        snprintf(spec.encoder, sizeof(spec.encoder), "%s", argv[2]);
    if (argc < 2 ||
        learner_new(&learner, &spec, &data.shape, NULL, &err) != OK) {
        fputs("usage: bench-resnet8 train|encode|products|peak [ENCODER]\n",
              stderr);
        return 2;
    }
    printf("%.6g\n", measure(learner, &data, argv[1]));
    learner_free(learner);
    free(pixels);
    free(labels);
    return 0;
}
