#include <config.h>

#include "nn/encoder.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "nn/norm.h"

/* The encoders there are: basic blocks in each of the three stages. */
static const struct {
    const char *name;
    int blocks;
} table[] = {
    {"resnet8", 1},
};

static int add_conv(struct encoder *e, int from, const struct conv *conv)
{
    struct encoder_conv *node = &e->conv[e->convs];

    *node = (struct encoder_conv){*conv, from, -1, e->weights, e->channels};
    e->weights += conv_weights(conv);
    e->channels += (size_t)conv->co;
    return e->convs++;
}

static int add_map(struct encoder *e, int conv, int rest_conv, int rest_map)
{
    e->map[e->maps] = (struct encoder_map){conv, rest_conv, rest_map};
    e->conv[conv].to = e->maps;
    if (rest_conv >= 0)
        e->conv[rest_conv].to = e->maps;
    return e->maps++;
}

static int add_block(struct encoder *e, int from, int channels, int stride)
{
    const struct conv *last = &e->conv[e->map[from].conv].conv;
    int ci = last->co, h = last->oh, w = last->ow;
    struct conv conv = conv_make(ci, channels, h, w, 3, stride);
    int middle = add_map(e, add_conv(e, from, &conv), -1, -1);
    int shortcut = -1, second;
    struct conv same = conv_make(channels, channels, conv.oh, conv.ow, 3, 1);

    second = add_conv(e, middle, &same);
    if (stride != 1 || ci != channels) {
        struct conv one = conv_make(ci, channels, h, w, 1, stride);

        shortcut = add_conv(e, from, &one);
    }
    return add_map(e, second, shortcut, shortcut < 0 ? from : -1);
}

static void build(struct encoder *e, int blocks, int width)
{
    struct conv stem =
        conv_make(e->picture[0], width, e->picture[1], e->picture[2], 3, 1);
    int last = add_map(e, add_conv(e, -1, &stem), -1, -1);

    for (int stage = 0; stage < 3; stage++)
        for (int block = 0; block < blocks; block++)
            last = add_block(e, last, width << stage,
                             stage > 0 && block == 0 ? 2 : 1);
    e->features = width * 4;
    e->params = e->weights + 2 * e->channels;
    e->stats = 2 * e->channels;
}

enum status encoder_init(struct encoder *out, const char *name, int width,
                         int channels, int height, int w, struct err *err)
{
    if (width < KERNEL_LANES || width > ENCODER_WIDTH_MAX ||
        width % KERNEL_LANES != 0)
        return err_set(err, ERR_BAD_INPUT,
                       "encoder width %d: give a multiple of %d up to %d",
                       width, KERNEL_LANES, ENCODER_WIDTH_MAX);
    for (size_t i = 0; i < ARRAY_SIZE(table); i++)
        if (strcmp(table[i].name, name) == 0) {
            struct encoder e = {.picture = {channels, height, w}};

            build(&e, table[i].blocks, width);
            *out = e;
            return OK;
        }
    return err_set(err, ERR_BAD_INPUT,
                   "no encoder is called \"%.32s\": there is " ENCODER_NAMES,
                   name);
}

void encoder_start(const struct encoder *encoder, float *params, float *stats,
                   uint64_t seed)
{
    struct rng rng;

    for (int q = 0; q < encoder->convs; q++) {
        const struct encoder_conv *node = &encoder->conv[q];
        const struct conv *conv = &node->conv;
        double bound = 1 / sqrt(conv->size * conv->size * conv->ci);

        rng_init(&rng, seed, (uint64_t)q);
        for (size_t i = 0; i < conv_weights(conv); i++)
            params[node->w + i] = (float)(bound * (2 * rng_uniform(&rng) - 1));
    }
    for (size_t c = 0; c < encoder->channels; c++) {
        params[encoder->weights + c] = 1;
        params[encoder->weights + encoder->channels + c] = 0;
        stats[c] = 0;
        stats[encoder->channels + c] = 1;
    }
}

size_t encoder_picture(const struct encoder *encoder)
{
    return conv_input(&encoder->conv[0].conv);
}

void encoder_fold(const struct encoder *encoder, const float *params,
                  const float *stats, float *fold)
{
    size_t all = encoder->channels;
    const float *gamma = params + encoder->weights;

    norm_fold((int)all, gamma, gamma + all, stats, stats + all, fold,
              fold + all);
}

/* In room: the y of every conv, then every map, in the order of the table. */
size_t encoder_room(const struct encoder *encoder)
{
    size_t floats = 0;

    for (int q = 0; q < encoder->convs; q++)
        floats += conv_output(&encoder->conv[q].conv);
    for (int m = 0; m < encoder->maps; m++)
        floats += conv_output(&encoder->conv[encoder->map[m].conv].conv);
    return floats;
}

static struct kernel_affine affine_of(const struct encoder *encoder, int conv,
                                      const float *fold)
{
    size_t first = encoder->conv[conv].channels;

    return (struct kernel_affine){fold + first,
                                  fold + encoder->channels + first};
}

void encoder_infer(const struct encoder *encoder, const float *params,
                   const float *fold, const float *picture, float *room,
                   float *features)
{
    const struct kernel *kernel = kernel_best();
    float *y[ENCODER_NODES_MAX], *map[ENCODER_NODES_MAX];
    int q = 0;

    for (int i = 0; i < encoder->convs; i++) {
        y[i] = room;
        room += conv_output(&encoder->conv[i].conv);
    }
    for (int m = 0; m < encoder->maps; m++) {
        map[m] = room;
        room += conv_output(&encoder->conv[encoder->map[m].conv].conv);
    }
    for (int m = 0; m < encoder->maps; m++) {
        const struct encoder_map *node = &encoder->map[m];
        struct kernel_plane plane = conv_plane(&encoder->conv[node->conv].conv);
        struct kernel_affine affine = affine_of(encoder, node->conv, fold);

        for (; q < encoder->convs && encoder->conv[q].from < m; q++) {
            int from = encoder->conv[q].from;

            conv_forward(&encoder->conv[q].conv, kernel,
                         params + encoder->conv[q].w,
                         from < 0 ? picture : map[from], y[q]);
        }
        if (node->rest_conv >= 0) {
            struct kernel_affine rest =
                affine_of(encoder, node->rest_conv, fold);

            kernel->activate(&plane, map[m], y[node->conv], &affine,
                             y[node->rest_conv], &rest);
        } else {
            kernel->activate(&plane, map[m], y[node->conv], &affine,
                             node->rest_map < 0 ? NULL : map[node->rest_map],
                             NULL);
        }
        if (m == encoder->maps - 1)
            kernel->average(&plane, map[m], features);
    }
}
