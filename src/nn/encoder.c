#include <config.h>

#include "nn/encoder.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"

enum family {
    SMALL,      /* 3x3 stem, three stages of basic blocks */
    BASIC,      /* 7x7 stem and max pool, four stages of basic blocks */
    BOTTLENECK, /* the same, of bottlenecks */
    DENSE,      /* two dense layers */
    NONE        /* no layer */
};

/* The encoders there are. */
static const struct row {
    const char *name;
    enum family family;
    int blocks[4];   /* of each stage */
    int least, most; /* sides of a picture */
} table[] = {
    {"resnet8", SMALL, {1, 1, 1}, 8, 128},
    {"resnet14", SMALL, {2, 2, 2}, 8, 128},
    {"resnet20", SMALL, {3, 3, 3}, 8, 128},
    {"resnet18", BASIC, {2, 2, 2, 2}, 64, ENCODER_SIDE_MAX},
    {"resnet34", BASIC, {3, 4, 6, 3}, 64, ENCODER_SIDE_MAX},
    {"resnet50", BOTTLENECK, {3, 4, 6, 3}, 64, ENCODER_SIDE_MAX},
    {"mlp", DENSE, {0}, 1, ENCODER_SIDE_MAX},
    {"linear", NONE, {0}, 1, ENCODER_SIDE_MAX},
    {"features", NONE, {0}, 1, ENCODER_SIDE_MAX},
};

static bool has_width(const struct row *row)
{
    return row->family == SMALL || row->family == DENSE;
}

/* ---- building ---- */

static int add_conv(struct encoder *e, int from, int co, int size, int stride)
{
    struct encoder_conv *node = &e->conv[e->convs];
    int ci = e->picture[0], h = e->picture[1], w = e->picture[2];

    if (from >= 0) {
        const struct kernel_plane *plane = &e->map[from].plane;

        ci = plane->channels;
        h = plane->height;
        w = plane->width;
    }
    *node = (struct encoder_conv){.conv = conv_make(ci, co, h, w, size, stride),
                                  .from = from,
                                  .w = e->weights,
                                  .channels = e->channels};
    e->weights += conv_weights(&node->conv);
    e->channels += (size_t)co;
    return e->convs++;
}

static int add_map(struct encoder *e, int conv, int rest_conv, int rest_map)
{
    e->map[e->maps] =
        (struct encoder_map){.conv = conv,
                             .rest_conv = rest_conv,
                             .rest_map = rest_map,
                             .pooled = -1,
                             .plane = conv_plane(&e->conv[conv].conv)};
    e->conv[conv].to = e->maps;
    if (rest_conv >= 0)
        e->conv[rest_conv].to = e->maps;
    return e->maps++;
}

static int add_pool(struct encoder *e, int from)
{
    const struct kernel_plane *p = &e->map[from].plane;

    e->map[e->maps] = (struct encoder_map){
        .conv = -1,
        .rest_conv = -1,
        .rest_map = -1,
        .pooled = from,
        .plane = kernel_plane((p->height + 1) / 2, (p->width + 1) / 2,
                              p->channels, 0)};
    return e->maps++;
}

/* A conv with a map of its own. */
static int add_plain(struct encoder *e, int from, int co, int size, int stride)
{
    return add_map(e, add_conv(e, from, co, size, stride), -1, -1);
}

static int add_block(struct encoder *e, int from, int channels, int stride,
                     bool bottleneck)
{
    int out = bottleneck ? 4 * channels : channels, last, shortcut = -1;

    if (bottleneck) {
        last = add_plain(e, from, channels, 1, 1);
        last = add_plain(e, last, channels, 3, stride);
        last = add_conv(e, last, out, 1, 1);
    } else {
        last = add_plain(e, from, channels, 3, stride);
        last = add_conv(e, last, channels, 3, 1);
    }
    if (stride != 1 || e->map[from].plane.channels != out)
        shortcut = add_conv(e, from, out, 1, stride);
    return add_map(e, last, shortcut, shortcut < 0 ? from : -1);
}

static void build_residual(struct encoder *e, const struct row *row)
{
    bool small = row->family == SMALL;
    int width = small ? e->width : 64;
    int last = add_plain(e, -1, width, small ? 3 : 7, small ? 1 : 2);

    if (!small)
        last = add_pool(e, last);
    for (int stage = 0; stage < 4; stage++)
        for (int block = 0; block < row->blocks[stage]; block++)
            last = add_block(e, last, width << stage,
                             stage > 0 && block == 0 ? 2 : 1,
                             row->family == BOTTLENECK);
    e->features = e->map[last].plane.channels;
}

/* The picture as a vector: of one pixel. */
static void build_dense(struct encoder *e)
{
    int picture[3];

    memcpy(picture, e->picture, sizeof(picture));
    e->picture[0] *= picture[1] * picture[2];
    e->picture[1] = e->picture[2] = 1;
    e->features = 16 * e->width;
    add_plain(e, add_plain(e, -1, e->features, 1, 1), e->features, 1, 1);
    memcpy(e->picture, picture, sizeof(picture));
}

/* ---- borders ---- */

static int *border_of(struct encoder *e, int map)
{
    return map < 0 ? &e->border : &e->map[map].border;
}

static bool widen(int *border, int least)
{
    if (*border >= least)
        return false;
    *border = least;
    return true;
}

/* The least borders that serve all; a map and the map it adds have the same. */
static void find_borders(struct encoder *e)
{
    bool again = true;

    for (int q = 0; q < e->convs; q++) {
        widen(border_of(e, e->conv[q].from), e->conv[q].conv.border);
        if (e->conv[q].from >= 0)
            widen(border_of(e, e->conv[q].to), e->conv[q].conv.border_out);
    }
    while (again) {
        again = false;
        for (int m = 0; m < e->maps; m++)
            if (e->map[m].rest_map >= 0) {
                int *a = border_of(e, m), *b = border_of(e, e->map[m].rest_map);

                again |= widen(a, *b) | widen(b, *a);
            }
    }
}

static void set_borders(struct encoder *e)
{
    find_borders(e);
    for (int q = 0; q < e->convs; q++) {
        struct encoder_conv *node = &e->conv[q];

        node->conv.border = *border_of(e, node->from);
        node->conv.border_out = e->map[node->to].border;
    }
    for (int m = 0; m < e->maps; m++) {
        struct encoder_map *map = &e->map[m];
        struct kernel_plane *p = &map->plane;

        *p = kernel_plane(p->height, p->width, p->channels, map->border);
        map->floats = (size_t)(p->height + 2 * map->border) * p->row;
    }
}

/* ---- names and sizes ---- */

/* The row of a name without its xN, and the width that this says, 0 without. */
static const struct row *find_row(const char *name, int *width)
{
    *width = 0;
    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        size_t length = strlen(table[i].name);
        const char *factor = name + length + 1;
        char *end;
        long n;

        if (strncmp(name, table[i].name, length) != 0)
            continue;
        if (name[length] == '\0')
            return &table[i];
        if (name[length] != 'x' || !has_width(&table[i]) || factor[0] < '1' ||
            factor[0] > '9')
            continue;
        n = strtol(factor, &end, 10);
        if (*end != '\0' || n > ENCODER_WIDTH_MAX / 16)
            continue;
        *width = 16 * (int)n;
        return &table[i];
    }
    return NULL;
}

static enum status find(const struct row **out, int *width, const char *name,
                        struct err *err)
{
    int said;
    const struct row *row = find_row(name, &said);

    if (row == NULL)
        return err_set(
            err, ERR_BAD_INPUT,
            "no encoder is called \"%.32s\": there are " ENCODER_NAMES
            ", and resnet8x2 to resnet8x%d for a "
            "width of 32 to %d, of resnet14, resnet20 and mlp too",
            name, ENCODER_WIDTH_MAX / 16, ENCODER_WIDTH_MAX);
    if (*width != 0 && (*width < KERNEL_LANES || *width > ENCODER_WIDTH_MAX ||
                        *width % KERNEL_LANES != 0))
        return err_set(err, ERR_BAD_INPUT,
                       "encoder width %d: give a multiple of %d up to %d",
                       *width, KERNEL_LANES, ENCODER_WIDTH_MAX);
    if (said != 0 && *width != 0 && *width != said)
        return err_set(err, ERR_BAD_INPUT,
                       "the encoder %.32s is of width %d, not %d: leave one "
                       "of the two out",
                       name, said, *width);
    if (*width != 0 && !has_width(row))
        return err_set(err, ERR_BAD_INPUT,
                       "the encoder %.32s has no width to set: leave it out",
                       name);
    if (*width == 0 && has_width(row))
        *width = said != 0 ? said : KERNEL_LANES;
    *out = row;
    return OK;
}

enum status encoder_check(const char *name, int *width, struct err *err)
{
    const struct row *row;

    return find(&row, width, name, err);
}

static enum status check_picture(const struct row *row, int channels,
                                 int height, int w, struct err *err)
{
    bool vector = height == 1 && w == 1;

    if (!vector && (height < row->least || w < row->least ||
                    height > row->most || w > row->most))
        return err_set(err, ERR_BAD_INPUT,
                       "the encoder %s is for pictures with sides of %d to "
                       "%d pixels, not for %dx%d",
                       row->name, row->least, row->most, w, height);
    if (vector && row->least > 1)
        return err_set(err, ERR_BAD_INPUT,
                       "the encoder %s is for pictures, not for vectors: try "
                       "features or mlp",
                       row->name);
    if (row->family >= DENSE &&
        (int64_t)channels * height * w > ENCODER_FEATURES_MAX)
        return err_set(err, ERR_BAD_INPUT,
                       "%d values of %dx%d are too many for the encoder %s: "
                       "it takes up to %d in all",
                       channels, w, height, row->name, ENCODER_FEATURES_MAX);
    return OK;
}

enum status encoder_init(struct encoder *out, const char *name, int width,
                         int channels, int height, int w, struct err *err)
{
    struct encoder e = {.picture = {channels, height, w}};
    const struct row *row;

    if (find(&row, &width, name, err) != OK ||
        check_picture(row, channels, height, w, err) != OK)
        return err->status;
    e.width = width;
    if (row->family == NONE)
        e.features = channels * height * w;
    else if (row->family == DENSE)
        build_dense(&e);
    else
        build_residual(&e, row);
    set_borders(&e);
    e.params = e.weights + 2 * e.channels;
    e.stats = 2 * e.channels;
    *out = e;
    return OK;
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

void encoder_start_he(const struct encoder *encoder, float *params,
                      uint64_t seed)
{
    struct rng rng;

    for (int q = 0; q < encoder->convs; q++) {
        const struct encoder_conv *node = &encoder->conv[q];
        const struct conv *conv = &node->conv;
        double spread = sqrt(2.0 / (conv->size * conv->size * conv->co));

        rng_init(&rng, seed, (uint64_t)q);
        for (size_t i = 0; i < conv_weights(conv); i++)
            params[node->w + i] = (float)(spread * rng_normal(&rng));
    }
}

void encoder_start_zero(const struct encoder *encoder, float *params)
{
    for (int m = 0; m < encoder->maps; m++) {
        const struct encoder_map *map = &encoder->map[m];
        size_t first = encoder->weights;

        if (map->rest_conv < 0 && map->rest_map < 0)
            continue;
        first += encoder->conv[map->conv].channels;
        memset(params + first, 0,
               (size_t)map->plane.channels * sizeof(*params));
    }
}

size_t encoder_picture(const struct encoder *encoder)
{
    size_t border = 2 * (size_t)encoder->border;

    return (size_t)encoder->picture[0] *
           ((size_t)encoder->picture[1] + border) *
           ((size_t)encoder->picture[2] + border);
}
