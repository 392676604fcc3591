#include <config.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "nn/encoder.h"
#include "nn/norm.h"
#include "nn/winograd2.h"

/*
 * A batch is cut into tasks of a few images. Sums over images (weight
 * gradients, moments of batch norm) are kept a task, then added in the order
 * of the tasks, so that threads don't alter them. Batch norm needs the whole
 * batch: that is where one round of tasks ends and the next begins. In a
 * round an image goes through all that can be done while it is in the cache:
 * forward, a map and the convs that take it; backward, the convs that take a
 * map, the map's relu, and the sums that the norms before it need.
 */
struct encoder_work {
    const struct encoder *encoder;
    const struct kernel *kernel;
    struct pool *pool;
    int batch, chunks;             /* room for */
    int chunk;                     /* images of a task */
    int n;                         /* images of the batch now */
    float *pictures;               /* (batch, picture) */
    float *y[ENCODER_NODES_MAX];   /* a conv: (batch, its output) */
    float *map[ENCODER_NODES_MAX]; /* a map: (batch, its plane) */
    float *g[ENCODER_NODES_MAX];   /* a map's gradient, as map */
    float *dy[ENCODER_NODES_MAX];  /* a conv: (threads, its output) */
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

static struct norm_saved saved_of(const struct encoder_work *work, size_t first)
{
    return (struct norm_saved){work->mean + first, work->inverse + first};
}

void encoder_work_free(struct encoder_work *work)
{
    if (work == NULL)
        return;
    for (int i = 0; i < ENCODER_NODES_MAX; i++) {
        free(work->y[i]);
        free(work->map[i]);
        free(work->g[i]);
        free(work->dy[i]);
    }
    free(work->pictures);
    free(work->sum);
    free(work->spread);
    free(work->packed);
    free(work->room);
    free(work->sums);
    free(work->squares);
    free(work->dw);
    free(work->channel);
    free(work->total);
    free(work);
}

static bool take(float **out, size_t count, size_t floats)
{
    *out = mem_large(count, floats * sizeof(float));
    return *out != NULL;
}

static bool take_nodes(struct encoder_work *work)
{
    const struct encoder *e = work->encoder;
    size_t batch = (size_t)work->batch;
    size_t threads = (size_t)pool_threads(work->pool);

    for (int q = 0; q < e->convs; q++) {
        size_t floats = conv_output(&e->conv[q].conv);

        if (!take(&work->y[q], batch, floats) ||
            !take(&work->dy[q], threads, floats))
            return false;
    }
    for (int m = 0; m < e->maps; m++)
        if (!take(&work->map[m], batch, e->map[m].floats) ||
            !take(&work->g[m], batch, e->map[m].floats))
            return false;
    return take(&work->sum, threads, 2 * work->widest) &&
           take(&work->room, threads, work->room_floats);
}

static bool take_sums(struct encoder_work *work)
{
    const struct encoder *e = work->encoder;
    size_t chunks = (size_t)work->chunks, all = e->channels;
    float **arrays[] = {&work->scale, &work->shift, &work->mean, &work->inverse,
                        &work->a,     &work->b,     &work->d};

    work->sums = mem_large(chunks, all * sizeof(double));
    work->squares = mem_large(chunks, all * sizeof(double));
    work->total = mem_large(2, all * sizeof(double));
    if (work->sums == NULL || work->squares == NULL || work->total == NULL ||
        !take(&work->dw, chunks, work->wide) ||
        !take(&work->spread, 1, work->wide) ||
        !take(&work->packed, 1, work->wide) ||
        !take(&work->channel, ARRAY_SIZE(arrays), all))
        return false;
    for (size_t i = 0; i < ARRAY_SIZE(arrays); i++)
        *arrays[i] = work->channel + i * all;
    return true;
}

#define HEAVY       (1 << 20) /* weights of an encoder */
#define HEAVY_TASKS 8         /* that a batch of a heavier one is cut into */

/*
 * Images of a task: few, so that they stay in the cache, and that there are
 * tasks for all threads; many where a weight is used but once an image, or
 * where each task's gradients of all weights are many.
 */
static int chunk_of(const struct encoder *e, int batch)
{
    int least = e->weights <= HEAVY ? 1 : (batch - 1) / HEAVY_TASKS + 1;

    if (e->convs > 0 && conv_flat(&e->conv[0].conv))
        return least > 32 ? least : 32;
    if (e->picture[1] * e->picture[2] <= 64 * 64)
        return least > 8 ? least : 8;
    return least;
}

/* Floats of a conv's weights as they are multiplied. */
static size_t wide_of(const struct conv *conv)
{
    return winograd2_fits(conv) ? winograd2_weights(conv) : conv_weights(conv);
}

/* What follows from the encoder alone. */
static void measure(struct encoder_work *work)
{
    const struct encoder *e = work->encoder;

    for (int q = 0; q < e->convs; q++) {
        const struct conv *conv = &e->conv[q].conv;
        size_t room = winograd2_fits(conv) ? winograd2_room(conv) : 0;

        work->at[q] = work->wide;
        work->wide += wide_of(conv);
        if ((size_t)conv->co > work->widest)
            work->widest = (size_t)conv->co;
        if (room > work->room_floats)
            work->room_floats = room;
    }
}

double encoder_work_bytes(const struct encoder *e, int batch)
{
    double image = (double)encoder_picture(e) + 2.0 * e->features;
    double chunks = (batch - 1) / chunk_of(e, batch) + 1;

    double wide = 0;

    for (int q = 0; q < e->convs; q++) {
        image += (double)conv_output(&e->conv[q].conv);
        wide += (double)wide_of(&e->conv[q].conv);
    }
    for (int m = 0; m < e->maps; m++)
        image += 2 * (double)e->map[m].floats;
    return sizeof(float) * (batch * image + (chunks + 2) * wide);
}

enum status encoder_work_new(struct encoder_work **out,
                             const struct encoder *encoder, int batch,
                             struct pool *pool, struct err *err)
{
    struct encoder_work *work = mem_zalloc(1, sizeof(*work));

    work->encoder = encoder;
    work->kernel = kernel_best();
    work->pool = pool;
    work->batch = batch;
    measure(work);
    work->chunk = chunk_of(encoder, batch);
    work->chunks = (batch + work->chunk - 1) / work->chunk;
    if (!take(&work->pictures, (size_t)batch, encoder_picture(encoder)) ||
        !take_nodes(work) || !take_sums(work)) {
        encoder_work_free(work);
        return err_set(err, ERR_NOMEM,
                       "no memory for a batch of %d images of %dx%d: "
                       "try a smaller batch",
                       batch, encoder->picture[2], encoder->picture[1]);
    }
    *out = work;
    return OK;
}

float *encoder_pictures(struct encoder_work *work)
{
    return work->pictures;
}

static int chunks_now(const struct encoder_work *work)
{
    return (work->n + work->chunk - 1) / work->chunk;
}

static int chunk_end(const struct encoder_work *work, int chunk)
{
    int end = (chunk + 1) * work->chunk;

    return end < work->n ? end : work->n;
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

static void forward_task(void *ctx, int chunk, int thread)
{
    struct encoder_work *work = ctx;

    for (int i = chunk * work->chunk; i < chunk_end(work, chunk); i++) {
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
    for (int chunk = 0; chunk < chunks_now(work); chunk++) {
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

    work->n = n;
    work->params = params;
    work->features = features;
    if (e->maps == 0)
        memcpy(features, work->pictures,
               (size_t)n * (size_t)e->features * sizeof(*features));
    clear_sums(work);
    pool_run(work->pool, e->convs, spread_task, work);
    for (int m = -1; m < e->maps; m++) {
        work->now = m;
        pool_run(work->pool, chunks_now(work), forward_task, work);
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

/* The gradient of conv q's y, into this thread's scratch. */
static const float *norm_gradient(struct encoder_work *work, int q, int i,
                                  int thread)
{
    const struct encoder_conv *node = &work->encoder->conv[q];
    const struct encoder_map *map = map_of(work, q);
    size_t at = node->channels;
    struct kernel_slope slope = {work->a + at, work->b + at, work->d + at,
                                 work->mean + at};
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
    bool add = i > chunk * work->chunk;

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

static void backward_task(void *ctx, int chunk, int thread)
{
    struct encoder_work *work = ctx;

    for (int i = chunk * work->chunk; i < chunk_end(work, chunk); i++)
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
    for (int chunk = 1; chunk < chunks_now(work); chunk++) {
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
        pool_run(work->pool, chunks_now(work), backward_task, work);
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
