#ifndef BITGROVE_LEARN_LEARNER_FEED_H
#define BITGROVE_LEARN_LEARNER_FEED_H

/*
 * What a run learns from, batch by batch: images are augmented into the
 * encoder's pictures, and the heads multiply the features that come out.
 *
 *     learner_feed_batch() -> encoder_forward() -> learner_feed_forward() ...
 *     ... learner_feed_backward() -> encoder_backward()
 *
 * The heads go through here and not through nn/linear.h, because features
 * need not be an array of floats: where the encoder passes vectors on as they
 * are, the products read the rows of the mapped file themselves.
 *
 * The thread that runs the learner, which may use the pool.
 */

#include <stdbool.h>
#include <stdint.h>

#include "learn/learner-parts.h"
#include "nn/rows.h"

struct learner_feed {
    struct learner *learner;        /* borrowed */
    const struct learn_data *train; /* borrowed */
    const uint32_t *now;            /* the images of this batch, borrowed */
    int n;                          /* of them */
    uint64_t stream;                /* of this epoch's random numbers */
    float *pictures;                /* the encoder's, borrowed */
    const uint32_t *end;            /* of this epoch's images: now goes on */
    float *features, *dfeatures;    /* (batch, d), owned; NULL if flat */
    /* Vectors that are features as they come, all owned: */
    bool flat;
    struct rows_work *work;
    const void **row;      /* (batch) */
    float *folded, *shift; /* (out, d), (out) of the largest head */
    double *sums;          /* (out) of columns of dy */
};

/* Room for batches of up to `batch` images. ERR_NOMEM. */
enum status learner_feed_init(struct learner_feed *feed,
                              struct learner *learner,
                              const struct learn_data *train, int batch,
                              struct err *err) MUST_USE;
void learner_feed_release(struct learner_feed *feed); /* zeroed is fine */

/* The next batch: images now[0..n), borrowed until the batch after it; their
 * augmented pictures are written for encoder_forward(). */
void learner_feed_batch(struct learner_feed *feed, const uint32_t *now, int n);

/* y = F w^T + bias for the features F (n, d) of this batch; w: (out, d), bias:
 * (out) or NULL, y: (n, out), overwritten. */
void learner_feed_forward(struct learner_feed *feed, int out, const float *w,
                          const float *bias, float *y);

/* dw = dy^T F and dbias = column sums of dy (or NULL), both overwritten; the
 * gradient of the features, dy w, is written, or added if `add`: a second
 * head on the same features adds to the first. */
void learner_feed_backward(struct learner_feed *feed, int out, const float *w,
                           const float *dy, float *dw, float *dbias, bool add);

#endif
