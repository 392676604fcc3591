#include <config.h>

#include "learn/learner-feed.h"

#include <stdlib.h>
#include <string.h>

#include <cblas.h>

#include "base/mem.h"
#include "nn/linear.h"

#define TASK_IMAGES 8

/* A classifier, if there is a phase that learns it, and then codes. */
static enum status flat_init(struct learner_feed *feed, int batch,
                             struct err *err)
{
    const struct learner *l = feed->learner;
    int d = l->shape.channels, k = l->spec.bits;
    bool warm = l->phase == PHASE_WARM;
    size_t out =
        warm && l->shape.classes > (uint32_t)k ? l->shape.classes : (size_t)k;

    feed->folded = mem_large(out, (size_t)d * sizeof(float));
    feed->shift = mem_large(out, sizeof(float));
    feed->sums = mem_large(out, sizeof(double));
    feed->dshift = mem_large((size_t)k, sizeof(float));
    if (feed->folded == NULL || feed->shift == NULL || feed->sums == NULL ||
        feed->dshift == NULL)
        return err_set(err, ERR_NOMEM, "no memory for %zu weights",
                       out * (size_t)d);
    if (rows_work_new(&feed->work, batch, d, (int)out, l->pool, err) != OK)
        return err->status;
    if (l->spec.epochs[PHASE_CODEBOOK] + l->spec.epochs[PHASE_INSTANCE] == 0)
        return OK;
    return codestep_new(&feed->step, batch, d, k, (int)l->shape.classes,
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
    codestep_free(feed->step);
    free(feed->row);
    free(feed->folded);
    free(feed->shift);
    free(feed->sums);
    free(feed->dshift);
    memset(feed, 0, sizeof(*feed));
}

static uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* Blocks in random order; the last block of the file may be short. */
static void place_blocks(struct rng *rng, uint32_t n, uint32_t *order)
{
    uint32_t blocks = (n + LEARN_BLOCK - 1) / LEARN_BLOCK, at = 0;
    uint32_t *block = mem_alloc(blocks * sizeof(*block));

    rng_permute(rng, block, blocks);
    for (uint32_t b = 0; b < blocks; b++) {
        uint32_t first = block[b] * LEARN_BLOCK;
        uint32_t some = smaller(n - first, LEARN_BLOCK);

        for (uint32_t i = 0; i < some; i++)
            order[at++] = first + i;
    }
    free(block);
}

static void mix_window(struct rng *rng, uint32_t n, uint32_t *order)
{
    for (uint32_t i = n; i > 1; i--) {
        uint32_t j = (uint32_t)rng_below(rng, i), was = order[i - 1];

        order[i - 1] = order[j];
        order[j] = was;
    }
}

void learner_feed_shuffle(struct learner_feed *feed, uint64_t stream,
                          uint32_t *order)
{
    const struct learn_vectors *vectors = feed->train->vectors;
    uint32_t n = feed->train->n, window = n;
    struct rng rng;

    feed->stream = stream;
    feed->end = order + n;
    rng_init(&rng, feed->learner->spec.seed, stream);
    if (vectors != NULL)
        window = learn_window(vectors);
    if (window >= n) {
        rng_permute(&rng, order, n);
        return;
    }
    place_blocks(&rng, n, order);
    for (uint32_t i = 0; i < n; i += window)
        mix_window(&rng, smaller(n - i, window), order + i);
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
static void unfold(const struct learner *l, float sum, float *dw)
{
    size_t d = (size_t)l->shape.channels;

    for (size_t j = 0; j < d; j++)
        dw[j] = (dw[j] - sum * l->centre[j]) * l->inverse[j];
}

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

        unfold(l, sum, dw + o * d);
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

double learner_feed_codes(struct learner_feed *feed, const float *p,
                          struct codestep_ask *ask, float *dp, float *db)
{
    const struct learner *l = feed->learner;
    struct rows rows = rows_of(feed);
    size_t d = (size_t)l->shape.channels;
    double loss;

    learner_fold_vectors(l, l->spec.bits, p, NULL, feed->folded, feed->shift);
    ask->w = feed->folded;
    ask->shift = feed->shift;
    loss = codestep_run(feed->step, &rows, ask, dp, feed->dshift, db);
    for (size_t o = 0; o < (size_t)l->spec.bits; o++)
        unfold(l, feed->dshift[o], dp + o * d);
    return loss;
}
