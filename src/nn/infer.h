#ifndef BITGROVE_NN_INFER_H
#define BITGROVE_NN_INFER_H

/*
 * Inference: an encoder made ready once, with batch norm folded into the
 * weights, these packed for the processor, and an algorithm chosen for each
 * convolution. Made, it is read-only and shared by all threads; each runs
 * groups of images of its own in a room of its own.
 *
 * The features of an image are the same bytes whatever the group it comes in,
 * its place there and the thread; and on each run, for the choice of an
 * algorithm is a function of the shape and of the vector unit, not of a
 * measurement.
 */

#include <stddef.h>

#include "base/err.h"
#include "nn/encoder.h"
#include "nn/micro.h"

struct infer;

/* encoder, params and stats are read, not kept. ERR_NOMEM. */
enum status infer_new(struct infer **out, const struct encoder *encoder,
                      const float *params, const float *stats,
                      struct err *err) MUST_USE;

/* The same with a given set of loops: for tests. */
enum status infer_new_on(struct infer **out, const struct micro *micro,
                         const struct encoder *encoder, const float *params,
                         const float *stats, struct err *err) MUST_USE;
void infer_free(struct infer *infer); /* NULL is fine */

/* Images that infer_run() takes at once at the most; fewer are slower. */
int infer_group(const struct infer *infer);

/* Floats of a thread's room; it need not be cleared. */
size_t infer_room(const struct infer *infer);

/*
 * features (n, d), overwritten, of n pictures (n, encoder_picture()) with
 * borders of zeros; n is at most infer_group(). room: infer_room() floats,
 * 64-byte aligned.
 */
void infer_run(const struct infer *infer, int n, const float *pictures,
               float *room, float *features);

/* For a benchmark: what a run spends its time with. */
enum infer_part {
    INFER_1X1,
    INFER_3X3, /* direct: of stride 2, or too small for Winograd */
    INFER_STEM,
    INFER_PRODUCT, /* the three parts of Winograd */
    INFER_IN,
    INFER_OUT,
    INFER_POOL, /* max pool and average */
    INFER_PARTS
};
struct infer_watch {
    double (*now)(void);         /* seconds */
    double spent[INFER_PARTS];   /* seconds, added to */
    double product[INFER_PARTS]; /* multiplications done, added to */
};
void infer_run_watched(const struct infer *infer, int n, const float *pictures,
                       float *room, float *features, struct infer_watch *watch);

#endif
