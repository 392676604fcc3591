#include <config.h>

#include "nn/encoder-names.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Behind the names of a conv and of its batch norm. */
static const char *const parts[ENCODER_PARTS] = {
    [ENCODER_WEIGHT] = "weight",
    [ENCODER_GAMMA] = "weight",
    [ENCODER_BETA] = "bias",
    [ENCODER_MEAN] = "running_mean",
    [ENCODER_VARIANCE] = "running_var",
};

int encoder_tensors(const struct encoder *encoder)
{
    return encoder->convs * ENCODER_PARTS;
}

/* The dense layers of an mlp are 1x1 convs from the first on. */
static bool is_dense(const struct encoder *e)
{
    return e->convs > 0 && e->conv[0].conv.size == 1;
}

/* A block: the convs up to a map that adds something, shortcut included. */
struct block {
    int first, last; /* convs */
    int shortcut;    /* conv, or -1 */
    int stage, index;
};

static bool halves(const struct encoder *e, const struct block *b)
{
    for (int q = b->first; q <= b->last; q++)
        if (e->conv[q].conv.stride == 2)
            return true;
    return false;
}

/* The block that conv q > 0 is in. */
static struct block block_of(const struct encoder *e, int q)
{
    struct block b = {.last = 0, .stage = 1, .index = -1};

    for (int m = 0; m < e->maps; m++) {
        const struct encoder_map *map = &e->map[m];

        if (map->rest_conv < 0 && map->rest_map < 0)
            continue;
        b.first = b.last + 1;
        b.shortcut = map->rest_conv;
        b.last = map->rest_conv > map->conv ? map->rest_conv : map->conv;
        b.index++;
        if (halves(e, &b) && b.first > 1) {
            b.stage++;
            b.index = 0;
        }
        if (q <= b.last)
            break;
    }
    return b;
}

/* The names of a conv and of its batch norm. */
static void name_conv(const struct encoder *e, int q, char conv[48],
                      char norm[48])
{
    struct block b;

    if (is_dense(e)) {
        snprintf(conv, 48, "fc%d", q + 1);
        snprintf(norm, 48, "bn%d", q + 1);
        return;
    }
    if (q == 0) {
        strcpy(conv, "conv1");
        strcpy(norm, "bn1");
        return;
    }
    b = block_of(e, q);
    if (q == b.shortcut) {
        snprintf(conv, 48, "layer%d.%d.downsample.0", b.stage, b.index);
        snprintf(norm, 48, "layer%d.%d.downsample.1", b.stage, b.index);
        return;
    }
    snprintf(conv, 48, "layer%d.%d.conv%d", b.stage, b.index, q - b.first + 1);
    snprintf(norm, 48, "layer%d.%d.bn%d", b.stage, b.index, q - b.first + 1);
}

struct encoder_tensor encoder_tensor(const struct encoder *encoder, int i)
{
    struct encoder_tensor t = {.conv = i / ENCODER_PARTS,
                               .part = (enum encoder_part)(i % ENCODER_PARTS),
                               .dims = 1};
    const struct conv *conv = &encoder->conv[t.conv].conv;
    size_t side = (size_t)conv->size;
    char names[2][48];

    name_conv(encoder, t.conv, names[0], names[1]);
    snprintf(t.name, sizeof(t.name), "%s.%s", names[t.part != ENCODER_WEIGHT],
             parts[t.part]);
    t.shape[0] = t.count = (size_t)conv->co;
    if (t.part == ENCODER_WEIGHT) {
        t.dims = is_dense(encoder) ? 2 : 4;
        t.shape[1] = (size_t)conv->ci;
        t.shape[2] = t.shape[3] = side;
        t.count = conv_weights(conv);
    }
    return t;
}

/* Pictures are (height, width, channels) here, (channels, height, width) in
 * a file. */
static size_t value_place(const struct encoder *e, size_t i)
{
    size_t channels = (size_t)e->picture[0];
    size_t pixels = (size_t)e->picture[1] * (size_t)e->picture[2];

    return i % pixels * channels + i / pixels;
}

size_t encoder_feature(const struct encoder *encoder, size_t i)
{
    return encoder->maps == 0 ? value_place(encoder, i) : i;
}

/* Where value i of a file's array of weights is among the conv's own, which
 * are (size, size, ci, co). */
static size_t weight_place(const struct encoder *e, int q, size_t i)
{
    const struct conv *conv = &e->conv[q].conv;
    size_t taps = (size_t)conv->size * (size_t)conv->size;
    size_t ci = (size_t)conv->ci, co = (size_t)conv->co;
    size_t tap = i % taps, in = i / taps % ci, out = i / taps / ci;

    if (is_dense(e) && e->conv[q].from < 0)
        in = value_place(e, in);
    return (tap * ci + in) * co + out;
}

/* The place of a file's value i in params, or in stats. */
static size_t place(const struct encoder *e, const struct encoder_tensor *t,
                    size_t i)
{
    size_t channel = e->conv[t->conv].channels + i;

    switch (t->part) {
    case ENCODER_WEIGHT:
        return e->conv[t->conv].w + weight_place(e, t->conv, i);
    case ENCODER_GAMMA:
        return e->weights + channel;
    case ENCODER_BETA:
        return e->weights + e->channels + channel;
    case ENCODER_MEAN:
        return channel;
    default:
        return e->channels + channel;
    }
}

void encoder_tensor_get(const struct encoder *encoder,
                        const struct encoder_tensor *tensor,
                        const float *params, const float *stats, float *out)
{
    const float *from = tensor->part < ENCODER_MEAN ? params : stats;

    for (size_t i = 0; i < tensor->count; i++)
        out[i] = from[place(encoder, tensor, i)];
}

void encoder_tensor_set(const struct encoder *encoder,
                        const struct encoder_tensor *tensor, const float *in,
                        float *params, float *stats)
{
    float *to = tensor->part < ENCODER_MEAN ? params : stats;

    for (size_t i = 0; i < tensor->count; i++)
        to[place(encoder, tensor, i)] = in[i];
}
