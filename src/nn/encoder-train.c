#include <config.h>

#include <stdbool.h>
#include <string.h>

#include "base/mem.h"
#include "nn/encoder-work.h"
#include "nn/norm.h"
#include "nn/winograd2.h"

static struct norm_saved saved_of(const struct encoder_work *work, size_t first)
{
    return (struct norm_saved){work->mean + first, work->inverse + first};
}

/* The first image of a task. */
static int chunk_begin(const struct encoder_work *work, int chunk)
{
    return chunk == 0 ? 0 : work->ends[chunk - 1];
}

/* Of a map, its gradient or a y that goes into it: image i. */
static float *image_of(float *array, const struct encoder_map *map, int i)
{
    return array + (size_t)i * map->floats;
}

/* The map into which conv q goes. */
static const struct encoder_map *map_of(const struct encoder_work *work, int q)
{
    return &work->encoder->map[work->encoder->conv[q].to];
}

/* What conv q takes, for image i. */
static const float *input_of(const struct encoder_work *work, int q, int i)
{
    const struct encoder_conv *node = &work->encoder->conv[q];
    const float *from = node->from < 0 ? work->pictures : work->map[node->from];

    return from + (size_t)i * conv_input(&node->conv);
}

/* Adds an image's sums, floats, to its chunk's, doubles. */
static void add_sums(double *to, const float *sum, int channels)
{
    for (int c = 0; c < channels; c++)
        to[c] += sum[c];
}

/* The two sums over a plane of conv q that a thread just made. */
static void keep_sums(struct encoder_work *work, int q, int chunk,
                      const float *sum)
{
    const struct encoder_conv *node = &work->encoder->conv[q];
    size_t at = (size_t)chunk * work->encoder->channels + node->channels;

    add_sums(work->sums + at, sum, node->conv.co);
    add_sums(work->squares + at, sum + work->widest, node->conv.co);
}

static float *room_of(const struct encoder_work *work, int thread)
{
    return work->room + (size_t)thread * work->room_floats;
}

/* The weights of conv q in the forms in which they are multiplied. */
static void spread_task(void *ctx, int q, int thread)
{
    struct encoder_work *work = ctx;
    const struct encoder_conv *node = &work->encoder->conv[q];
    const struct conv *conv = &node->conv;
    const float *w = work->params + node->w;
    float *spread = work->spread + work->at[q];
    float *packed = work->packed + work->at[q];

    (void)thread;
    if (!winograd2_fits(conv)) {
        memcpy(spread, w, conv_weights(conv) * sizeof(*w));
        if (node->from >= 0)
            conv_pack(conv, w, packed);
        return;
    }
    conv_pack(conv, w, spread); /* to be overwritten */
    winograd2_spread(conv, work->kernel, spread, packed);
    winograd2_spread(conv, work->kernel, w, spread);
}

/* ---- forward ---- */

static void run_convs(struct encoder_work *work, int from, int chunk, int i,
                      int thread)
{
    const struct encoder *e = work->encoder;
    float *sum = work->sum + (size_t)thread * 2 * work->widest;

    for (int q = 0; q < e->convs; q++) {
        float *y = image_of(work->y[q], map_of(work, q), i);

        if (e->conv[q].from != from)
            continue;
        if (winograd2_fits(&e->conv[q].conv))
            winograd2_forward(&e->conv[q].conv, work->kernel,
                              work->spread + work->at[q], input_of(work, q, i),
                              y, room_of(work, thread));
        else
            conv_forward(&e->conv[q].conv, work->kernel,
                         work->spread + work->at[q], input_of(work, q, i), y);
        work->kernel->moments(&map_of(work, q)->plane, y, sum,
                              sum + work->widest);
        keep_sums(work, q, chunk, sum);
    }
}

static struct kernel_affine affine_of(const struct encoder_work *work, int q)
{
    size_t at = work->encoder->conv[q].channels;

    return (struct kernel_affine){work->scale + at, work->shift + at};
}

static void activate(struct encoder_work *work, int m, int i)
{
    const struct encoder *e = work->encoder;
    const struct encoder_map *node = &e->map[m];
    struct kernel_affine map, rest;
    float *out = image_of(work->map[m], node, i);
    const float *other = NULL;

    if (node->pooled >= 0) {
        const struct encoder_map *from = &e->map[node->pooled];

        work->kernel->pool(&from->plane, &node->plane,
                           image_of(work->map[node->pooled], from, i), out);
    } else {
        map = affine_of(work, node->conv);
        if (node->rest_map >= 0)
            other = image_of(work->map[node->rest_map], node, i);
        if (node->rest_conv >= 0) {
            rest = affine_of(work, node->rest_conv);
            other = image_of(work->y[node->rest_conv], node, i);
        }
        work->kernel->activate(&node->plane, out,
                               image_of(work->y[node->conv], node, i), &map,
                               other, node->rest_conv >= 0 ? &rest : NULL);
    }
    if (m == e->maps - 1)
        work->kernel->average(&node->plane, out,
                              work->features + (size_t)i * (size_t)e->features);
}

/* The pictures of a task as one row of pixels: what conv q, or map m, is. */
static struct conv dense_conv(const struct encoder_work *work, int q, int chunk)
{
    return conv_flatten(&work->encoder->conv[q].conv,
                        work->ends[chunk] - chunk_begin(work, chunk));
}

static struct kernel_plane dense_plane(const struct encoder_work *work, int m,
                                       int chunk)
{
    return kernel_plane(1, work->ends[chunk] - chunk_begin(work, chunk),
                        work->encoder->map[m].plane.channels, 0);
}

static void forward_dense(struct encoder_work *work, int chunk, int thread)
{
    const struct encoder *e = work->encoder;
    int first = chunk_begin(work, chunk), now = work->now;
    float *sum = work->sum + (size_t)thread * 2 * work->widest;

    if (now >= 0) {
        const struct encoder_map *node = &e->map[now];
        struct kernel_plane plane = dense_plane(work, now, chunk);
        struct kernel_affine map = affine_of(work, node->conv);
        float *out = image_of(work->map[now], node, first);

        work->kernel->activate(&plane, out,
                               image_of(work->y[node->conv], node, first), &map,
                               NULL, NULL);
        if (now == e->maps - 1)
            memcpy(work->features + (size_t)first * (size_t)e->features, out,
                   (size_t)plane.width * (size_t)e->features * sizeof(*out));
    }
    for (int q = 0; q < e->convs; q++) {
        struct conv conv = dense_conv(work, q, chunk);
        struct kernel_plane plane = dense_plane(work, e->conv[q].to, chunk);
        float *y = image_of(work->y[q], map_of(work, q), first);

        if (e->conv[q].from != now)
            continue;
        conv_forward(&conv, work->kernel, work->spread + work->at[q],
                     input_of(work, q, first), y);
        work->kernel->moments(&plane, y, sum, sum + work->widest);
        keep_sums(work, q, chunk, sum);
    }
}

static void forward_task(void *ctx, int chunk, int thread)
{
    struct encoder_work *work = ctx;

    if (work->dense) {
        forward_dense(work, chunk, thread);
        return;
    }
    for (int i = chunk_begin(work, chunk); i < work->ends[chunk]; i++) {
        if (work->now >= 0)
            activate(work, work->now, i);
        run_convs(work, work->now, chunk, i, thread);
    }
}

/* Adds up what the chunks summed for the channels of conv q. */
static void total_sums(struct encoder_work *work, const struct encoder_conv *q)
{
    const struct encoder *e = work->encoder;
    double *sum = work->total, *squares = work->total + e->channels;

    for (int c = 0; c < q->conv.co; c++)
        sum[c] = squares[c] = 0;
    for (int chunk = 0; chunk < work->tasks; chunk++) {
        size_t at = (size_t)chunk * e->channels + q->channels;

        for (int c = 0; c < q->conv.co; c++) {
            sum[c] += work->sums[at + (size_t)c];
            squares[c] += work->squares[at + (size_t)c];
        }
    }
}

static void clear_sums(struct encoder_work *work)
{
    size_t bytes =
        (size_t)work->chunks * work->encoder->channels * sizeof(*work->sums);

    memset(work->sums, 0, bytes);
    memset(work->squares, 0, bytes);
}

static double count_of(const struct encoder_work *work, const struct conv *conv)
{
    return (double)work->n * conv->oh * conv->ow;
}

void encoder_forward(struct encoder_work *work, int n, const float *params,
                     float *stats, float *features)
{
    const struct encoder *e = work->encoder;
    const float *gamma = params + e->weights, *beta = gamma + e->channels;

    encoder_work_cut(work, n);
    work->params = params;
    work->features = features;
    if (e->maps == 0)
        memcpy(features, work->pictures,
               (size_t)n * (size_t)e->features * sizeof(*features));
    clear_sums(work);
    pool_run(work->pool, e->convs, spread_task, work);
    for (int m = -1; m < e->maps; m++) {
        work->now = m;
        pool_run(work->pool, work->tasks, forward_task, work);
        for (int i = 0; i < e->convs; i++) {
            const struct encoder_conv *q = &e->conv[i];
            size_t at = q->channels;
            struct norm_saved saved = saved_of(work, at);

            if (q->from != m)
                continue;
            total_sums(work, q);
            norm_forward(q->conv.co, count_of(work, &q->conv), work->total,
                         work->total + e->channels, gamma + at, beta + at,
                         &saved, work->scale + at, work->shift + at, stats + at,
                         stats + e->channels + at);
        }
    }
}

/* ---- backward ---- */

static struct kernel_slope slope_of(const struct encoder_work *work, int q)
{
    size_t at = work->encoder->conv[q].channels;

    return (struct kernel_slope){work->a + at, work->b + at, work->d + at,
                                 work->mean + at};
}

/* The gradient of conv q's y, into this thread's scratch. */
static const float *norm_gradient(struct encoder_work *work, int q, int i,
                                  int thread)
{
    const struct encoder_conv *node = &work->encoder->conv[q];
    const struct encoder_map *map = map_of(work, q);
    struct kernel_slope slope = slope_of(work, q);
    float *dy = image_of(work->dy[q], map, thread);

    work->kernel->normback(&map->plane, dy, image_of(work->g[node->to], map, i),
                           image_of(work->y[q], map, i), &slope);
    return dy;
}

/*
 * What conv q gives back for image i: the gradient of its weights, which the
 * chunk's first image overwrites, and into g that of its input, added to base
 * unless that is NULL; base may be g.
 */
static void backward_conv(struct encoder_work *work, int q, int chunk, int i,
                          int thread, float *g, const float *base)
{
    const struct conv *conv = &work->encoder->conv[q].conv;
    const float *x = input_of(work, q, i);
    const float *dy = norm_gradient(work, q, i, thread);
    const float *packed = work->packed + work->at[q];
    float *dw = work->dw + (size_t)chunk * work->wide + work->at[q];
    float *room = room_of(work, thread);
    bool add = i > chunk_begin(work, chunk);

    if (winograd2_fits(conv)) {
        winograd2_backward_weights(conv, work->kernel, x, dy, dw, add, room);
        if (g != NULL)
            winograd2_backward_data(conv, work->kernel, packed, dy, g, base,
                                    room);
        return;
    }
    conv_backward_weights(conv, work->kernel, x, dy, dw, add);
    if (g == NULL)
        return;
    if (base != NULL && base != g)
        memcpy(g, base, conv_input(conv) * sizeof(*g));
    conv_backward_data(conv, work->kernel, packed, dy, g, base != NULL);
}

/* What the convs that take map m, or the picture, give back, into g. */
static void backward_convs(struct encoder_work *work, int m, int chunk, int i,
                           int thread, float *g, const float *base)
{
    const struct encoder *e = work->encoder;

    for (int q = 0; q < e->convs; q++)
        if (e->conv[q].from == m) {
            backward_conv(work, q, chunk, i, thread, g, base);
            base = g;
        }
}

/* g of the last map: the average hands every pixel the same. */
static void spread(const struct encoder_work *work, float *g,
                   const struct kernel_plane *plane, int i)
{
    const float *from =
        work->dfeatures + (size_t)i * (size_t)work->encoder->features;
    float part = 1.0f / ((float)plane->height * (float)plane->width);

    for (int y = 0; y < plane->height; y++)
        for (int x = 0; x < plane->width; x++) {
            float *to = g + plane->first + (size_t)y * plane->row +
                        (size_t)x * (size_t)plane->channels;

            for (int c = 0; c < plane->channels; c++)
                to[c] = from[c] * part;
        }
}

/* The sums over g that the norm of conv q needs; a: the map's relu is to be
 * undone before that, or NULL. */
static void slope_sums(struct encoder_work *work, int q, float *g,
                       const float *a, int chunk, int i, int thread)
{
    const struct encoder_map *map = map_of(work, q);
    float *sum = work->sum + (size_t)thread * 2 * work->widest;

    work->kernel->slopes(&map->plane, g, a, image_of(work->y[q], map, i),
                         work->mean + work->encoder->conv[q].channels, sum,
                         sum + work->widest);
    keep_sums(work, q, chunk, sum);
}

/* What a later map that adds map m or pools it gives back: its gradient or,
 * of the pool, g; NULL if there is none. */
static const float *backward_maps(struct encoder_work *work, int m, int i,
                                  float *g)
{
    const struct encoder *e = work->encoder;
    const struct encoder_map *node = &e->map[m];

    for (int later = m + 1; later < e->maps; later++) {
        const struct encoder_map *to = &e->map[later];
        const float *from = image_of(work->g[later], to, i);

        if (to->rest_map == m)
            return from;
        if (to->pooled != m)
            continue;
        memset(g, 0, node->floats * sizeof(*g));
        work->kernel->unpool(&node->plane, &to->plane,
                             image_of(work->map[m], node, i),
                             image_of(work->map[later], to, i), from, g);
        return g;
    }
    return NULL;
}

static void backward_map(struct encoder_work *work, int m, int chunk, int i,
                         int thread)
{
    const struct encoder *e = work->encoder;
    const struct encoder_map *node = &e->map[m];
    float *g = image_of(work->g[m], node, i);

    if (m == e->maps - 1)
        spread(work, g, &node->plane, i);
    backward_convs(work, m, chunk, i, thread, g, backward_maps(work, m, i, g));
    if (node->pooled >= 0)
        return;
    slope_sums(work, node->conv, g, image_of(work->map[m], node, i), chunk, i,
               thread);
    if (node->rest_conv >= 0)
        slope_sums(work, node->rest_conv, g, NULL, chunk, i, thread);
}

/* What dense layer q gives back: its weights' gradient, and into g. */
static void backward_layer(struct encoder_work *work, int q, int chunk,
                           int thread, float *g)
{
    const struct encoder_conv *node = &work->encoder->conv[q];
    const struct encoder_map *map = map_of(work, q);
    struct conv conv = dense_conv(work, q, chunk);
    struct kernel_plane plane = dense_plane(work, node->to, chunk);
    struct kernel_slope slope = slope_of(work, q);
    int first = chunk_begin(work, chunk);
    float *dy = image_of(work->dy[q], map, thread * work->chunk);

    work->kernel->normback(&plane, dy, image_of(work->g[node->to], map, first),
                           image_of(work->y[q], map, first), &slope);
    conv_backward_weights(&conv, work->kernel, input_of(work, q, first), dy,
                          work->dw + (size_t)chunk * work->wide + work->at[q],
                          false);
    if (g != NULL)
        conv_backward_data(&conv, work->kernel, work->packed + work->at[q], dy,
                           g, false);
}

static void backward_dense(struct encoder_work *work, int chunk, int thread)
{
    const struct encoder *e = work->encoder;
    int first = chunk_begin(work, chunk), now = work->now;
    const struct encoder_map *node = now < 0 ? NULL : &e->map[now];
    float *sum = work->sum + (size_t)thread * 2 * work->widest;
    float *g = now < 0 ? NULL : image_of(work->g[now], node, first);
    struct kernel_plane plane;

    for (int q = 0; q < e->convs; q++)
        if (e->conv[q].from == now)
            backward_layer(work, q, chunk, thread, g);
    if (now < 0)
        return;
    plane = dense_plane(work, now, chunk);
    if (now == e->maps - 1)
        memcpy(g, work->dfeatures + (size_t)first * (size_t)e->features,
               (size_t)plane.width * (size_t)e->features * sizeof(*g));
    work->kernel->slopes(&plane, g, image_of(work->map[now], node, first),
                         image_of(work->y[node->conv], node, first),
                         work->mean + e->conv[node->conv].channels, sum,
                         sum + work->widest);
    keep_sums(work, node->conv, chunk, sum);
}

static void backward_task(void *ctx, int chunk, int thread)
{
    struct encoder_work *work = ctx;

    if (work->dense) {
        backward_dense(work, chunk, thread);
        return;
    }
    for (int i = chunk_begin(work, chunk); i < work->ends[chunk]; i++)
        if (work->now < 0)
            backward_convs(work, -1, chunk, i, thread, NULL, NULL);
        else
            backward_map(work, work->now, chunk, i, thread);
}

#define SLICE 4096 /* weights whose chunks a task adds up */

/* Into the first chunk's. */
static void reduce_task(void *ctx, int slice, int thread)
{
    struct encoder_work *work = ctx;
    size_t all = work->wide, first = (size_t)slice * SLICE;
    size_t end = first + SLICE < all ? first + SLICE : all;

    (void)thread;
    for (int chunk = 1; chunk < work->tasks; chunk++) {
        const float *dw = work->dw + (size_t)chunk * all;

        for (size_t i = first; i < end; i++)
            work->dw[i] += dw[i];
    }
}

static void gather_task(void *ctx, int q, int thread)
{
    struct encoder_work *work = ctx;
    const struct encoder_conv *node = &work->encoder->conv[q];
    const float *from = work->dw + work->at[q];
    float *to = work->grads + node->w;

    (void)thread;
    if (winograd2_fits(&node->conv))
        winograd2_gather(&node->conv, work->kernel, from, to);
    else
        memcpy(to, from, conv_weights(&node->conv) * sizeof(*to));
}

void encoder_backward(struct encoder_work *work, const float *params,
                      const float *dfeatures, float *grads)
{
    const struct encoder *e = work->encoder;
    const float *gamma = params + e->weights;
    float *dgamma = grads + e->weights, *dbeta = dgamma + e->channels;

    work->params = params;
    work->dfeatures = dfeatures;
    work->grads = grads;
    clear_sums(work);
    for (int m = e->maps - 1; m >= -1; m--) {
        work->now = m;
        pool_run(work->pool, work->tasks, backward_task, work);
        for (int i = 0; i < e->convs; i++) {
            const struct encoder_conv *q = &e->conv[i];
            size_t at = q->channels;
            struct norm_saved saved = saved_of(work, at);

            if (q->to != m)
                continue;
            total_sums(work, q);
            norm_backward(q->conv.co, count_of(work, &q->conv), work->total,
                          work->total + e->channels, gamma + at, &saved,
                          dgamma + at, dbeta + at, work->a + at, work->b + at,
                          work->d + at);
        }
    }
    pool_run(work->pool, (int)((work->wide + SLICE - 1) / SLICE), reduce_task,
             work);
    pool_run(work->pool, e->convs, gather_task, work);
}
