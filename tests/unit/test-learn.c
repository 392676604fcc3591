#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "codes/code.h"
#include "learn/learner.h"

#include "tap.h"

/* Small pictures that can be told apart: a bright bar in one of the places,
 * over noise. */
struct toy {
    struct learn_data data;
    uint8_t *pixels;
    uint32_t *labels;
};

static struct toy toy_make(uint32_t n, int channels, int side, uint32_t classes,
                           uint64_t seed)
{
    struct toy toy;
    size_t plane = (size_t)side * (size_t)side;
    size_t image = plane * (size_t)channels;
    struct rng rng;

    rng_init(&rng, seed, 0);
    toy.pixels = mem_zalloc(n, image);
    toy.labels = mem_zalloc(n, sizeof(*toy.labels));
    for (uint32_t i = 0; i < n; i++) {
        uint8_t *p = toy.pixels + i * image;
        uint32_t label = i % classes;

        toy.labels[i] = label;
        for (size_t j = 0; j < image; j++)
            p[j] = (uint8_t)rng_below(&rng, 80);
        for (size_t j = 0; j < plane; j++)
            if ((label % 2 == 0 ? j % (size_t)side : j / (size_t)side) / 3 ==
                label / 2)
                p[j] = 250;
    }
    toy.data = (struct learn_data){
        n, {channels, side, side, classes}, toy.pixels, NULL, toy.labels};
    return toy;
}

static void toy_release(struct toy *toy)
{
    free(toy->pixels);
    free(toy->labels);
}

static struct learn_spec small_spec(void)
{
    struct learn_spec spec = learn_spec_default(RECIPE_BEST);

    spec.bits = 5;
    spec.epochs[PHASE_WARM] = 2;
    spec.epochs[PHASE_CODEBOOK] = 2;
    spec.epochs[PHASE_INSTANCE] = 2;
    spec.batch = 20;
    spec.threads = 1;
    spec.shift = 1;
    return spec;
}

/* Keeps what was saved after an epoch, and what was reported. */
struct watch {
    int epochs, stop_after, reports;
    struct str saved;
    struct learn_report last;
    bool sane;
    uint64_t told;
    uint32_t separated;
    double lr[8];
};

static enum status watch_epoch(void *ctx, const struct learner *learner,
                               const struct learn_report *report,
                               struct err *err)
{
    struct watch *watch = ctx;

    watch->lr[watch->epochs % 8] = report->lr;
    watch->epochs++;
    watch->last = *report;
    watch->separated += report->separated;
    watch->sane =
        watch->sane && report->total_epoch <= report->total_epochs &&
        report->top1 <= report->top5 && report->ed <= report->mhd &&
        (learner_has_codes(learner)
             ? report->codebook == learner_codebook(learner) &&
                   report->distinct >= 1 && report->distinct <= report->classes
             : report->codebook == NULL && report->distinct == 0);
    if (watch->epochs == watch->stop_after) {
        learner_save(learner, &watch->saved);
        return err_set(err, ERR_CANCELLED, "stopped");
    }
    return OK;
}

static void watch_progress(void *ctx, const struct learn_progress *progress)
{
    struct watch *watch = ctx;

    watch->sane = watch->sane && progress->done > watch->told &&
                  progress->done <= progress->total;
    watch->told = progress->done;
}

static struct learn_hooks hooks_of(struct watch *watch)
{
    *watch = (struct watch){.saved = STR_INIT, .sane = true};
    return (struct learn_hooks){watch, NULL, watch_progress, watch_epoch};
}

static void margins_of(struct learner *learner, const struct toy *toy,
                       float *margins)
{
    struct err err;

    if (learner_encode(learner, toy->data.pixels, toy->data.n, margins, NULL,
                       &err) != OK)
        tap_ok(false, "encoding: %s", err.text);
}

/* A whole run; the state it ends with goes to *saved. */
static void run_whole(const struct learn_spec *spec, const struct toy *train,
                      const struct toy *test, struct watch *watch,
                      struct str *saved)
{
    struct learn_hooks hooks = hooks_of(watch);
    struct learner *learner = NULL;
    struct err err;

    tap_ok(learner_new(&learner, spec, &train->data.shape, NULL, &err) == OK &&
               learner_run(learner, &train->data, &test->data, &hooks, &err) ==
                   OK,
           "%d bits, %u classes, %u images learn", spec->bits,
           train->data.shape.classes, train->data.n);
    if (learner != NULL)
        learner_save(learner, saved);
    learner_free(learner);
}

static bool same(const struct str *a, const struct str *b)
{
    return a->length == b->length && memcmp(a->text, b->text, a->length) == 0;
}

/* The state apart from the number of threads, which may differ. */
static bool same_learnt(const struct str *a, const struct str *b)
{
    struct learner *x, *y;
    struct str sx = STR_INIT, sy = STR_INIT;
    struct err err;
    bool equal = false;

    if (learner_load(&x, a->text, a->length, &err) == OK) {
        if (learner_load(&y, b->text, b->length, &err) == OK) {
            learner_set_threads(x, 1);
            learner_set_threads(y, 1);
            learner_save(x, &sx);
            learner_save(y, &sy);
            equal = same(&sx, &sy);
            learner_free(y);
        }
        learner_free(x);
    }
    str_release(&sx);
    str_release(&sy);
    return equal;
}

static void test_threads(const struct toy *train, const struct toy *test)
{
    struct learn_spec spec = small_spec();
    struct str one = STR_INIT, two = STR_INIT, other = STR_INIT;
    struct watch watch;

    run_whole(&spec, train, test, &watch, &one);
    tap_ok(watch.sane, "reports and progress are in order");
    tap_int(watch.epochs, 6, "an epoch_end for every epoch");
    tap_ok(watch.last.mhd > 0.9, "the toy is learnt: MHD %g", watch.last.mhd);
    tap_ok(watch.last.top1 > 0.9, "top-1 %g", watch.last.top1);
    spec.threads = 3;
    run_whole(&spec, train, test, &watch, &two);
    tap_ok(same_learnt(&one, &two), "3 threads learn the same bytes as 1");
    spec.seed++;
    run_whole(&spec, train, test, &watch, &other);
    tap_ok(!same_learnt(&one, &other), "another seed learns others");
    str_release(&one);
    str_release(&two);
    str_release(&other);
}

/* Stopped after every epoch there is, loaded, gone on: the same bytes. */
static void test_resume(const struct toy *train, const struct toy *test)
{
    struct learn_spec spec = small_spec();
    struct str whole = STR_INIT, end = STR_INIT;
    struct watch watch;

    run_whole(&spec, train, test, &watch, &whole);
    for (int stop = 1; stop <= 5; stop++) {
        struct learn_hooks hooks = hooks_of(&watch);
        struct learner *learner;
        struct err err;
        int done, left;

        watch.stop_after = stop;
        if (learner_new(&learner, &spec, &train->data.shape, NULL, &err) != OK)
            continue;
        tap_ok(learner_run(learner, &train->data, &test->data, &hooks, &err) ==
                   ERR_CANCELLED,
               "epoch_end can stop after epoch %d", stop);
        learner_free(learner);
        tap_ok(learner_load(&learner, watch.saved.text, watch.saved.length,
                            &err) == OK,
               "its state loads");
        learner_epochs(learner, &done, &left);
        tap_int(done * 10 + left, stop * 10 + 6 - stop, "it stands there");
        watch.stop_after = 0;
        tap_ok(learner_run(learner, &train->data, &test->data, &hooks, &err) ==
                   OK,
               "and goes on");
        str_clear(&end);
        learner_save(learner, &end);
        tap_ok(same(&whole, &end), "to the same bytes");
        learner_free(learner);
        str_release(&watch.saved);
    }
    str_release(&whole);
    str_release(&end);
}

static bool cancel_second(void *ctx)
{
    return ++*(int *)ctx > 2;
}

static void test_cancel(const struct toy *train, const struct toy *test)
{
    struct learn_spec spec = small_spec();
    int asked = 0;
    struct learn_hooks hooks = {&asked, cancel_second, NULL, NULL};
    struct learner *learner;
    struct err err;
    float *margins = mem_zalloc(train->data.n, 5 * sizeof(float));

    tap_int(learner_new(&learner, &spec, &train->data.shape, NULL, &err), OK,
            "a learner");
    tap_int(learner_run(learner, &train->data, &test->data, &hooks, &err),
            ERR_CANCELLED, "learning stops when cancelled");
    tap_int(asked, 3, "at the batch that asked");
    tap_int(learner_encode(learner, train->data.pixels, train->data.n, margins,
                           &hooks, &err),
            ERR_CANCELLED, "so does encoding");
    learner_free(learner);
    free(margins);
}

static void test_encode(const struct toy *train, const struct toy *test)
{
    struct learn_spec spec = small_spec();
    uint32_t n = train->data.n;
    size_t image = 12 * 12;
    float *whole = mem_zalloc(n, 5 * sizeof(float));
    float *single = mem_zalloc(n, 5 * sizeof(float));
    float largest = 0;
    struct learner *learner;
    struct err err;
    uint64_t codes[8];
    bool signs = true;

    tap_int(learner_new(&learner, &spec, &train->data.shape, NULL, &err), OK,
            "a learner to encode with");
    tap_int(learner_run(learner, &train->data, &test->data, NULL, &err), OK,
            "no hooks at all are fine");
    margins_of(learner, train, whole);
    learner_set_threads(learner, 2);
    for (uint32_t i = 0; i < n; i++)
        if (learner_encode(learner, train->data.pixels + i * image, 1,
                           single + i * 5, NULL, &err) != OK)
            break;
    tap_ok(memcmp(whole, single, n * 5 * sizeof(float)) == 0,
           "an image's margins don't depend on its company");
    margins_of(learner, test, single);
    for (uint32_t i = 0; i < test->data.n * 5; i++)
        largest = fmaxf(largest, fabsf(single[i]));
    tap_near(learner_margin_scale(learner), largest / 127, 1e-6,
             "the scale is the largest margin of the test images");
    for (int c = 0; c < 8; c++)
        codes[c] = code_from_margins(learner_codebook(learner) + c * 5, 5);
    for (int a = 0; a < 8; a++)
        for (int b = 0; b < a; b++)
            signs = signs && codes[a] != codes[b];
    tap_ok(signs, "no two classes share a code");
    learner_free(learner);
    free(whole);
    free(single);
}

static void test_corners(void)
{
    static const struct {
        int bits, channels, side, batch;
        uint32_t n, classes;
        enum learn_recipe recipe;
    } cases[] = {
        {1, 1, 8, 4, 9, 2, RECIPE_BEST},    /* one bit, two classes */
        {1, 1, 8, 4, 9, 6, RECIPE_BEST},    /* fewer codes than classes */
        {64, 3, 9, 4, 9, 2, RECIPE_BEST},   /* more bits than directions */
        {64, 1, 8, 128, 5, 1, RECIPE_BEST}, /* one class, a short batch */
        {3, 3, 11, 1, 3, 3, RECIPE_PAPER},  /* batches of one, odd sides */
        {2, 1, 16, 64, 1, 2, RECIPE_PAPER}, /* one image; a class without */
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct toy train = toy_make(cases[i].n, cases[i].channels,
                                    cases[i].side, cases[i].classes, 3);
        struct toy none = train;
        struct learn_spec spec = learn_spec_default(cases[i].recipe);
        struct str saved = STR_INIT;
        struct watch watch;

        none.data.n = 0;
        spec.bits = cases[i].bits;
        spec.batch = cases[i].batch;
        for (int p = 0; p < PHASE_COUNT; p++)
            spec.epochs[p] = spec.epochs[p] > 0;
        spec.threads = 2;
        run_whole(&spec, &train, &none, &watch, &saved);
        tap_ok(watch.sane && isfinite(watch.last.loss), "and soundly");
        str_release(&saved);
        toy_release(&train);
    }
}

static void test_given(const struct toy *train, const struct toy *test)
{
    struct learn_spec spec = small_spec();
    float codebook[8 * 5];
    struct learner *learner;
    struct err err;

    for (int i = 0; i < 40; i++)
        codebook[i] =
            ((i / 5 * 3 + 1) >> i % 5 & 1 ? -1.0f : 1.0f) * (float)(1 + i);
    spec.epochs[PHASE_WARM] = 1;
    spec.epochs[PHASE_CODEBOOK] = 0;
    spec.epochs[PHASE_INSTANCE] = 1;
    tap_int(learner_new(&learner, &spec, &train->data.shape, codebook, &err),
            OK, "a codebook can be given");
    tap_int(learner_run(learner, &train->data, &test->data, NULL, &err), OK,
            "and learnt towards");
    tap_ok(memcmp(codebook, learner_codebook(learner), sizeof(codebook)) == 0,
           "without phase 1 it stays as given");
    learner_free(learner);
    codebook[17] = NAN;
    tap_int(learner_new(&learner, &spec, &train->data.shape, codebook, &err),
            ERR_BAD_INPUT, "a codebook must be finite");
    tap_ok(strstr(err.text, "class 3, bit 2") != NULL, "and says where: %s",
           err.text);
}

/* All classes begin with one code, and no recipe may end so. */
static void test_separate(const struct toy *train, const struct toy *test,
                          enum learn_recipe recipe)
{
    const char *name = learn_recipe_name(recipe);
    struct learn_spec spec = learn_spec_default(recipe);
    float codebook[8 * 3];

    for (int i = 0; i < 24; i++)
        codebook[i] = (float)(1 + i * 7 % 24) / 24;
    spec.bits = 3;
    spec.batch = 20;
    spec.threads = 1;
    for (int first = PHASE_CODEBOOK; first <= PHASE_INSTANCE; first++) {
        struct watch watch;
        struct learn_hooks hooks = hooks_of(&watch);
        struct learner *learner = NULL;
        struct err err;

        for (int p = 0; p < PHASE_COUNT; p++)
            spec.epochs[p] = p >= first;
        spec.lr[PHASE_CODEBOOK] = 0;
        tap_ok(learner_new(&learner, &spec, &train->data.shape, codebook,
                           &err) == OK &&
                   learner_run(learner, &train->data, &test->data, &hooks,
                               &err) == OK,
               "%s learns from a codebook of one code", name);
        tap_int(watch.separated, 7, "and says that it told 7 classes apart");
        tap_int(watch.last.distinct, 8, "8 classes have 8 codes of 3 bits");
        learner_free(learner);
    }
}

static void test_schedules(const struct toy *train, const struct toy *test)
{
    static const double run[] = {0.2, 0.2, 1, 0.75, 0.125};
    struct learn_spec spec = small_spec();
    struct str saved = STR_INIT;
    struct watch watch;

    spec.lr[PHASE_WARM] = 0.2;
    spec.lr[PHASE_CODEBOOK] = 1;
    spec.lr[PHASE_INSTANCE] = 0.5;
    spec.schedule = SCHEDULE_PHASE;
    run_whole(&spec, train, test, &watch, &saved);
    for (int i = 0; i < 6; i++)
        tap_near(watch.lr[i], spec.lr[i / 2] * (i % 2 == 0 ? 1 : 0.5), 1e-9,
                 "a cosine a phase, epoch %d", i + 1);
    spec.epochs[PHASE_INSTANCE] = 1;
    spec.schedule = SCHEDULE_RUN;
    run_whole(&spec, train, test, &watch, &saved);
    for (int i = 0; i < 5; i++)
        tap_near(watch.lr[i], run[i], 1e-9, "one over the codes, epoch %d",
                 i + 1);
    str_release(&saved);
}

/* Whether every value is one of two numbers of the same size. */
static bool all_signs(const float *w, int n)
{
    for (int i = 0; i < n; i++)
        if (fabsf(w[i]) != fabsf(w[0]) || w[i] == 0)
            return false;
    return true;
}

/* The baseline's whole run; what its last epoch reported. */
static struct learn_report run_baseline(enum learn_baseline baseline,
                                        const struct toy *train,
                                        const struct toy *test, float *codebook)
{
    struct learn_spec spec = small_spec();
    struct watch watch, again;
    struct str saved = STR_INIT, resaved = STR_INIT;
    struct learner *learner = NULL;
    struct err err;

    spec.epochs[PHASE_WARM] = 3;
    if (baseline == BASELINE_HASHNET)
        spec.lr[PHASE_INSTANCE] = LEARN_HASHNET_RATE;
    learn_spec_baseline(&spec, baseline);
    tap_int(spec.epochs[0] + spec.epochs[1] + spec.epochs[2], 7,
            "%s: keeps the budget", learn_baselines[baseline]);
    run_whole(&spec, train, test, &watch, &saved);
    run_whole(&spec, train, test, &again, &resaved);
    tap_ok(watch.sane && watch.epochs == 7, "reports are sane");
    tap_ok(same(&saved, &resaved), "the same seed gives the same bytes");
    if (tap_int(learner_load(&learner, saved.text, saved.length, &err), OK,
                "what was saved loads")) {
        tap_int(learner_spec(learner)->baseline, baseline, "as what it is");
        memcpy(codebook, learner_codebook(learner), 8 * 5 * sizeof(float));
        learner_free(learner);
    }
    str_release(&saved);
    str_release(&resaved);
    return watch.last;
}

/* Codes around the mean of the features, and classes where their images are. */
static void test_shifted(const struct str *saved, const struct toy *train,
                         const float *w, const char *name)
{
    float *z = mem_zalloc(train->data.n, 5 * sizeof(*z));
    struct learner *learner = NULL;
    struct err err;
    double mean[5] = {0}, classes[40] = {0}, off = 0, spread = 0, largest = 0;
    uint32_t n = train->data.n;

    if (learner_load(&learner, saved->text, saved->length, &err) != OK)
        abort();
    margins_of(learner, train, z);
    learner_free(learner);
    for (uint32_t i = 0; i < n; i++)
        for (int b = 0; b < 5; b++) {
            mean[b] += z[i * 5 + b] / n;
            classes[train->data.labels[i] * 5 + b] += z[i * 5 + b];
            spread = fmax(spread, fabs(z[i * 5 + b]));
        }
    for (int b = 0; b < 5; b++)
        off = fmax(off, fabs(mean[b]));
    tap_ok(off < 1e-4 * spread, "%s: margins are around 0: %.2g of %.2g", name,
           off, spread);
    off = 0;
    for (int i = 0; i < 40; i++) {
        off = fmax(off, fabs(classes[i] - w[i]));
        largest = fmax(largest, fabs(classes[i]));
    }
    tap_ok(off < 1e-4 * largest, "W is the sum of each class's margins");
    free(z);
}

static void test_hashing(const struct toy *train, const struct toy *test)
{
    static const enum learn_baseline shifted[] = {BASELINE_LSH, BASELINE_ITQ};
    struct learn_report last;
    float w[8 * 5];

    for (size_t i = 0; i < ARRAY_SIZE(shifted); i++) {
        struct learn_spec spec = small_spec();
        struct str saved = STR_INIT;
        struct watch watch;

        last = run_baseline(shifted[i], train, test, w);
        tap_int(last.phase, PHASE_WARM, "one phase");
        tap_ok(last.top1 > 0.5, "the classifier learns: %g", last.top1);
        spec.epochs[PHASE_WARM] = 3;
        learn_spec_baseline(&spec, shifted[i]);
        run_whole(&spec, train, test, &watch, &saved);
        test_shifted(&saved, train, w, learn_baselines[shifted[i]]);
        str_release(&saved);
    }
    last = run_baseline(BASELINE_HASHNET, train, test, w);
    tap_int(last.phase, PHASE_INSTANCE, "ends with the pairs");
    tap_ok(last.mhd > 0.3, "learns codes: %g", last.mhd);
    tap_ok(last.loss < 1.2, "pairs are parted: %g", last.loss);
}

static void test_baselines(const struct toy *train, const struct toy *test)
{
    struct learn_spec spec = learn_spec_default(RECIPE_PAPER);
    struct learn_report last;
    float w[8 * 5];

    last = run_baseline(BASELINE_ORDINARY, train, test, w);
    tap_int(last.phase, PHASE_WARM, "one phase");
    tap_ok(last.top1 > 0.5 && last.mhd == 0, "learns, without codes: %g",
           last.top1);
    last = run_baseline(BASELINE_REAL, train, test, w);
    tap_int(last.phase, PHASE_CODEBOOK, "one phase");
    tap_ok(last.top1 > 0.5 && last.top1 >= last.mhd,
           "learns real values: %g, their signs %g", last.top1, last.mhd);
    tap_ok(!all_signs(w, 8 * 5), "W is not binary");
    last = run_baseline(BASELINE_RANDOM, train, test, w);
    tap_ok(all_signs(w, 8 * 5), "W is still the random signs");
    tap_int(last.distinct, 8, "a code each");
    tap_ok(last.mhd > 0.3, "learnt towards: %g", last.mhd);
    last = run_baseline(BASELINE_SINGULAR, train, test, w);
    tap_int(last.distinct, 8, "told apart");
    tap_ok(last.mhd > 0.3, "learnt towards: %g", last.mhd);

    test_hashing(train, test);

    learn_spec_baseline(&spec, BASELINE_ORDINARY);
    tap_ok(spec.epochs[PHASE_WARM] == 125 && spec.lr[PHASE_WARM] == 0.1,
           "the paper's budget, from its first rate");
    spec = learn_spec_default(RECIPE_PAPER);
    learn_spec_baseline(&spec, BASELINE_SINGULAR);
    tap_ok(spec.epochs[PHASE_WARM] == 100 && spec.epochs[PHASE_INSTANCE] == 25,
           "the codebook phase becomes the classifier's");
}

static void test_refusals(const struct toy *train)
{
    struct learn_spec good = small_spec(), spec;
    struct learn_shape shape = train->data.shape;
    struct learn_data wrong = train->data, empty = train->data;
    uint32_t *labels = mem_zalloc(train->data.n, sizeof(*labels));
    struct learner *learner;
    struct err err;

#define REFUSED(change, part)                                  \
    spec = good;                                               \
    change;                                                    \
    tap_ok(learner_new(&learner, &spec, &shape, NULL, &err) == \
                   ERR_BAD_INPUT &&                            \
               strstr(err.text, part) != NULL,                 \
           "refused: %s", err.text)

    REFUSED(spec.bits = 0, "bits");
    REFUSED(spec.bits = 65, "bits");
    REFUSED(spec.batch = 0, "batch");
    REFUSED(spec.momentum = NAN, "momentum");
    REFUSED(spec.epochs[PHASE_INSTANCE] = 0, "instance");
    REFUSED(spec.lr[PHASE_CODEBOOK] = -1, "codebook");
    REFUSED(spec.width = 20, "width");
    REFUSED(strcpy(spec.encoder, "resnet9"), "resnet8");
    REFUSED(memset(spec.encoder, 'x', sizeof(spec.encoder)), "too long");
    REFUSED(shape.channels = 2, "channels");
    shape = train->data.shape;
    REFUSED(shape.height = 7, "7");
    shape = train->data.shape;
    REFUSED(shape.classes = 0, "classes");
    shape = train->data.shape;
    if (learner_new(&learner, &good, &shape, NULL, &err) != OK)
        return;
    wrong.shape.width++;
    empty.n = 0;
    tap_int(learner_run(learner, &wrong, &empty, NULL, &err), ERR_BAD_INPUT,
            "images of another shape are refused");
    tap_int(learner_run(learner, &empty, &empty, NULL, &err), ERR_BAD_INPUT,
            "and no images at all");
    wrong = train->data;
    wrong.labels = labels;
    labels[11] = 8;
    tap_int(learner_run(learner, &wrong, &empty, NULL, &err), ERR_BAD_INPUT,
            "and labels that are no class");
    tap_ok(strstr(err.text, "image 11 is 8") != NULL, "%s", err.text);
    learner_free(learner);
    free(labels);
}

/* No bytes may crash it; only what was saved may load. */
static void test_hostile(const struct toy *train)
{
    struct learn_spec spec = small_spec();
    struct str saved = STR_INIT;
    struct learner *learner;
    struct err err;
    struct rng rng;
    int loaded = 0, silent = 0;

    rng_init(&rng, 9, 9);
    if (learner_new(&learner, &spec, &train->data.shape, NULL, &err) != OK)
        return;
    learner_save(learner, &saved);
    learner_free(learner);
    tap_int(learner_load(&learner, saved.text, saved.length, &err), OK,
            "what was saved loads");
    learner_free(learner);
    for (int i = 0; i < 400; i++) {
        size_t n = saved.length, at = (size_t)rng_below(&rng, 300);
        char *copy = mem_alloc(n);
        uint64_t hash = 0xcbf29ce484222325u;

        memcpy(copy, saved.text, n);
        if (i % 2 == 0) {
            n = i % 4 == 0 ? (size_t)i / 4 : (size_t)rng_below(&rng, n);
        } else {
            copy[at] = (char)rng_next(&rng);
            if (i % 4 == 1) { /* with a checksum that fits */
                for (size_t j = 0; j < n - 8; j++)
                    hash = (hash ^ (uint8_t)copy[j]) * 0x100000001b3u;
                for (size_t j = 0; j < 8; j++)
                    copy[n - 8 + j] = (char)(hash >> (8 * j));
            }
        }
        err.text[0] = '\0';
        if (learner_load(&learner, copy, n, &err) == OK) {
            learner_free(learner);
            loaded += i % 4 != 1 && memcmp(copy, saved.text, n) != 0;
        } else {
            silent += err.text[0] == '\0';
        }
        free(copy);
    }
    tap_int(loaded, 0, "nothing damaged loads");
    tap_int(silent, 0, "and every refusal says why");
    str_release(&saved);
}

int main(void)
{
    struct toy train = toy_make(160, 1, 12, 8, 1);
    struct toy test = toy_make(40, 1, 12, 8, 2);

    test_threads(&train, &test);
    test_resume(&train, &test);
    test_cancel(&train, &test);
    test_encode(&train, &test);
    test_corners();
    test_given(&train, &test);
    test_separate(&train, &test, RECIPE_BEST);
    test_separate(&train, &test, RECIPE_PAPER);
    test_schedules(&train, &test);
    test_baselines(&train, &test);
    test_refusals(&train);
    test_hostile(&train);
    toy_release(&train);
    toy_release(&test);
    return tap_done();
}
