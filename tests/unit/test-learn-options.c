#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "learn/learner-parts.h"

#include "tap.h"

/* Options of learning that change a step: how a batch is cut into passes, what
 * decays, how the rate and the weights begin. */

enum { N = 10, SIDE = 8, CLASSES = 3, EPOCHS = 8 };

static uint8_t pixels[N * SIDE * SIDE];
static uint32_t labels[N];
static const struct learn_data data = {.n = N,
                                       .shape = {1, SIDE, SIDE, CLASSES},
                                       .pixels = pixels,
                                       .labels = labels};

static struct learn_spec make_spec(const char *encoder)
{
    struct learn_spec spec = learn_spec_default(RECIPE_BEST);

    strcpy(spec.encoder, encoder);
    spec.bits = 4;
    spec.batch = N;
    spec.epochs[PHASE_WARM] = 0;
    spec.epochs[PHASE_CODEBOOK] = 0;
    spec.epochs[PHASE_INSTANCE] = EPOCHS;
    spec.shift = 0;
    spec.rotate = spec.stretch = spec.shear = 0;
    spec.threads = 2;
    return spec;
}

struct watch {
    int epochs; /* to learn */
    double lr[EPOCHS];
};

static enum status watch_epoch(void *ctx, const struct learner *learner,
                               const struct learn_report *report,
                               struct err *err)
{
    struct watch *watch = ctx;

    (void)learner;
    watch->lr[report->epoch - 1] = report->lr;
    return report->epoch < watch->epochs
               ? OK
               : err_set(err, ERR_CANCELLED, "that is enough");
}

/* The learner after so many epochs, which are steps. */
static struct learner *learnt(const struct learn_spec *spec,
                              struct watch *watch)
{
    struct learn_data none = data;
    struct learn_hooks hooks = {watch, NULL, NULL, watch_epoch};
    struct learner *learner;
    struct err err;

    none.n = 0;
    if (learner_new(&learner, spec, &data.shape, NULL, &err) != OK ||
        (watch->epochs > 0 &&
         learner_run(learner, &data, &none, &hooks, &err) != ERR_CANCELLED)) {
        printf("Bail out! %s\n", err.text);
        exit(1);
    }
    return learner;
}

static double difference(const struct learner *a, const struct learner *b,
                         size_t from, size_t to)
{
    double most = 0;

    for (size_t i = from; i < to; i++)
        most = fmax(most, fabs((double)a->params[i] - b->params[i]));
    return most;
}

/* Without batch norm, passes of 4, 4 and 2 pictures are the batch of 10. */
static void test_accumulate(void)
{
    struct learn_spec spec = make_spec("linear");
    struct watch watch = {.epochs = 3};
    struct learner *whole = learnt(&spec, &watch), *parts, *start, *again;

    watch.epochs = 0;
    start = learnt(&spec, &watch);
    watch.epochs = 3;
    spec.accumulate = 3;
    parts = learnt(&spec, &watch);
    tap_int(learner_pass(parts, N), 4, "three passes of ten pictures: of four");
    tap_ok(difference(whole, start, 0, whole->count) > 1e-3, "it learns");
    tap_ok(difference(whole, parts, 0, whole->count) < 1e-6,
           "three passes give the gradient of one");
    learner_free(start);
    learner_free(parts);
    learner_free(whole);
    strcpy(spec.encoder, "resnet8");
    parts = learnt(&spec, &watch);
    spec.threads = 1;
    again = learnt(&spec, &watch);
    tap_ok(difference(parts, again, 0, parts->count) == 0,
           "and with batch norms the same for any number of threads");
    learner_free(parts);
    learner_free(again);
}

static void test_memory(void)
{
    struct learn_spec spec = make_spec("resnet20");
    struct watch watch = {.epochs = 0};
    struct learner *l;

    spec.batch = 512;
    l = learnt(&spec, &watch);
    tap_int(learner_pass(l, 10000), 512, "a batch fits into the usual bound");
    tap_int(learner_pass(l, 100), 100, "or what there is of it");
    l->spec.memory = 32;
    tap_ok(learner_pass(l, 10000) < 512, "not into a smaller one");
    tap_ok(encoder_work_bytes(&l->encoder, learner_pass(l, 10000)) <=
               32 * 1048576.0,
           "but a part of it does");
    l->spec.memory = 1;
    tap_int(learner_pass(l, 10000), 8, "no part is too small for a batch norm");
    learner_free(l);
}

static void test_decay(void)
{
    struct learn_spec spec = make_spec("resnet8");
    struct watch watch = {.epochs = 1};
    struct learner *all, *some;
    size_t gamma;

    spec.lr[PHASE_INSTANCE] = 0.5;
    spec.weight_decay = 0.1;
    all = learnt(&spec, &watch);
    spec.decay_norm = false;
    some = learnt(&spec, &watch);
    gamma = all->encoder.weights;
    tap_ok(difference(all, some, 0, gamma) == 0, "weights decay in any case");
    tap_ok(difference(all, some, all->projection, all->codebook) == 0,
           "so does the projection");
    tap_near(some->params[gamma] - all->params[gamma], 0.5 * 0.1, 1e-6,
             "gamma, 1 at first, only if batch norms do");
    learner_free(all);
    learner_free(some);
}

static void test_warmup(void)
{
    struct learn_spec spec = make_spec("linear");
    struct watch watch = {.epochs = 5};
    double full;

    spec.lr[PHASE_INSTANCE] = 0.2;
    learner_free(learnt(&spec, &watch));
    tap_near(watch.lr[0], 0.2, 1e-12, "the rate begins as it is set");
    full = watch.lr[2];
    spec.warmup = 4;
    learner_free(learnt(&spec, &watch));
    tap_near(watch.lr[0], 0.05, 1e-12, "with a warm-up of 4, a quarter");
    tap_near(watch.lr[2], 0.75 * full, 1e-12, "then three of its cosine");
    tap_near(watch.lr[4], 0.2 * 0.5, 1e-12, "and then all of it");
}

static void test_start(void)
{
    struct learn_spec spec = make_spec("resnet8");
    struct watch watch = {.epochs = 0};
    struct learner *l;
    const struct encoder_conv *q;
    double squares = 0;
    size_t zeros = 0, n;

    spec.init = INIT_HE;
    spec.zero_init = true;
    l = learnt(&spec, &watch);
    q = &l->encoder.conv[7]; /* 64 to 64 channels */
    n = conv_weights(&q->conv);
    for (size_t i = 0; i < n; i++)
        squares += (double)l->params[q->w + i] * l->params[q->w + i];
    tap_near(squares / (double)n, 2.0 / (9 * 64), 1e-4, "variance after He");
    for (size_t i = 0; i < l->encoder.channels; i++)
        zeros += l->params[l->encoder.weights + i] == 0;
    tap_int((long)zeros, 16 + 32 + 64, "the last gammas of the blocks are 0");
    learner_free(l);
}

int main(void)
{
    struct rng rng;

    rng_init(&rng, 1, 1);
    for (size_t i = 0; i < sizeof(pixels); i++)
        pixels[i] = (uint8_t)rng_next(&rng);
    for (uint32_t i = 0; i < N; i++)
        labels[i] = i % CLASSES;
    test_accumulate();
    test_memory();
    test_decay();
    test_warmup();
    test_start();
    return tap_done();
}
