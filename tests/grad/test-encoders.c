#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "nn/encoder.h"
#include "nn/infer.h"
#include "nn/norm.h"

#include "tap.h"

/*
 * One step of every encoder, forward and backward, against PyTorch in double
 * precision: tests/grad/golden/encoders.py says how and made the numbers. The
 * features are those of inference as well, when it is given the statistics of
 * the batch as the running ones.
 */

enum { SAMPLES = 40 };

struct golden {
    char name[24];
    int channels, height, width, n;
    size_t params;
};

struct run {
    struct encoder encoder;
    struct encoder_work *work;
    float *params, *stats, *grads, *features, *dfeatures;
};

static double formula(uint64_t i)
{
    double u = (double)(i * 2654435761u % 4294967296u) / 4294967296.0;

    return 2 * u - 1;
}

static void bail(const char *what)
{
    printf("Bail out! golden file: %s\n", what);
    exit(1);
}

static void set_params(const struct encoder *e, float *params)
{
    bool deep = e->maps > 1 && e->map[1].pooled >= 0;
    double shift = deep ? 3 : 0;

    for (int q = 0; q < e->convs; q++) {
        const struct conv *c = &e->conv[q].conv;
        double bound = sqrt(3.0 / (c->size * c->size * c->ci));

        for (size_t i = e->conv[q].w; i < e->conv[q].w + conv_weights(c); i++)
            params[i] = (float)(formula(i) * bound);
    }
    for (size_t i = e->weights; i < e->params; i++)
        params[i] = (float)(formula(i) * 0.25 +
                            (i < e->weights + e->channels ? 1 : shift));
    for (int m = 0; m < e->maps; m++) {
        const struct encoder_map *map = &e->map[m];
        size_t first = e->weights;

        if (map->rest_conv < 0 && map->rest_map < 0)
            continue;
        first += e->conv[map->conv].channels;
        for (size_t i = first; i < first + (size_t)map->plane.channels; i++)
            params[i] = (float)((formula(i) * 0.25 + 1) * 0.2);
    }
}

static void set_pictures(const struct encoder *e, float *pictures, int n)
{
    size_t row = (size_t)(e->picture[2] * e->picture[0]), b = (size_t)e->border;
    size_t full = row + 2 * b * (size_t)e->picture[0];
    uint64_t at = 7;

    for (int i = 0; i < n; i++)
        for (int y = 0; y < e->picture[1]; y++) {
            float *to = pictures + (size_t)i * encoder_picture(e) +
                        ((size_t)y + b) * full + b * (size_t)e->picture[0];

            for (size_t j = 0; j < row; j++)
                to[j] = (float)formula(at++);
        }
}

static bool run_init(struct run *run, const struct golden *g, struct pool *pool)
{
    struct encoder *e = &run->encoder;
    struct err err;
    size_t d;

    if (encoder_init(e, g->name, 0, g->channels, g->height, g->width, &err) !=
            OK ||
        encoder_work_new(&run->work, e, g->n, pool, &err) != OK)
        return tap_ok(false, "%s", err.text);
    d = (size_t)(g->n * e->features);
    run->params = mem_large(e->params, sizeof(float));
    run->grads = mem_large(e->params, sizeof(float));
    run->stats = mem_large(e->stats, sizeof(float));
    run->features = mem_large(d, sizeof(float));
    run->dfeatures = mem_large(d, sizeof(float));
    for (size_t i = 0; i < d; i++)
        run->dfeatures[i] = (float)formula(i + 3);
    encoder_start(e, run->params, run->stats, 1);
    set_params(e, run->params);
    set_pictures(e, encoder_pictures(run->work), g->n);
    return true;
}

static void run_release(struct run *run)
{
    encoder_work_free(run->work);
    free(run->params);
    free(run->grads);
    free(run->stats);
    free(run->features);
    free(run->dfeatures);
}

/* The next line of the file holds a sample of values: how far are ours, as a
 * part of the largest? */
static double compare(FILE *file, const char *word, const float *values,
                      size_t n)
{
    char got[32] = "";
    size_t count = 0, step = n / SAMPLES > 0 ? n / SAMPLES : 1;
    double off = 0, largest = 0;

    if (fscanf(file, "%31s %zu", got, &count) != 2 || strcmp(got, word) != 0 ||
        count != n)
        bail(word);
    for (size_t i = 0; i < n; i += step) {
        double want;

        if (fscanf(file, "%lf", &want) != 1)
            bail("a number");
        off = fmax(off, fabs(values[i] - want));
        largest = fmax(largest, fabs(want));
    }
    return off / largest;
}

/* The batch's own mean and (biased) variance of every channel, from running
 * statistics that began at 0 and 1 and saw this batch alone. */
static float *batch_stats(const struct golden *g, const struct run *run)
{
    const struct encoder *e = &run->encoder;
    size_t all = e->channels;
    float *stats = mem_large(e->stats + 1, sizeof(*stats));

    for (int q = 0; q < e->convs; q++) {
        const struct conv *conv = &e->conv[q].conv;
        double n = (double)g->n * conv->oh * conv->ow;

        for (size_t c = e->conv[q].channels;
             c < e->conv[q].channels + (size_t)conv->co; c++) {
            double moved = run->stats[all + c] - (1 - NORM_MOMENTUM);

            stats[c] = (float)(run->stats[c] / NORM_MOMENTUM);
            stats[all + c] = (float)(moved / NORM_MOMENTUM * (n - 1) / n);
        }
    }
    return stats;
}

/* Overwrites the features with those of inference. */
static bool infer_features(const struct golden *g, struct run *run)
{
    const struct encoder *e = &run->encoder;
    const float *pictures = encoder_pictures(run->work);
    float *stats = batch_stats(g, run), *room;
    struct infer *infer;
    struct err err;

    if (infer_new(&infer, e, run->params, stats, &err) != OK)
        return tap_ok(false, "%s", err.text);
    room = mem_large(infer_room(infer), sizeof(*room));
    for (int i = 0, some; i < g->n; i += some) {
        some = g->n - i < infer_group(infer) ? g->n - i : infer_group(infer);
        infer_run(infer, some, pictures + (size_t)i * encoder_picture(e), room,
                  run->features + (size_t)(i * e->features));
    }
    infer_free(infer);
    free(room);
    free(stats);
    return true;
}

/* Features of learning, and then of inference, with the same line. */
static void compare_features(FILE *file, const struct golden *g,
                             struct run *run)
{
    size_t count = (size_t)(g->n * run->encoder.features);
    long line = ftell(file);
    double off;

    encoder_forward(run->work, g->n, run->params, run->stats, run->features);
    off = compare(file, "features", run->features, count);
    tap_ok(off < 1e-4, "%s: features, difference %.2g", g->name, off);
    memset(run->features, 0, count * sizeof(*run->features));
    if (line < 0 || fseek(file, line, SEEK_SET) != 0)
        bail("its features again");
    if (!infer_features(g, run))
        return;
    off = compare(file, "features", run->features, count);
    tap_ok(off < 1e-4, "of inference, difference %.2g", off);
}

static void compare_case(FILE *file, const struct golden *g, struct run *run)
{
    struct encoder *e = &run->encoder;
    size_t all = e->channels, gamma = e->weights;
    double off = 0;
    int worst = 0;

    compare_features(file, g, run);
    if (e->convs == 0)
        return;
    encoder_backward(run->work, run->params, run->dfeatures, run->grads);
    for (int q = 0; q < e->convs; q++) {
        double one = compare(file, "conv", run->grads + e->conv[q].w,
                             conv_weights(&e->conv[q].conv));

        worst = one > off ? q : worst;
        off = fmax(off, one);
    }
    tap_ok(off < 1e-3, "gradients of the weights, difference %.2g in conv %d",
           off, worst);
    off = compare(file, "gamma", run->grads + gamma, all);
    off = fmax(off, compare(file, "beta", run->grads + gamma + all, all));
    tap_ok(off < 1e-3, "of gamma and beta, difference %.2g", off);
    off = compare(file, "means", run->stats, all);
    off = fmax(off, compare(file, "variances", run->stats + all, all));
    tap_ok(off < 1e-4, "running statistics, difference %.2g", off);
}

int main(void)
{
    const char *top = getenv("top_srcdir");
    char path[4096];
    FILE *file;
    struct golden g;
    struct pool *pool;
    struct err err;

    snprintf(path, sizeof(path), "%s/tests/grad/golden/encoders.txt",
             top != NULL ? top : ".");
    file = fopen(path, "r");
    if (file == NULL || pool_new(&pool, 2, &err) != OK) {
        printf("Bail out! %s is missing, or threads are\n", path);
        return 1;
    }
    while (fscanf(file, " case %23s %d %d %d %d %zu", g.name, &g.channels,
                  &g.height, &g.width, &g.n, &g.params) == 6) {
        struct run run = {.work = NULL};

        if (!run_init(&run, &g, pool))
            bail(g.name);
        tap_ok(run.encoder.params == g.params, "%s has %zu parameters", g.name,
               g.params);
        compare_case(file, &g, &run);
        run_release(&run);
    }
    if (!feof(file))
        bail("a case");
    pool_free(pool);
    fclose(file);
    return tap_done();
}
