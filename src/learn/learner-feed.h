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

#include "base/rng.h"
#include "learn/learner-parts.h"
#include "nn/codestep.h"
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
    struct codestep *step; /* NULL if no phase learns codes */
    const void **row;      /* (batch) */
    float *folded, *shift; /* (out, d), (out) of the largest head */
    double *sums;          /* (out) of columns of dy */
    float *dshift;         /* (k) the same of the codes' step */
};

/* Room for batches of up to `batch` images. ERR_NOMEM. */
enum status learner_feed_init(struct learner_feed *feed,
                              struct learner *learner,
                              const struct learn_data *train, int batch,
                              struct err *err) MUST_USE;
void learner_feed_release(struct learner_feed *feed); /* zeroed is fine */

/*
 * The order of an epoch, order[0..n) of the training images, for the streams
 * that begin with `stream`. Vectors lie in a file that may be larger than
 * memory: they come in windows of LEARN_WINDOW bytes, which are made of blocks
 * of LEARN_BLOCK neighbouring rows from all over the file and are mixed row by
 * row. Where all fit into a window, and for images, all are mixed.
 */
void learner_feed_shuffle(struct learner_feed *feed, uint64_t stream,
                          uint32_t *order);

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

/*
 * Flat vectors alone: margins of this batch by P (k, d), the losses of
 * nn/codestep.h, whose ask has no w and no shift yet, and the gradients of P
 * and, unless db is NULL, of B: all in one go.
 */
double learner_feed_codes(struct learner_feed *feed, const float *p,
                          struct codestep_ask *ask, float *dp, float *db);

#endif
