#ifndef BITGROVE_NN_ENCODER_WORK_H
#define BITGROVE_NN_ENCODER_WORK_H

/*
 * What the files of the encoder share about the learning from a batch.
 *
 * A batch is cut into tasks of a few images. Sums over images (weight
 * gradients, moments of batch norm) are kept a task, then added in the order
 * of the tasks, so that threads don't alter them. Batch norm needs the whole
 * batch: that is where one round of tasks ends and the next begins. In a
 * round an image goes through all that can be done while it is in the cache:
 * forward, a map and the convs that take it; backward, the convs that take a
 * map, the map's relu, and the sums that the norms before it need.
 */

#include "nn/encoder.h"

struct encoder_work {
    const struct encoder *encoder;
    const struct kernel *kernel;
    struct pool *pool;
    int batch, chunks; /* room for */
    int chunk;         /* images of a task, fewer of the last */
    int n, tasks;      /* of the batch now */
    bool dense;      /* pictures of one pixel: those of a task are multiplied at
                   once, as one of many */
    int *ends;       /* (chunks): where each task's images end */
    float *pictures; /* (batch, picture) */
    float *y[ENCODER_NODES_MAX];   /* a conv: (batch, its output) */
    float *map[ENCODER_NODES_MAX]; /* a map: (batch, its plane) */
    float *g[ENCODER_NODES_MAX];   /* a map's gradient, as map */
    float *dy[ENCODER_NODES_MAX];  /* a conv: (threads, its output, of a whole
                                      task if dense) */
    float *sum;                    /* (threads, 2, widest conv) */
    size_t widest;                 /* channels */
    float *spread, *packed;        /* (wide): weights forward and backward */
    float *room;                   /* (threads, room) of Winograd's tiles */
    size_t room_floats;
    size_t wide;                  /* floats of all weights as multiplied */
    size_t at[ENCODER_NODES_MAX]; /* where a conv's begin among them */
    double *sums, *squares;       /* (chunks, channels) */
    float *dw;                    /* (chunks, wide) */
    float *channel;               /* the arrays below, (channels) each */
    float *scale, *shift, *mean, *inverse, *a, *b, *d;
    double *total; /* (2, channels) */
    /* of the round that runs: */
    int now;
    const float *params, *dfeatures;
    float *features, *grads;
};

/* Cuts the batch: n images from now on. */
void encoder_work_cut(struct encoder_work *work, int n);

#endif
