#include <config.h>

#include "learn/learner-feed.h"

#include <stdlib.h>
#include <string.h>

#include <cblas.h>

#include "base/mem.h"
#include "base/rng.h"
#include "nn/linear.h"

#define TASK_IMAGES 8

/* The largest head is the classifier, if there is a phase that learns it. */
static enum status flat_init(struct learner_feed *feed, int batch,
                             struct err *err)
{
    const struct learner *l = feed->learner;
    size_t d = (size_t)l->shape.channels, out = (size_t)l->spec.bits;

    if (l->phase == PHASE_WARM && l->shape.classes > out)
        out = l->shape.classes;
    feed->folded = mem_large(out, d * sizeof(float));
    feed->shift = mem_large(out, sizeof(float));
    feed->sums = mem_large(out, sizeof(double));
    if (feed->folded == NULL || feed->shift == NULL || feed->sums == NULL)
        return err_set(err, ERR_NOMEM, "no memory for %zu weights", out * d);
    return rows_work_new(&feed->work, batch, l->shape.channels, (int)out,
                         l->pool, err);
}

enum status learner_feed_init(struct learner_feed *feed,
                              struct learner *learner,
                              const struct learn_data *train, int batch,
                              struct err *err)
{
    size_t n = (size_t)batch, d = (size_t)learner->encoder.features;

    memset(feed, 0, sizeof(*feed));
    feed->learner = learner;
    feed->train = train;
    feed->flat = learner_is_flat(learner);
    if (train->vectors != NULL) {
        feed->row = mem_zalloc(n, sizeof(*feed->row));
        if (feed->flat)
            return flat_init(feed, batch, err);
    }
    feed->features = mem_large(n, d * sizeof(float));
    feed->dfeatures = mem_large(n, d * sizeof(float));
    if (feed->features != NULL && feed->dfeatures != NULL)
        return OK;
    return err_set(err, ERR_NOMEM,
                   "no memory for the features of %d images: try a smaller "
                   "batch",
                   batch);
}

void learner_feed_release(struct learner_feed *feed)
{
    free(feed->features);
    free(feed->dfeatures);
    rows_work_free(feed->work);
    free(feed->row);
    free(feed->folded);
    free(feed->shift);
    free(feed->sums);
    memset(feed, 0, sizeof(*feed));
}

static void picture_task(void *ctx, int task, int thread)
{
    const struct learner_feed *feed = ctx;
    const struct learner *learner = feed->learner;
    const struct learn_shape *shape = &learner->shape;
    const struct learn_spec *spec = &learner->spec;
    struct augment augment = {spec->shift, spec->rotate, spec->stretch,
                              spec->shear, spec->flip};
    size_t image =
        (size_t)shape->channels * (size_t)shape->height * (size_t)shape->width;
    size_t picture = encoder_picture(&learner->encoder);
    int end = (task + 1) * TASK_IMAGES;

    (void)thread;
    end = end < feed->n ? end : feed->n;
    for (int i = task * TASK_IMAGES; i < end; i++) {
        struct rng rng;

        rng_init(&rng, spec->seed, feed->stream + 1 + feed->now[i]);
        augment_apply(feed->pictures + (size_t)i * picture,
                      feed->train->pixels + feed->now[i] * image,
                      shape->channels, shape->height, shape->width,
                      learner->encoder.border, &learner->norm, &augment, &rng);
    }
}

static void vector_task(void *ctx, int task, int thread)
{
    const struct learner_feed *feed = ctx;
    const struct learner *learner = feed->learner;
    const struct learn_vectors *vectors = feed->train->vectors;
    size_t d = (size_t)vectors->d;
    int end = (task + 1) * TASK_IMAGES;

    (void)thread;
    end = end < feed->n ? end : feed->n;
    for (int i = task * TASK_IMAGES; i < end; i++) {
        float *picture = feed->pictures + (size_t)i * d;

        unpack(vectors->type, picture, feed->row[i], d);
        for (size_t j = 0; j < d; j++)
            picture[j] =
                (picture[j] - learner->centre[j]) * learner->inverse[j];
    }
}

/* Says which rows were read, and which come next. */
static void find_rows(struct learner_feed *feed)
{
    const struct learn_vectors *vectors = feed->train->vectors;
    size_t bytes = (size_t)vectors->d * unpack_size(vectors->type);
    const uint32_t *next = feed->now + feed->n;

    if (vectors->seen != NULL)
        vectors->seen(vectors->ctx, (uint32_t)feed->n);
    for (int i = 0; i < feed->n; i++)
        feed->row[i] = vectors->rows[feed->now[i]];
    for (int i = 0; vectors->expect != NULL && i < feed->n; i++)
        if (next + i < feed->end)
            vectors->expect(vectors->ctx, vectors->rows[next[i]], bytes);
}

void learner_feed_batch(struct learner_feed *feed, const uint32_t *now, int n)
{
    bool vectors = feed->train->vectors != NULL;

    feed->now = now;
    feed->n = n;
    if (vectors)
        find_rows(feed);
    if (!feed->flat)
        pool_run(feed->learner->pool, (n + TASK_IMAGES - 1) / TASK_IMAGES,
                 vectors ? vector_task : picture_task, feed);
}

static struct rows rows_of(const struct learner_feed *feed)
{
    const struct learn_vectors *vectors = feed->train->vectors;

    return (struct rows){vectors->type, feed->n, vectors->d, feed->row};
}

void learner_feed_forward(struct learner_feed *feed, int out, const float *w,
                          const float *bias, float *y)
{
    if (feed->flat) {
        struct rows rows = rows_of(feed);

        learner_fold_vectors(feed->learner, out, w, bias, feed->folded,
                             feed->shift);
        rows_forward(feed->work, &rows, out, feed->folded, feed->shift, y);
    } else {
        linear_forward(feed->n, feed->learner->encoder.features, out, 1,
                       feed->features, w, bias, y);
    }
}

/* With F = (X - centre) * inverse: dw = (dy^T X - (sum of dy) centre^T) *
 * inverse, so that X is read as it lies. */
static void flat_backward(struct learner_feed *feed, int out, const float *dy,
                          float *dw, float *dbias)
{
    const struct learner *l = feed->learner;
    struct rows rows = rows_of(feed);
    size_t d = (size_t)l->shape.channels, columns = (size_t)out;

    memset(feed->sums, 0, columns * sizeof(*feed->sums));
    for (int i = 0; i < feed->n; i++)
        for (size_t o = 0; o < columns; o++)
            feed->sums[o] += dy[(size_t)i * columns + o];
    rows_backward(feed->work, &rows, out, dy, dw);
    for (size_t o = 0; o < columns; o++) {
        float sum = (float)feed->sums[o];

        for (size_t j = 0; j < d; j++)
            dw[o * d + j] =
                (dw[o * d + j] - sum * l->centre[j]) * l->inverse[j];
        if (dbias != NULL)
            dbias[o] = sum;
    }
}

void learner_feed_backward(struct learner_feed *feed, int out, const float *w,
                           const float *dy, float *dw, float *dbias, bool add)
{
    int d = feed->learner->encoder.features;

    if (feed->flat) {
        flat_backward(feed, out, dy, dw, dbias);
        return;
    }
    linear_backward(feed->n, d, out, 1, feed->features, w, dy, NULL, dw, dbias);
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, feed->n, d, out,
                1.0f, dy, out, w, d, add ? 1.0f : 0.0f, feed->dfeatures, d);
}
