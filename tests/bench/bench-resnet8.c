#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/rng.h"
#include "learn/learner.h"

/*
 * Images a second of the learner on pictures of the demo's shape:
 *     bench-resnet8 train|encode
 * tests/bench/resnet8-peer.py does the same in PyTorch.
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
    if (argc != 2 ||
        learner_new(&learner, &spec, &data.shape, NULL, &err) != OK) {
        fputs("usage: bench-resnet8 train|encode\n", stderr);
        return 2;
    }
    printf("%.1f\n", strcmp(argv[1], "train") == 0
                         ? train_rate(learner, &data)
                         : encode_rate(learner, &data));
    learner_free(learner);
    free(pixels);
    free(labels);
    return 0;
}
