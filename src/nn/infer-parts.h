#ifndef BITGROVE_NN_INFER_PARTS_H
#define BITGROVE_NN_INFER_PARTS_H

/*
 * What the files of inference share. A network is a list of steps that read
 * and write slots, pieces of a thread's room. Activations in a slot are
 * (images, h, w, channels) without borders.
 *
 * Early maps are large and their weights few, late ones the other way round.
 * So each step has a number of images that it takes at once, which never
 * shrinks along the list: the steps of the first number run for each so many
 * images before those of the next number do. A slot holds as many images as
 * the largest number among the steps that touch it, image i at i modulo that.
 */

#include "nn/infer.h"

#define INFER_SLOTS_MAX 16
#define INFER_STEPS_MAX (ENCODER_NODES_MAX * 2 + 2)
#define INFER_NONE      -1
#define INFER_PICTURE   -2

enum infer_kind { STEP_DIRECT, STEP_WINOGRAD, STEP_POOL, STEP_AVERAGE };

struct infer_step {
    enum infer_kind kind;
    struct conv conv; /* of a pool: its input's and output's sides, co */
    int source;       /* the conv of the encoder */
    bool relu;
    int from, to;        /* slots */
    int rest;            /* slot or INFER_NONE; may be to */
    int images;          /* at once */
    size_t packed, bias; /* places in data */
};

struct infer_slot {
    size_t floats; /* of the largest image */
    int images;
    size_t place; /* in the room */
};

struct infer {
    const struct micro *micro;
    size_t picture; /* floats, with border */
    int features;
    int group;
    int steps, slots;
    struct infer_step step[INFER_STEPS_MAX];
    struct infer_slot slot[INFER_SLOTS_MAX];
    size_t scratch; /* place in the room: what one step keeps to itself */
    size_t room;
    size_t floats; /* of data */
    size_t zeros;  /* place in data: as many as a pixel's channels */
    float *data;
};

/* Fills steps, slots and places from the encoder's table. */
void infer_plan(struct infer *infer, const struct encoder *encoder);

/* Whether Winograd's products and transforms cost less than the direct ones;
 * a function of the shape alone. */
bool infer_prefers_winograd(const struct conv *conv);

/* y = x * w + bias + rest of `images` images, positive part if relu; x: the
 * bordered picture for `stem`. */
struct infer_direct {
    const float *packed, *bias, *zeros, *x, *rest;
    float *y;
    int images;
    bool stem, relu;
};
size_t infer_direct_packed(const struct micro *micro, const struct conv *conv);
void infer_direct_run(const struct micro *micro, const struct conv *conv,
                      const struct infer_direct *run);

#endif
