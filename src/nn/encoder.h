#ifndef BITGROVE_NN_ENCODER_H
#define BITGROVE_NN_ENCODER_H

/*
 * Encoders F(x; theta): residual networks (He et al. 2016) of basic blocks
 * for small images. A 3x3 stem, three stages of width, 2 width and 4 width
 * channels, halving the sides into the second and the third, batch norm after
 * every convolution, and the average over the pixels as the feature vector.
 *
 * A network is a table of two kinds of nodes in the order of computation:
 *
 *     conv  y = norm(x * w), x the picture or a map
 *     map   relu(y + rest), rest nothing, an earlier map, or the y of a 1x1
 *           conv that takes the shortcut where the shape changes
 *
 * and so forward and backward are two loops, whatever the network.
 *
 * All parameters are one array of floats, params: w of each conv, then gamma
 * and beta of each. The running statistics of batch norm are another, stats:
 * the means of all channels, then their variances.
 *
 * struct encoder is a value without allocations, read-only once made: any
 * thread. struct encoder_work belongs to one thread, which may use the pool.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "nn/conv.h"
#include "nn/pool.h"

#define ENCODER_NODES_MAX    64
#define ENCODER_WIDTH_MAX    256
#define ENCODER_FEATURES_MAX (4 * ENCODER_WIDTH_MAX)
#define ENCODER_NAMES        "resnet8"

struct encoder_conv {
    struct conv conv;
    int from;        /* the map it takes, -1: the picture */
    int to;          /* the map it goes into */
    size_t w;        /* where its weights begin in params */
    size_t channels; /* where its channels begin among all channels */
};

struct encoder_map {
    int conv;      /* y */
    int rest_conv; /* the shortcut's conv, or -1 */
    int rest_map;  /* the map added as it is, or -1 */
};

struct encoder {
    int picture[3]; /* channels, height, width of x */
    int features;   /* d */
    int convs, maps;
    struct encoder_conv conv[ENCODER_NODES_MAX];
    struct encoder_map map[ENCODER_NODES_MAX];
    size_t weights;  /* floats of all w: gamma begins here in params */
    size_t channels; /* of all convs: beta begins at weights + channels */
    size_t params;   /* floats of params */
    size_t stats;    /* floats of stats */
};

/* width: a multiple of KERNEL_LANES. ERR_BAD_INPUT names the encoders there
 * are, or the sides that would be too small or large. */
enum status encoder_init(struct encoder *out, const char *name, int width,
                         int channels, int height, int w,
                         struct err *err) MUST_USE;

/* What PyTorch's layers start from: weights uniform within 1 / sqrt(fan-in)
 * (He et al. 2015 with a leaky slope of sqrt(5)), gamma 1, beta 0, running
 * mean 0 and variance 1. */
void encoder_start(const struct encoder *encoder, float *params, float *stats,
                   uint64_t seed);

/* Floats of a picture with its border: (height + 2, width + 2, channels). */
size_t encoder_picture(const struct encoder *encoder);

/* The maps, gradients and scratch of a batch. */
struct encoder_work;

/* pool: borrowed until encoder_work_free(). ERR_NOMEM. */
enum status encoder_work_new(struct encoder_work **out,
                             const struct encoder *encoder, int batch,
                             struct pool *pool, struct err *err) MUST_USE;
void encoder_work_free(struct encoder_work *work);

/* (batch, encoder_picture()), for the caller to fill; borders are zero. */
float *encoder_pictures(struct encoder_work *work);

/* Training: features (n, d) of the first n pictures, overwritten. Moves
 * stats towards this batch. */
void encoder_forward(struct encoder_work *work, int n, const float *params,
                     float *stats, float *features);

/* After encoder_forward(): grads (params), overwritten, from the gradient of
 * the features (n, d). */
void encoder_backward(struct encoder_work *work, const float *params,
                      const float *dfeatures, float *grads);

/*
 * Inference, one picture at a time. fold: 2 * channels floats, made once from
 * params and stats. room: encoder_room() floats, zero at first, one a thread.
 */
void encoder_fold(const struct encoder *encoder, const float *params,
                  const float *stats, float *fold);
size_t encoder_room(const struct encoder *encoder);
void encoder_infer(const struct encoder *encoder, const float *params,
                   const float *fold, const float *picture, float *room,
                   float *features);

#endif
