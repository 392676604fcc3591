#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "learn/learner.h"
#include "tap.h"

/* Learning from vectors: clusters around a mean for each class. */

enum { N = 400, TESTS = 100, D = 300, CLASSES = 6 };

struct toy {
    float x[N + TESTS][D];
    uint32_t labels[N + TESTS];
    const void *rows[N + TESTS];
    struct learn_vectors train_rows, test_rows;
    struct learn_data train, test;
    uint32_t seen;
};

static void count_seen(void *ctx, uint32_t n)
{
    struct toy *toy = ctx;

    toy->seen += n;
}

static struct toy *toy_new(void)
{
    struct toy *toy = mem_zalloc(1, sizeof(*toy));
    static float means[CLASSES][D];
    struct rng rng;

    rng_init(&rng, 7, 0);
    for (int c = 0; c < CLASSES; c++)
        for (int j = 0; j < D; j++)
            means[c][j] = (float)(0.25 * rng_normal(&rng));
    for (int i = 0; i < N + TESTS; i++) {
        toy->labels[i] = (uint32_t)i % CLASSES;
        toy->rows[i] = toy->x[i];
        for (int j = 0; j < D; j++) /* far from 0, of unlike spread */
            toy->x[i][j] = (float)(5 + (1 + j % 7) * (means[i % CLASSES][j] +
                                                      rng_normal(&rng)));
    }
    toy->train_rows =
        (struct learn_vectors){UNPACK_F32, D, toy->rows, toy, count_seen, NULL};
    toy->test_rows =
        (struct learn_vectors){UNPACK_F32, D, toy->rows + N, NULL, NULL, NULL};
    toy->train = (struct learn_data){.n = N,
                                     .shape = {D, 1, 1, CLASSES},
                                     .vectors = &toy->train_rows,
                                     .labels = toy->labels};
    toy->test = (struct learn_data){.n = TESTS,
                                    .shape = {D, 1, 1, CLASSES},
                                    .vectors = &toy->test_rows,
                                    .labels = toy->labels + N};
    return toy;
}

static struct learn_spec spec_of(const char *encoder, int threads)
{
    struct learn_spec spec = learn_spec_default(RECIPE_PAPER);

    strcpy(spec.encoder, encoder);
    spec.recipe = RECIPE_BEST;
    spec.bits = 5;
    spec.epochs[PHASE_WARM] = strcmp(encoder, "mlp") == 0 ? 2 : 0;
    spec.epochs[PHASE_CODEBOOK] = 3;
    spec.epochs[PHASE_INSTANCE] = 3;
    spec.batch = 50;
    spec.threads = threads;
    return spec;
}

struct watch {
    struct str last; /* what was saved last */
    double top1, mhd;
    int stop, epochs;
};

static enum status watch_epoch(void *ctx, const struct learner *learner,
                               const struct learn_report *report,
                               struct err *err)
{
    struct watch *watch = ctx;

    str_clear(&watch->last);
    learner_save(learner, &watch->last);
    watch->top1 = report->top1;
    watch->mhd = report->mhd;
    if (++watch->epochs == watch->stop)
        return err_set(err, ERR_CANCELLED, "stopped here");
    return OK;
}

static void must(enum status status, const struct err *err)
{
    if (status == OK)
        return;
    tap_note("%s", err->text);
    abort();
}

/* Learns, stopped and taken up again after `stop` epochs unless 0. */
static struct learner *learn(struct toy *toy, struct learn_spec spec, int stop,
                             struct watch *watch)
{
    struct learn_hooks hooks = {watch, NULL, NULL, watch_epoch};
    struct learner *learner;
    struct err err;

    *watch = (struct watch){.last = STR_INIT, .stop = stop};
    must(learner_new(&learner, &spec, &toy->train.shape, NULL, &err), &err);
    if (stop > 0) {
        tap_int(learner_run(learner, &toy->train, &toy->test, &hooks, &err),
                ERR_CANCELLED, "stopped after %d epochs", stop);
        learner_free(learner);
        must(learner_load(&learner, watch->last.text, watch->last.length, &err),
             &err);
        learner_set_threads(learner, spec.threads);
    }
    must(learner_run(learner, &toy->train, &toy->test, &hooks, &err), &err);
    return learner;
}

static void test_encoder(struct toy *toy, const char *encoder, double least)
{
    static float z[2][TESTS][5];
    struct watch one, many, again;
    struct learner *a = learn(toy, spec_of(encoder, 1), 0, &one);
    struct learner *b = learn(toy, spec_of(encoder, 3), 0, &many);
    struct learner *c = learn(toy, spec_of(encoder, 2), 4, &again);
    struct err err;

    if (least > 0)
        tap_ok(one.top1 >= least && one.mhd >= least - 0.1,
               "%s: class codes %.2f, MHD %.2f", encoder, one.top1, one.mhd);
    must(learner_encode_vectors(a, &toy->test_rows, TESTS, z[0][0], NULL, &err),
         &err);
    must(learner_encode_vectors(b, &toy->test_rows, TESTS, z[1][0], NULL, &err),
         &err);
    tap_ok(memcmp(z[0], z[1], sizeof(z[0])) == 0,
           "%s: the same margins for one thread and three", encoder);
    for (int i = 0; i < TESTS; i++)
        must(learner_encode_vectors(c,
                                    &(struct learn_vectors){UNPACK_F32, D,
                                                            toy->rows + N + i,
                                                            NULL, NULL, NULL},
                                    1, z[1][i], NULL, &err),
             &err);
    tap_ok(memcmp(z[0], z[1], sizeof(z[0])) == 0,
           "%s: and when it was taken up again, one by one", encoder);
    learner_free(a);
    learner_free(b);
    learner_free(c);
    str_release(&one.last);
    str_release(&many.last);
    str_release(&again.last);
}

/*
 * Classes differ a little in eight numbers that hardly vary within them, and
 * much more in eight that vary so much that they tell nothing. What a model
 * begins with has to see through that: the rate is as good as none.
 */
static void test_start(void)
{
    struct toy *toy = toy_new();
    static float parts[CLASSES][16];
    struct learn_spec spec = spec_of("linear", 1);
    struct learner *learner;
    struct watch watch;
    struct rng rng;

    rng_init(&rng, 11, 0);
    for (int c = 0; c < CLASSES; c++)
        for (int j = 0; j < 16; j++)
            parts[c][j] = (float)rng_normal(&rng);
    for (int i = 0; i < N + TESTS; i++) {
        float common = (float)rng_normal(&rng);

        for (int j = 0; j < D; j++)
            toy->x[i][j] = 10 * common + (float)rng_normal(&rng);
        for (int j = 0; j < 8; j++) {
            toy->x[i][j] += 4 * parts[i % CLASSES][j];
            toy->x[i][8 + j] =
                30 * (parts[i % CLASSES][8 + j] + 2 * (float)rng_normal(&rng));
        }
    }
    for (int i = 0; i < PHASE_COUNT; i++)
        spec.lr[i] = 1e-7;
    learner = learn(toy, spec, 0, &watch);
    tap_ok(watch.mhd >= 0.9, "the start sees what parts classes: MHD %.2f",
           watch.mhd);
    learner_free(learner);
    str_release(&watch.last);
    free(toy);
}

static void test_refused(struct toy *toy)
{
    struct learn_spec spec = spec_of("linear", 1);
    struct learn_data none = toy->test;
    struct learner *learner;
    struct err err = {OK, ""};
    float kept = toy->x[41][299];

    none.n = 0;
    toy->x[41][299] = NAN;
    must(learner_new(&learner, &spec, &toy->train.shape, NULL, &err), &err);
    tap_int(learner_run(learner, &toy->train, &none, NULL, &err), ERR_BAD_INPUT,
            "a NaN is refused");
    tap_ok(strstr(err.text, "row 41 of the training vectors, column 299") !=
               NULL,
           "%s", err.text);
    toy->x[41][299] = INFINITY;
    must(learner_encode_vectors(learner, &toy->train_rows, 1, (float[5]){0},
                                NULL, &err),
         &err);
    tap_int(learner_encode_vectors(learner,
                                   &(struct learn_vectors){UNPACK_F32, D,
                                                           toy->rows + 41, NULL,
                                                           NULL, NULL},
                                   1, (float[5]){0}, NULL, &err),
            ERR_BAD_INPUT, "and an infinity when encoding");
    toy->x[41][299] = kept;
    learner_free(learner);
    strcpy(spec.encoder, "resnet8");
    tap_int(learner_new(&learner, &spec, &toy->train.shape, NULL, &err),
            ERR_BAD_INPUT, "a network for pictures takes no vectors");
    tap_ok(strstr(err.text, "not for vectors") != NULL, "%s", err.text);
}

int main(void)
{
    struct toy *toy = toy_new();

    test_encoder(toy, "linear", 0.9);
    tap_ok(toy->seen > 0, "the reader hears which rows were read");
    test_encoder(toy, "features", 0);
    test_encoder(toy, "mlp", 0.5);
    test_start();
    test_refused(toy);
    free(toy);
    return tap_done();
}
