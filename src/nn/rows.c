#include <config.h>

#include "nn/rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "nn/gemm.h"

/*
 * Forward, a task takes some rows whole; backward, some columns of all rows.
 * A tile of floats stays in the second-level cache.
 */
#define TASK_ROWS    32
#define TASK_COLUMNS 256
#define AHEAD        4 /* rows whose parts are fetched before their turn */

struct rows_work {
    struct pool *pool;
    const struct micro *micro;
    float *packed; /* w */
    float *rooms;  /* (threads, room) */
    size_t room;
    /* of the product under way */
    const struct rows *x;
    int out;
    const float *bias, *dy;
    float *y, *dw;
};

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

enum status rows_work_new(struct rows_work **out_work, int n, int d, int out,
                          struct pool *pool, struct err *err)
{
    struct rows_work *work = mem_zalloc(1, sizeof(*work));

    work->pool = pool;
    work->micro = micro_best();
    work->room = larger((size_t)d * TASK_ROWS, (size_t)n * TASK_COLUMNS);
    work->packed = mem_large(gemm_packed(work->micro, out, d), sizeof(float));
    work->rooms =
        mem_large((size_t)pool_threads(pool), work->room * sizeof(float));
    if (work->packed == NULL || work->rooms == NULL) {
        rows_work_free(work);
        return err_set(err, ERR_NOMEM, "no memory to multiply %d rows of %d", n,
                       d);
    }
    *out_work = work;
    return OK;
}

void rows_work_free(struct rows_work *work)
{
    if (work == NULL)
        return;
    free(work->packed);
    free(work->rooms);
    free(work);
}

static void forward_task(void *ctx, int task, int thread)
{
    const struct rows_work *work = ctx;
    const struct rows *x = work->x;
    float *room = work->rooms + (size_t)thread * work->room;
    int first = task * TASK_ROWS, n = x->n - first;
    size_t d = (size_t)x->d, out = (size_t)work->out;
    float *y = work->y + (size_t)first * out;

    n = n < TASK_ROWS ? n : TASK_ROWS;
    for (int i = 0; i < n; i++)
        unpack(x->type, room + (size_t)i * d, x->row[first + i], d);
    for (int i = 0; i < n && work->bias != NULL; i++)
        memcpy(y + (size_t)i * out, work->bias, out * sizeof(*y));
    gemm(work->micro, n, work->out, x->d, room, d, work->packed, y, out,
         work->bias != NULL);
}

void rows_forward(struct rows_work *work, const struct rows *x, int out,
                  const float *w, const float *bias, float *y)
{
    work->x = x;
    work->out = out;
    work->bias = bias;
    work->y = y;
    gemm_pack(work->micro, out, x->d, w, 1, (size_t)x->d, work->packed);
    pool_run(work->pool, (x->n + TASK_ROWS - 1) / TASK_ROWS, forward_task,
             work);
}

/* Parts of rows are too short for a processor to see what comes next. */
static void fetch(const char *from, size_t bytes)
{
    for (size_t i = 0; i < bytes; i += 64)
        __builtin_prefetch(from + i);
}

static void backward_task(void *ctx, int task, int thread)
{
    const struct rows_work *work = ctx;
    const struct rows *x = work->x;
    float *room = work->rooms + (size_t)thread * work->room;
    int first = task * TASK_COLUMNS, columns = x->d - first;
    size_t before = (size_t)first * unpack_size(x->type);

    columns = columns < TASK_COLUMNS ? columns : TASK_COLUMNS;
    for (int i = 0; i < x->n; i++) {
        if (i + AHEAD < x->n)
            fetch((const char *)x->row[i + AHEAD] + before,
                  (size_t)columns * unpack_size(x->type));
        unpack(x->type, room + (size_t)i * (size_t)columns,
               (const char *)x->row[i] + before, (size_t)columns);
    }
    gemm_outer(work->micro, work->out, columns, x->n, work->dy,
               (size_t)work->out, room, (size_t)columns, work->dw + first,
               (size_t)x->d, false);
}

void rows_backward(struct rows_work *work, const struct rows *x, int out,
                   const float *dy, float *dw)
{
    work->x = x;
    work->out = out;
    work->dy = dy;
    work->dw = dw;
    pool_run(work->pool, (x->d + TASK_COLUMNS - 1) / TASK_COLUMNS,
             backward_task, work);
}
