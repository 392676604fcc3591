#include <config.h>

#include "nn/encoder-work.h"

#include <stdlib.h>

#include "base/mem.h"
#include "nn/winograd2.h"

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
    free(work->ends);
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
    size_t images = work->dense ? (size_t)work->chunk : 1;
    size_t threads = (size_t)pool_threads(work->pool);

    for (int q = 0; q < e->convs; q++) {
        size_t floats = conv_output(&e->conv[q].conv);

        if (!take(&work->y[q], batch, floats) ||
            !take(&work->dy[q], threads, floats * images))
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

/*
 * Tasks of n images, and where each ends unless ends is NULL. The last of them
 * are smaller, so that threads that share the work are done at the same time.
 */
static int cut(int n, int chunk, int *ends)
{
    int tasks = 0;

    for (int at = 0; at < n; tasks++) {
        int left = n - at;
        int size = left > 2 * chunk   ? chunk
                   : left > chunk / 2 ? chunk / 2
                                      : chunk / 4;

        size = size < 1 ? 1 : size;
        at += size < left ? size : left;
        if (ends != NULL)
            ends[tasks] = at;
    }
    return tasks;
}

void encoder_work_cut(struct encoder_work *work, int n)
{
    work->n = n;
    work->tasks = cut(n, work->chunk, work->ends);
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

    work->dense = e->convs > 0 && conv_flat(&e->conv[0].conv);
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
    double chunks = cut(batch, chunk_of(e, batch), NULL), wide = 0;

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
    work->chunk = chunk_of(encoder, batch);
    measure(work);
    work->chunks = cut(batch, work->chunk, NULL);
    work->ends = mem_zalloc((size_t)work->chunks, sizeof(*work->ends));
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
