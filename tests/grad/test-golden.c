#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "learn/learner.h"

#include "tap.h"

/*
 * Two steps of every phase, from encoder to SGD, against PyTorch in double
 * precision: tests/grad/golden/resnet8.py says how and made the numbers.
 */

enum { N = 6, C = 3, H = 11, W = 10, L = 5, K = 6, D = 64 };
enum { CHANNELS = 336, WEIGHTS = 76720 };
enum { TAIL = 8 }; /* the checksum */

struct golden {
    double loss[2];
    double *params, *stats;
    size_t count, params_n, stats_n;
};

static double formula(uint64_t i)
{
    double u = (double)(i * 2654435761u % 4294967296u) / 4294967296.0;

    return 2 * u - 1;
}

static double bound_of(size_t i, size_t count)
{
    static const int convs[][3] = {{C, 16, 3},  {16, 16, 3}, {16, 16, 3},
                                   {16, 32, 3}, {32, 32, 3}, {16, 32, 1},
                                   {32, 64, 3}, {64, 64, 3}, {32, 64, 1}};
    size_t at = 0;

    for (size_t q = 0; q < ARRAY_SIZE(convs); q++) {
        int in = convs[q][0] * convs[q][2] * convs[q][2];

        at += (size_t)(in * convs[q][1]);
        if (i < at)
            return 1 / sqrt(in);
    }
    if (i < WEIGHTS + 2 * CHANNELS)
        return 0.25;
    if (i < WEIGHTS + 2 * CHANNELS + K * D)
        return 0.2;
    return i < count - L * D - L ? 1.0 : 0.1;
}

static float start_value(size_t i, size_t count)
{
    bool gamma = i >= WEIGHTS && i < WEIGHTS + CHANNELS;
    float value = (float)(formula(i) * bound_of(i, count));

    return (float)((double)value + gamma);
}

/* The file is lines of words; the word that must come next. */
static void expect(FILE *file, const char *word)
{
    char got[64] = "";

    if (fscanf(file, "%63s", got) != 1 || strcmp(got, word) != 0) {
        printf("Bail out! golden file: \"%s\" where \"%s\" belongs\n", got,
               word);
        exit(1);
    }
}

static double *read_numbers(FILE *file, size_t all, size_t step, size_t *n)
{
    double *numbers;

    *n = (all + step - 1) / step;
    numbers = mem_zalloc(*n, sizeof(*numbers));
    for (size_t i = 0; i < *n; i++)
        if (fscanf(file, "%lf", &numbers[i]) != 1)
            expect(file, "a number");
    return numbers;
}

static struct golden read_golden(FILE *file, const char *name)
{
    struct golden g = {.count = 0};
    size_t stats;

    expect(file, "case");
    expect(file, name);
    expect(file, "loss");
    if (fscanf(file, "%lf %lf", &g.loss[0], &g.loss[1]) != 2)
        expect(file, "two losses");
    expect(file, "params");
    if (fscanf(file, "%zu", &g.count) != 1)
        expect(file, "a count");
    g.params = read_numbers(file, g.count, 101, &g.params_n);
    expect(file, "stats");
    if (fscanf(file, "%zu", &stats) != 1)
        expect(file, "a count");
    g.stats = read_numbers(file, stats, 7, &g.stats_n);
    return g;
}

static uint8_t *float_at(struct str *state, size_t count, size_t i)
{
    size_t arrays = 4 * (2 * count + 2 * CHANNELS) + TAIL;

    return (uint8_t *)state->text + state->length - arrays + 4 * i;
}

static float get_float(struct str *state, size_t count, size_t i)
{
    const uint8_t *p = float_at(state, count, i);
    uint32_t bits = (uint32_t)p[0] | (uint32_t)p[1] << 8 |
                    (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
    float value;

    memcpy(&value, &bits, sizeof(value));
    return value;
}

/* Puts the formula's parameters into a saved state and signs it anew. */
static void set_start(struct str *state, size_t count)
{
    uint64_t hash = 0xcbf29ce484222325u;
    uint8_t *bytes = (uint8_t *)state->text;

    for (size_t i = 0; i < count; i++) {
        float value = start_value(i, count);
        uint32_t bits;

        memcpy(&bits, &value, sizeof(bits));
        for (int b = 0; b < 4; b++)
            float_at(state, count, i)[b] = (uint8_t)(bits >> (8 * b));
    }
    for (size_t i = 0; i < state->length - TAIL; i++)
        hash = (hash ^ bytes[i]) * 0x100000001b3u;
    for (int b = 0; b < TAIL; b++)
        bytes[state->length - TAIL + (size_t)b] = (uint8_t)(hash >> (8 * b));
}

struct watch {
    struct str state; /* after two epochs, which are two steps */
    double loss[2];
    int epochs;
};

static enum status watch_epoch(void *ctx, const struct learner *learner,
                               const struct learn_report *report,
                               struct err *err)
{
    struct watch *watch = ctx;

    watch->loss[watch->epochs++] = report->loss;
    if (watch->epochs < 2)
        return OK;
    learner_save(learner, &watch->state);
    return err_set(err, ERR_CANCELLED, "two steps");
}

static struct learn_spec spec_of(const char *name)
{
    bool paper = strcmp(name, "paper") == 0;
    bool joint = strcmp(name, "joint") == 0;
    struct learn_spec spec =
        learn_spec_default(paper ? RECIPE_PAPER : RECIPE_BEST);
    int phase = strcmp(name, "warm") == 0 ? PHASE_WARM
                : paper || joint || strcmp(name, "codebook") == 0
                    ? PHASE_CODEBOOK
                    : PHASE_INSTANCE;

    spec.bits = K;
    spec.threads = 2;
    spec.batch = N;
    spec.shift = 0;
    spec.rotate = spec.stretch = spec.shear = 0;
    spec.label_smoothing = 0.1;
    spec.separate = false;
    spec.schedule = SCHEDULE_PHASE;
    spec.joint = joint;
    spec.mix = joint || strcmp(name, "mixed") == 0 ? 0.5 * sqrt(L) : 0;
    for (int i = 0; i < PHASE_COUNT; i++) {
        spec.epochs[i] = i == phase ? 2 : i == PHASE_INSTANCE;
        spec.lr[i] = 0.1;
    }
    return spec;
}

static bool run_two(const char *name, const struct learn_data *data,
                    size_t count, struct watch *watch)
{
    struct learn_spec spec = spec_of(name);
    struct learn_data none = *data;
    struct learn_hooks hooks = {watch, NULL, NULL, watch_epoch};
    struct str state = STR_INIT;
    struct learner *learner = NULL;
    struct err err;

    none.n = 0;
    if (learner_new(&learner, &spec, &data->shape, NULL, &err) != OK)
        return tap_ok(false, "%s", err.text);
    learner_save(learner, &state);
    learner_free(learner);
    set_start(&state, count);
    if (learner_load(&learner, state.text, state.length, &err) != OK)
        return tap_ok(false, "%s", err.text);
    str_release(&state);
    if (learner_run(learner, data, &none, &hooks, &err) != ERR_CANCELLED)
        return tap_ok(false, "%s", err.text);
    learner_free(learner);
    return true;
}

static void compare(const char *name, const struct golden *g,
                    struct watch *watch)
{
    size_t warm_skip = WEIGHTS + 2 * CHANNELS; /* ITQ writes P and W */
    size_t warm_until = warm_skip + K * D + L * K;
    double off = 0, stats_off = 0, moved = 0;

    for (size_t i = 0; i < g->params_n; i++) {
        size_t at = 101 * i;
        double value = get_float(&watch->state, g->count, at);

        if (strcmp(name, "warm") == 0 && at >= warm_skip && at < warm_until)
            continue;
        off = fmax(off, fabs(value - g->params[i]));
        moved = fmax(moved, fabs(value - start_value(at, g->count)));
    }
    for (size_t i = 0; i < g->stats_n; i++)
        stats_off =
            fmax(stats_off,
                 fabs(get_float(&watch->state, g->count, 2 * g->count + 7 * i) -
                      g->stats[i]));
    tap_near(watch->loss[0], g->loss[0], 1e-5, "%s: first loss", name);
    tap_near(watch->loss[1], g->loss[1], 1e-4, "second loss");
    tap_ok(off < 2e-4 * moved + 1e-6,
           "parameters: largest difference %.2g, they moved %.2g", off, moved);
    tap_ok(stats_off < 2e-5, "running statistics: difference %.2g", stats_off);
}

int main(void)
{
    static const char *const names[] = {"warm",     "paper", "codebook",
                                        "instance", "mixed", "joint"};
    static const uint32_t labels[N] = {0, 1, 2, 3, 4, 0};
    uint8_t *pixels = mem_zalloc(N, C * H * W);
    struct learn_data data = {N, {C, H, W, L}, pixels, NULL, labels};
    const char *top = getenv("top_srcdir");
    char path[4096];
    FILE *file;

    snprintf(path, sizeof(path), "%s/tests/grad/golden/resnet8.txt",
             top != NULL ? top : ".");
    file = fopen(path, "r");
    if (file == NULL) {
        printf("Bail out! %s is missing\n", path);
        return 1;
    }
    for (size_t i = 0; i < N * C * H * W; i++)
        pixels[i] = (uint8_t)(i * 2654435761u % 4294967296u >> 24);
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        struct golden g = read_golden(file, names[i]);
        struct watch watch = {.state = STR_INIT};

        if (run_two(names[i], &data, g.count, &watch))
            compare(names[i], &g, &watch);
        str_release(&watch.state);
        free(g.params);
        free(g.stats);
    }
    fclose(file);
    free(pixels);
    return tap_done();
}
