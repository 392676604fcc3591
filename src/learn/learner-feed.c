#include <config.h>

#include "learn/learner-feed.h"

#include <stdlib.h>
#include <string.h>

#include <cblas.h>

#include "base/mem.h"
#include "base/rng.h"
#include "nn/linear.h"

#define TASK_IMAGES 8

enum status learner_feed_init(struct learner_feed *feed,
                              struct learner *learner,
                              const struct learn_data *train, int batch,
                              struct err *err)
{
    size_t n = (size_t)batch, d = (size_t)learner->encoder.features;

    memset(feed, 0, sizeof(*feed));
    feed->learner = learner;
    feed->train = train;
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

void learner_feed_batch(struct learner_feed *feed, const uint32_t *now, int n)
{
    feed->now = now;
    feed->n = n;
    pool_run(feed->learner->pool, (n + TASK_IMAGES - 1) / TASK_IMAGES,
             picture_task, feed);
}

void learner_feed_forward(struct learner_feed *feed, int out, const float *w,
                          const float *bias, float *y)
{
    linear_forward(feed->n, feed->learner->encoder.features, out, 1,
                   feed->features, w, bias, y);
}

void learner_feed_backward(struct learner_feed *feed, int out, const float *w,
                           const float *dy, float *dw, float *dbias, bool add)
{
    int d = feed->learner->encoder.features;

    linear_backward(feed->n, d, out, 1, feed->features, w, dy, NULL, dw, dbias);
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, feed->n, d, out,
                1.0f, dy, out, w, d, add ? 1.0f : 0.0f, feed->dfeatures, d);
}
