#include <config.h>

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "learn/learner-parts.h"
#include "nn/gemm.h"

/*
 * How vectors spread within their classes, and what makes that spread the
 * same in all directions: the axes of Fisher's discriminant are the principal
 * ones of means that were multiplied with it.
 *
 * Rows go in chunks, in their order. A task converts some rows, and then
 * another takes some rows of the covariance: every sum is one task's.
 */
#define CHUNK_ROWS 1024
#define READ_ROWS  32
#define TASK_ROWS  64

/* LAPACK, which OpenBLAS brings; column-major, every argument by address. */
void dpotrf_(const char *half, const int *n, double *a, const int *lda,
             int *info);
void dtrtri_(const char *half, const char *unit, const int *n, double *a,
             const int *lda, int *info);

struct spread {
    const struct learner *learner;
    const struct learn_data *data;
    const struct micro *micro;
    const float *means;  /* (classes, d) */
    uint32_t done, step; /* row_of() */
    int n;               /* rows of the chunk */
    float *chunk;        /* (CHUNK_ROWS, d) */
    float *sums;         /* (d, d), the upper triangle */
    bool add;
};

/* Row i of the chunk: LEARN_BLOCK neighbours out of step times as many. */
static size_t row_of(const struct spread *s, int i)
{
    size_t all = (size_t)s->done + (size_t)i;

    return all / LEARN_BLOCK * LEARN_BLOCK * s->step + all % LEARN_BLOCK;
}

static void read_task(void *ctx, int task, int thread)
{
    const struct spread *s = ctx;
    const struct learn_vectors *v = s->data->vectors;
    const struct learner *l = s->learner;
    size_t d = (size_t)v->d;
    int end = (task + 1) * READ_ROWS < s->n ? (task + 1) * READ_ROWS : s->n;

    (void)thread;
    for (int i = task * READ_ROWS; i < end; i++) {
        size_t row = row_of(s, i);
        const float *mean = s->means + s->data->labels[row] * d;
        float *x = s->chunk + (size_t)i * d;

        unpack(v->type, x, v->rows[row], d);
        for (size_t j = 0; j < d; j++)
            x[j] = (x[j] - l->centre[j]) * l->inverse[j] - mean[j];
    }
}

static void sum_task(void *ctx, int task, int thread)
{
    const struct spread *s = ctx;
    int d = s->data->vectors->d, first = task * TASK_ROWS;
    int rows = d - first < TASK_ROWS ? d - first : TASK_ROWS;
    size_t width = (size_t)d;

    (void)thread;
    gemm_outer(s->micro, rows, d - first, s->n, s->chunk + first, width,
               s->chunk + first, width, s->sums + (size_t)first * width + first,
               width, s->add);
}

static enum status sum_rows(struct spread *s, uint32_t n,
                            const struct learn_hooks *hooks, struct err *err)
{
    struct pool *pool = s->learner->pool;
    const struct learn_vectors *v = s->data->vectors;
    int tasks = (v->d + TASK_ROWS - 1) / TASK_ROWS;

    for (uint32_t done = 0; done < n; done += (uint32_t)s->n) {
        if (hooks != NULL && hooks->cancelled != NULL &&
            hooks->cancelled(hooks->ctx))
            return err_set(err, ERR_CANCELLED, "learning was cancelled");
        s->n = n - done < CHUNK_ROWS ? (int)(n - done) : CHUNK_ROWS;
        s->done = done;
        pool_run(pool, (s->n + READ_ROWS - 1) / READ_ROWS, read_task, s);
        pool_run(pool, tasks, sum_task, s);
        s->add = true;
        if (v->seen != NULL)
            v->seen(v->ctx, (uint32_t)s->n);
    }
    return OK;
}

/*
 * Shrunk towards a multiple of the identity, the more the fewer rows there are
 * for d (d + 1) / 2 numbers, then C C^T = covariance and the inverse of C, in
 * place. LAPACK reads the rows of the upper triangle as columns of the lower.
 */
static bool invert(double *a, int n, uint32_t rows)
{
    size_t d = (size_t)n;
    double trace = 0, part = d / ((double)d + rows);
    int info;

    for (size_t j = 0; j < d; j++)
        trace += a[j * d + j];
    if (!(trace > 0))
        return false;
    for (size_t i = 0; i < d; i++)
        for (size_t j = i; j < d; j++)
            a[i * d + j] = a[i * d + j] * (1 - part) / rows +
                           (i == j ? part * trace / ((double)d * rows) : 0);
    dpotrf_("L", &n, a, &n, &info);
    if (info == 0)
        dtrtri_("L", "N", &n, a, &n, &info);
    return info == 0;
}

/* out (d, d) = the inverse of C, lower triangle, zeros above. */
static void copy_lower(const double *a, size_t d, float *out)
{
    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j < d; j++)
            out[i * d + j] = j <= i ? (float)a[j * d + i] : 0;
}

enum status learner_whiten(const struct learner *l,
                           const struct learn_data *train, const float *means,
                           const struct learn_hooks *hooks, float *out,
                           bool *done, struct err *err)
{
    size_t d = (size_t)l->shape.channels;
    uint32_t n = train->n < WHITEN_ROWS ? train->n : WHITEN_ROWS;
    struct spread s = {.learner = l,
                       .data = train,
                       .micro = micro_best(),
                       .means = means,
                       .step = train->n / n,
                       .sums = out,
                       .chunk = mem_large(CHUNK_ROWS, d * sizeof(float))};
    double *a = mem_large(d, d * sizeof(double));
    enum status status;

    if (s.chunk == NULL || a == NULL)
        status = err_set(err, ERR_NOMEM,
                         "no memory for the covariance of %zu numbers", d);
    else
        status = sum_rows(&s, n, hooks, err);
    free(s.chunk);
    if (status == OK) {
        for (size_t i = 0; i < d * d; i++)
            a[i] = out[i];
        *done = invert(a, (int)d, n);
        if (*done)
            copy_lower(a, d, out);
    }
    free(a);
    return status;
}
