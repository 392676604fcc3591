#ifndef BITGROVE_NN_ENCODER_H
#define BITGROVE_NN_ENCODER_H

/*
 * Encoders F(x; theta), chosen by name:
 *
 *   resnet8, resnet14, resnet20  residual networks (He et al. 2016, section
 *       4.2) for small images: a 3x3 stem, three stages of width, 2 width and
 *       4 width channels with 1, 2 or 3 basic blocks each, halving the sides
 *       into the second and the third. Where the shape changes the shortcut
 *       is a 1x1 conv with batch norm.
 *   resnet18, resnet34, resnet50  torchvision's: a 7x7 stem of stride 2, a
 *       3x3 max pool of stride 2, four stages of 64 to 512 channels of basic
 *       blocks, or of bottlenecks with the stride in the 3x3.
 *   mlp   two dense layers of 16 width units, each with batch norm and ReLU,
 *       on the values of the picture in the order of its layout below
 *   linear, features  no layer at all: F(x) is that layout
 *
 * A residual network ends with the average over the pixels. A name may end in
 * xN for a width of 16 N, as in resnet20x2, where there is a width.
 *
 * A network is a table of two kinds of nodes in the order of computation:
 *
 *     conv  y = norm(x * w), x the picture or a map
 *     map   relu(y + rest), rest nothing, an earlier map, or the y of a 1x1
 *           conv that takes the shortcut where the shape changes;
 *           or the max pool of an earlier map
 *
 * and so forward and backward are two loops, whatever the network. Dense
 * layers are 1x1 convs of pictures of one pixel. The last map is what is
 * averaged; without any map the picture itself is the feature vector.
 *
 * Pictures and maps are (height + 2 border, width + 2 border, channels), each
 * with the border of zeros that the convs about it need, none, 1 or 3 pixels.
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

#define ENCODER_NODES_MAX 64
#define ENCODER_WIDTH_MAX 256
#define ENCODER_SIDE_MAX  256 /* of a picture that is not a vector */
#define ENCODER_FEATURES_MAX \
    65536 /* of F(x), and values of a vector: too
                                      many for a stack */
#define ENCODER_NAMES                                                  \
    "resnet8, resnet14, resnet20, resnet18, resnet34, resnet50, mlp, " \
    "linear, features"

struct encoder_conv {
    struct conv conv;
    int from;        /* the map it takes, -1: the picture */
    int to;          /* the map it goes into */
    size_t w;        /* where its weights begin in params */
    size_t channels; /* where its channels begin among all channels */
};

struct encoder_map {
    int conv;      /* y, -1 for a max pool */
    int rest_conv; /* the shortcut's conv, or -1 */
    int rest_map;  /* the map added as it is, or -1 */
    int pooled;    /* the map it is the max pool of, or -1 */
    int border;
    struct kernel_plane plane; /* the map's and its convs' y's */
    size_t floats;             /* with border */
};

struct encoder {
    int picture[3]; /* channels, height, width of x */
    int border;     /* of the picture */
    int width;      /* channels of the first stage; 0 where there is none */
    int features;   /* d */
    int convs, maps;
    struct encoder_conv conv[ENCODER_NODES_MAX];
    struct encoder_map map[ENCODER_NODES_MAX];
    size_t weights;  /* floats of all w: gamma begins here in params */
    size_t channels; /* of all convs: beta begins at weights + channels */
    size_t params;   /* floats of params */
    size_t stats;    /* floats of stats */
};

/*
 * width: 0 for what the name says, or a multiple of KERNEL_LANES that must
 * agree with it. Vectors are channels values, height = w = 1, for mlp, linear
 * and features alone. ERR_BAD_INPUT names the encoders there are, the sides
 * that are too small or large, or what else doesn't fit.
 */
enum status encoder_init(struct encoder *out, const char *name, int width,
                         int channels, int height, int w,
                         struct err *err) MUST_USE;

/* The part of this that knows no picture: ERR_BAD_INPUT for the name or the
 * width; *width becomes that of struct encoder. */
enum status encoder_check(const char *name, int *width,
                          struct err *err) MUST_USE;

/* What PyTorch's layers start from: weights uniform within 1 / sqrt(fan-in)
 * (He et al. 2015 with a leaky slope of sqrt(5)), gamma 1, beta 0, running
 * mean 0 and variance 1. */
void encoder_start(const struct encoder *encoder, float *params, float *stats,
                   uint64_t seed);

/* After encoder_start(): other weights, normal with variance 2 / fan-out (He
 * et al. 2015), as torchvision's residual networks start. */
void encoder_start_he(const struct encoder *encoder, float *params,
                      uint64_t seed);

/* After encoder_start(): gamma 0 of the batch norm that each residual block
 * ends with, so that a block begins as its shortcut (Goyal et al. 2017). */
void encoder_start_zero(const struct encoder *encoder, float *params);

/* Floats of a picture with its border. */
size_t encoder_picture(const struct encoder *encoder);

/* The maps, gradients and scratch of a batch. */
struct encoder_work;

/* Bytes of a batch, about: whatever the threads. */
double encoder_work_bytes(const struct encoder *encoder, int batch);

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

#endif
