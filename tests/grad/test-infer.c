#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "nn/gemm.h"
#include "nn/infer-parts.h"
#include "nn/norm.h"
#include "nn/winograd.h"

#include "tap.h"

/*
 * Every set of loops against naive ones in double: the convolutions on shapes
 * that end within a tile, then whole networks, and these byte for byte in
 * groups of other sizes.
 */

static void *get(size_t count, size_t size)
{
    void *p = mem_large(count + 1, size);

    if (p == NULL)
        abort();
    return p;
}

static float *noise(size_t n, uint64_t seed)
{
    float *x = get(n, sizeof(*x));
    struct rng rng;

    rng_init(&rng, seed, 11);
    for (size_t i = 0; i < n; i++)
        x[i] = (float)rng_normal(&rng);
    return x;
}

/* y (oh, ow, co) = x * w for x (h, w, ci) without border. */
static void naive_conv(const struct conv *c, const double *x, const float *w,
                       double *y)
{
    size_t ci = (size_t)c->ci, co = (size_t)c->co, size = (size_t)c->size;

    memset(y, 0, (size_t)(c->oh * c->ow) * co * sizeof(*y));
    for (int p = 0; p < c->oh * c->ow; p++)
        for (size_t t = 0; t < size * size; t++) {
            int iy = p / c->ow * c->stride + (int)(t / size) - c->size / 2;
            int ix = p % c->ow * c->stride + (int)(t % size) - c->size / 2;

            if (iy < 0 || iy >= c->h || ix < 0 || ix >= c->w)
                continue;
            for (size_t i = 0; i < ci; i++) {
                double value = x[(size_t)(iy * c->w + ix) * ci + i];
                const float *row = w + (t * ci + i) * co;

                for (size_t o = 0; o < co; o++)
                    y[(size_t)p * co + o] += value * (double)row[o];
            }
        }
}

/* ---- one convolution ---- */

struct layer {
    struct conv conv;
    int images;
    float *w, *x, *rest, *bias, *scale, *zeros;
    double *want;
};

static void layer_make(struct layer *l)
{
    const struct conv *c = &l->conv;
    size_t in = (size_t)(c->h * c->w * c->ci), co = (size_t)c->co;
    size_t out = (size_t)(c->oh * c->ow) * co, n = (size_t)l->images;
    double *x = get(in, sizeof(*x)), *y = get(out, sizeof(*y));

    l->w = noise(conv_weights(c), 1);
    l->x = noise(n * in, 2);
    l->rest = noise(n * out, 3);
    l->bias = noise(co, 4);
    l->scale = noise(co, 5);
    l->zeros = get((size_t)c->ci, sizeof(float));
    l->want = get(n * out, sizeof(double));
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < in; j++)
            x[j] = (double)l->x[i * in + j];
        naive_conv(c, x, l->w, y);
        for (size_t j = 0; j < out; j++)
            l->want[i * out + j] =
                y[j] * (double)l->scale[j % co] + (double)l->bias[j % co];
    }
    free(x), free(y);
}

static void layer_free(struct layer *l)
{
    free(l->w), free(l->x), free(l->rest), free(l->bias), free(l->scale);
    free(l->zeros), free(l->want);
}

/* The largest error of y, of `count` floats, in the largest of the wanted. */
static double error_of(const struct layer *l, const float *y, size_t count,
                       const float *rest, bool relu)
{
    double off = 0, largest = 1e-9;

    for (size_t i = 0; i < count; i++) {
        double want = l->want[i] + (rest == NULL ? 0 : (double)rest[i]);

        if (relu && want < 0)
            want = 0;
        off = fmax(off, fabs(want - (double)y[i]));
        largest = fmax(largest, fabs(want));
    }
    return off / largest;
}

static float *run_direct(const struct micro *micro, const struct layer *l,
                         const float *rest, float *y, bool relu)
{
    const struct conv *c = &l->conv;
    size_t rows = conv_weights(c) / (size_t)c->co;
    float *scaled = noise(conv_weights(c), 1);
    float *packed = get(infer_direct_packed(micro, c), sizeof(float));
    struct infer_direct run = {.packed = packed,
                               .bias = l->bias,
                               .zeros = l->zeros,
                               .x = l->x,
                               .rest = rest,
                               .y = y,
                               .images = l->images,
                               .relu = relu};

    for (size_t i = 0; i < conv_weights(c); i++)
        scaled[i] *= l->scale[i % (size_t)c->co];
    gemm_pack(micro, c->co, (int)rows, scaled, (size_t)c->co, 1, packed);
    infer_direct_run(micro, c, &run);
    free(scaled), free(packed);
    return y;
}

static float *run_winograd(const struct micro *micro, const struct layer *l,
                           const float *rest, float *y, bool relu)
{
    const struct conv *c = &l->conv;
    float *packed = get(winograd_packed(micro, c), sizeof(float));
    float *room = get(winograd_room(c, l->images), sizeof(float));
    struct winograd run = {packed, l->bias, l->zeros,  l->x, rest,
                           y,      room,    l->images, relu};
    struct winograd_watch watch = {.now = NULL};

    winograd_pack(micro, c, l->w, l->scale, packed);
    winograd_run(micro, c, &run, &watch);
    free(packed), free(room);
    return y;
}

/* Into an array of its own, and into that of rest. */
static void test_layer(const struct micro *micro, struct layer *l,
                       bool winograd)
{
    const struct conv *c = &l->conv;
    size_t out = (size_t)(l->images * c->oh * c->ow * c->co);
    float *y = get(out, sizeof(*y)), *both = noise(out, 3);
    float *(*run)(const struct micro *, const struct layer *, const float *,
                  float *, bool) = winograd ? run_winograd : run_direct;
    double off = error_of(l, run(micro, l, NULL, y, false), out, NULL, false);

    off = fmax(
        off, error_of(l, run(micro, l, both, both, true), out, l->rest, true));
    tap_ok(off < 2e-5, "%s: %s %dx%d/%d, %dx%d, %d to %d channels: off by %.1g",
           micro->name, winograd ? "Winograd" : "direct", c->size, c->size,
           c->stride, c->h, c->w, c->ci, c->co, off);
    free(y), free(both);
}

static void test_layers(const struct micro *micro)
{
    static const int shapes[][6] = {
        /* ci, co, h, w, size, stride */
        {16, 16, 1, 1, 3, 1},  {16, 32, 2, 3, 3, 1}, {32, 16, 4, 4, 3, 1},
        {48, 80, 5, 7, 3, 1},  {80, 48, 9, 8, 3, 1}, {16, 16, 9, 9, 3, 1},
        {64, 64, 7, 7, 3, 1},  {16, 48, 6, 1, 3, 1}, {16, 32, 9, 7, 3, 2},
        {32, 64, 8, 6, 3, 2},  {48, 16, 1, 2, 3, 2}, {16, 64, 9, 9, 1, 1},
        {144, 80, 5, 5, 1, 1}, {32, 16, 7, 6, 1, 2}, {16, 16, 9, 5, 7, 2},
        {272, 32, 3, 3, 3, 2}};

    for (size_t i = 0; i < ARRAY_SIZE(shapes); i++) {
        const int *s = shapes[i];
        struct layer layer = {.conv =
                                  conv_make(s[0], s[1], s[2], s[3], s[4], s[5]),
                              .images = 1 + (int)i % 4 * 3};

        layer_make(&layer);
        if (s[4] < 7)
            test_layer(micro, &layer, false);
        if (s[4] == 3 && s[5] == 1)
            test_layer(micro, &layer, true);
        layer_free(&layer);
    }
}

/* ---- a network ---- */

static double *naive_input(const struct encoder *e, const float *picture)
{
    size_t row = (size_t)(e->picture[2] * e->picture[0]);
    size_t border = (size_t)(e->border * e->picture[0]);
    double *x = get((size_t)e->picture[1] * row, sizeof(*x));

    for (size_t y = 0; y < (size_t)e->picture[1]; y++)
        for (size_t i = 0; i < row; i++)
            x[y * row + i] =
                (double)picture[(y + (size_t)e->border) * (row + 2 * border) +
                                border + i];
    return x;
}

static void naive_pool(const struct kernel_plane *in,
                       const struct kernel_plane *out, const double *x,
                       double *y)
{
    for (int i = 0; i < out->height * out->width * out->channels; i++) {
        int oy = i / out->channels / out->width;
        int ox = i / out->channels % out->width, c = i % out->channels;

        y[i] = -INFINITY;
        for (int t = 0; t < 9; t++) {
            int iy = 2 * oy + t / 3 - 1, ix = 2 * ox + t % 3 - 1;

            if (iy >= 0 && iy < in->height && ix >= 0 && ix < in->width)
                y[i] = fmax(y[i], x[(iy * in->width + ix) * in->channels + c]);
        }
    }
}

struct net {
    struct encoder encoder;
    float *params, *stats, *scale;
    double *map[ENCODER_NODES_MAX];
};

/* y = norm(x * w) of conv q */
static double *naive_norm(const struct net *net, int q, const double *picture)
{
    const struct encoder_conv *node = &net->encoder.conv[q];
    const struct conv *c = &node->conv;
    const float *scale = net->scale + node->channels;
    const float *shift = scale + net->encoder.channels;
    size_t co = (size_t)c->co, all = (size_t)(c->oh * c->ow) * co;
    double *y = get(all, sizeof(*y));

    naive_conv(c, node->from < 0 ? picture : net->map[node->from],
               net->params + node->w, y);
    for (size_t i = 0; i < all; i++)
        y[i] = y[i] * (double)scale[i % co] + (double)shift[i % co];
    return y;
}

static double *naive_map(const struct net *net, int m, const double *picture)
{
    const struct encoder *e = &net->encoder;
    const struct encoder_map *node = &e->map[m];
    const struct kernel_plane *p = &node->plane;
    size_t all = (size_t)(p->height * p->width * p->channels);
    double *y, *rest = NULL;

    if (node->pooled >= 0) {
        y = get(all, sizeof(*y));
        naive_pool(&e->map[node->pooled].plane, p, net->map[node->pooled], y);
        return y;
    }
    y = naive_norm(net, node->conv, picture);
    if (node->rest_conv >= 0)
        rest = naive_norm(net, node->rest_conv, picture);
    for (size_t i = 0; i < all; i++) {
        if (node->rest_conv >= 0)
            y[i] += rest[i];
        if (node->rest_map >= 0)
            y[i] += net->map[node->rest_map][i];
        y[i] = fmax(y[i], 0);
    }
    free(rest);
    return y;
}

static double *naive_features(struct net *net, const float *picture)
{
    const struct encoder *e = &net->encoder;
    double *x = naive_input(e, picture), *features;
    int last = e->maps - 1;
    size_t d = (size_t)e->features, pixels;

    if (last < 0)
        return x;
    features = get(d, sizeof(*features));
    pixels = (size_t)(e->map[last].plane.height * e->map[last].plane.width);
    for (int m = 0; m <= last; m++)
        net->map[m] = naive_map(net, m, x);
    for (size_t i = 0; i < pixels * d; i++)
        features[i % d] += net->map[last][i] / (double)pixels;
    for (int m = 0; m <= last; m++)
        free(net->map[m]);
    free(x);
    return features;
}

static bool net_make(struct net *net, const char *name, int channels, int h,
                     int w)
{
    struct encoder *e = &net->encoder;
    struct err err;
    float *gamma;

    if (!tap_ok(encoder_init(e, name, 0, channels, h, w, &err) == OK,
                "%s at "
                "%dx%d",
                name, h, w))
        return false;
    net->params = get(e->params, sizeof(float));
    net->stats = noise(e->stats, 21);
    net->scale = get(2 * e->channels, sizeof(float));
    encoder_start(e, net->params, net->stats, 3);
    free(net->stats);
    net->stats = noise(e->stats, 21);
    gamma = net->params + e->weights;
    for (size_t i = 0; i < e->channels; i++) {
        gamma[i] += 0.3f * net->stats[i];
        gamma[i + e->channels] = net->stats[e->channels + i] * 0.5f;
        net->stats[e->channels + i] = 0.2f + fabsf(net->stats[e->channels + i]);
        net->stats[i] *= 0.3f;
    }
    norm_fold((int)e->channels, gamma, gamma + e->channels, net->stats,
              net->stats + e->channels, net->scale, net->scale + e->channels);
    return true;
}

/* `n` pictures with borders of zeros. */
static float *make_pictures(const struct encoder *e, int n)
{
    size_t picture = encoder_picture(e), c = (size_t)e->picture[0];
    size_t b = (size_t)e->border, row = ((size_t)e->picture[2] + 2 * b) * c;
    float *all = noise((size_t)n * picture, 9);

    for (size_t i = 0; i < (size_t)n * picture; i++) {
        size_t y = i % picture / row, x = i % picture % row / c;

        if (y < b || y >= (size_t)e->picture[1] + b || x < b ||
            x >= (size_t)e->picture[2] + b)
            all[i] = 0;
    }
    return all;
}

static void test_groups(const struct infer *infer, const struct net *net,
                        const float *pictures, const float *want, float *room)
{
    size_t d = (size_t)net->encoder.features;
    size_t picture = encoder_picture(&net->encoder);
    int all = infer_group(infer);
    float *got = get((size_t)all * d, sizeof(*got));

    for (int n = 1; n < all; n += 1 + n) {
        for (int i = 0; i < all; i += n) {
            int some = all - i < n ? all - i : n;

            /* whatever the room holds must not matter */
            memset(room, 0x7f, infer_room(infer) * sizeof(*room));
            infer_run(infer, some, pictures + (size_t)i * picture, room,
                      got + (size_t)i * d);
        }
        tap_ok(memcmp(got, want, (size_t)all * d * sizeof(*got)) == 0,
               "in groups of %d: the same bytes", n);
    }
    free(got);
}

static void test_net(const struct micro *micro, const char *name, int channels,
                     int h, int w)
{
    struct net net;
    struct infer *infer = NULL;
    struct err err;
    float *pictures, *features, *room;
    size_t d;
    double *want, off = 0, largest = 0;

    if (!net_make(&net, name, channels, h, w) ||
        !tap_ok(infer_new_on(&infer, micro, &net.encoder, net.params, net.stats,
                             &err) == OK,
                "%s: ready", name))
        return;
    d = (size_t)net.encoder.features;
    pictures = make_pictures(&net.encoder, infer_group(infer));
    features = get((size_t)infer_group(infer) * d, sizeof(*features));
    room = get(infer_room(infer), sizeof(*room));
    infer_run(infer, infer_group(infer), pictures, room, features);
    want = naive_features(&net, pictures + encoder_picture(&net.encoder));
    for (size_t j = 0; j < d; j++) {
        off = fmax(off, fabs(want[j] - (double)features[d + j]));
        largest = fmax(largest, fabs(want[j]));
    }
    tap_ok(off < 1e-4 * largest, "%s: %s at %dx%d: off by %.1g of %.3g",
           micro->name, name, h, w, off, largest);
    test_groups(infer, &net, pictures, features, room);
    infer_free(infer);
    free(pictures), free(features), free(room), free(want);
    free(net.params), free(net.stats), free(net.scale);
}

int main(void)
{
    const struct micro *micro;

    for (int i = 0; (micro = micro_at(i)) != NULL; i++) {
        test_layers(micro);
        test_net(micro, "resnet8", 1, 11, 10);
        test_net(micro, "resnet14x3", 3, 17, 16);
        test_net(micro, "mlp", 3, 5, 4);
        test_net(micro, "linear", 2, 5, 3);
    }
    test_net(micro_best(), "resnet18", 3, 65, 70);
    test_net(micro_best(), "resnet50", 3, 64, 67);
    return tap_done();
}
