#include <config.h>

#include "nn/codestep.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "nn/gemm.h"
#include "nn/softmax.h"

/*
 * A share is a 16th of the rows, or less if these are few; a thread looks at
 * CHUNK of them at once, which are half a megabyte for d = 2048. Rows are a
 * line apart from where their lengths would put them: at a distance of 8 KiB
 * they would all compete for the same few lines of the first cache.
 */
#define SHARES      16
#define SHARE_LEAST 32
#define CHUNK       64
#define LINE        16   /* floats */
#define SLICE       1024 /* floats that a task of the second round adds */

/* What a thread needs for a chunk, each 64-byte aligned. */
struct room {
    float *x;               /* (CHUNK, x_row) */
    float *z, *scaled, *dz; /* (CHUNK, k) */
    float *logits;          /* (CHUNK, wide) */
    float *bits;            /* (k) */
};

struct codestep {
    struct pool *pool;
    const struct micro *micro;
    softmax_row *classes_row;
    softmax_bits *bits_row;
    int k, classes;
    size_t x_row, wide;    /* d and classes, rounded up */
    float *w;              /* (k, x_row) */
    float *ahead, *turned; /* B packed; its transpose (k, wide) */
    struct room *rooms;    /* (threads) */
    float *room_floats;
    /* Of each share: */
    float *dw;      /* (k, x_row) */
    float *db;      /* (k, wide), the transpose of the gradient */
    double *dshift; /* (k) */
    double *losses;
    /* of the step under way */
    const struct rows *x;
    const struct codestep_ask *ask;
    int share, shares; /* rows of one, and how many */
    bool want_db;
    float *dw_out, *db_out;
};

static size_t lines(size_t floats)
{
    return (floats + LINE - 1) / LINE * LINE;
}

static int share_of(int n)
{
    int share = (n + SHARES - 1) / SHARES;

    return share < SHARE_LEAST ? SHARE_LEAST : share;
}

static bool make_rooms(struct codestep *s)
{
    size_t threads = (size_t)pool_threads(s->pool), k = (size_t)s->k;
    size_t margins = lines(CHUNK * k);
    size_t each = CHUNK * (s->x_row + s->wide) + 3 * margins + lines(k);
    float *at = mem_large(threads, each * sizeof(float));

    s->rooms = mem_zalloc(threads, sizeof(*s->rooms));
    s->room_floats = at;
    for (size_t t = 0; t < threads && at != NULL; t++) {
        struct room *room = &s->rooms[t];

        room->x = at;
        room->logits = room->x + CHUNK * s->x_row;
        room->z = room->logits + CHUNK * s->wide;
        room->scaled = room->z + margins;
        room->dz = room->scaled + margins;
        room->bits = room->dz + margins;
        at += each;
    }
    return at != NULL;
}

enum status codestep_new(struct codestep **out, int n, int d, int k,
                         int classes, struct pool *pool, struct err *err)
{
    struct codestep *s = mem_zalloc(1, sizeof(*s));
    size_t bits = (size_t)k, share = (size_t)share_of(n);
    size_t shares = ((size_t)n + share - 1) / share;

    s->pool = pool;
    s->micro = micro_best();
    s->classes_row = softmax_at(0);
    s->bits_row = softmax_bits_at(0);
    s->k = k;
    s->classes = classes;
    s->x_row = lines((size_t)d) + LINE;
    s->wide = lines((size_t)classes) + LINE;
    s->w = mem_large(bits, s->x_row * sizeof(float));
    s->ahead = mem_large(gemm_packed(s->micro, classes, k), sizeof(float));
    s->turned = mem_large(bits, s->wide * sizeof(float));
    s->dw = mem_large(shares, bits * s->x_row * sizeof(float));
    s->db = mem_large(shares, bits * s->wide * sizeof(float));
    s->dshift = mem_large(shares, bits * sizeof(double));
    s->losses = mem_large(shares, sizeof(double));
    if (!make_rooms(s) || s->w == NULL || s->ahead == NULL ||
        s->turned == NULL || s->dw == NULL || s->db == NULL ||
        s->dshift == NULL || s->losses == NULL) {
        codestep_free(s);
        return err_set(err, ERR_NOMEM,
                       "no memory to learn %d bits of %d classes from %d rows "
                       "of %d at once: try a smaller batch",
                       k, classes, n, d);
    }
    *out = s;
    return OK;
}

void codestep_free(struct codestep *step)
{
    if (step == NULL)
        return;
    free(step->w);
    free(step->ahead);
    free(step->turned);
    free(step->rooms);
    free(step->room_floats);
    free(step->dw);
    free(step->db);
    free(step->dshift);
    free(step->losses);
    free(step);
}

/* ---- a share ---- */

/*
 * Rows lie anywhere: no processor foresees where the next one begins. One that
 * this thread will likely look at soon is asked for while it multiplies.
 */
static void fetch(const struct codestep *s, int row)
{
    size_t bytes = (size_t)s->x->d * unpack_size(s->x->type);

    if (row >= s->x->n)
        return;
    for (size_t i = 0; i < bytes; i += 64)
        __builtin_prefetch((const char *)s->x->row[row] + i, 0, 2);
}

static void find_margins(const struct codestep *s, const struct room *room,
                         int first, int n)
{
    size_t k = (size_t)s->k;
    struct micro_dots dots = {.a = room->x,
                              .a_row = s->x_row,
                              .b = s->w,
                              .b_row = s->x_row,
                              .c = room->z,
                              .c_row = k,
                              .rows = n,
                              .columns = s->k,
                              .depth = s->x->d};

    for (int i = 0; i < n; i++)
        unpack(s->x->type, room->x + (size_t)i * s->x_row, s->x->row[first + i],
               (size_t)s->x->d);
    s->micro->dots(&dots);
    for (size_t i = 0; i < (size_t)n; i++)
        for (size_t j = 0; j < k; j++)
            room->z[i * k + j] += s->ask->shift[j];
}

/* Rows first to first + n; next: those to fetch; db: the share's, to add to.
 */
static double class_losses(const struct codestep *s, const struct room *room,
                           int first, int n, int next, float *db)
{
    const struct codestep_ask *ask = s->ask;
    size_t k = (size_t)s->k;
    float part = ask->mix / (float)s->x->n;
    double loss = 0;
    struct micro_dots dots = {.a = room->logits,
                              .a_row = s->wide,
                              .b = s->turned,
                              .b_row = s->wide,
                              .c = room->dz,
                              .c_row = k,
                              .rows = n,
                              .columns = s->k,
                              .depth = (int)(s->wide - LINE)};

    for (size_t i = 0; i < (size_t)n * k; i++)
        room->scaled[i] = room->z[i] * ask->scale;
    gemm(s->micro, n, s->classes, s->k, room->scaled, k, s->ahead, room->logits,
         s->wide, false);
    for (int i = 0; i < n; i++) {
        fetch(s, next + i);
        loss += s->classes_row(s->classes, room->logits + (size_t)i * s->wide,
                               ask->labels[first + i], ask->smoothing, part);
    }
    s->micro->dots(&dots);
    for (size_t i = 0; i < (size_t)n * k; i++)
        room->dz[i] *= ask->scale;
    if (s->want_db)
        gemm_outer(s->micro, s->k, s->classes, n, room->scaled, k, room->logits,
                   s->wide, db, s->wide, true);
    return loss * part;
}

static double bit_losses(const struct codestep *s, const struct room *room,
                         int first, int n, float *db)
{
    const struct codestep_ask *ask = s->ask;
    size_t k = (size_t)s->k;
    double part = 1 / ((double)s->x->n * s->k), loss = 0;

    for (size_t i = 0; i < (size_t)n; i++) {
        size_t label = ask->labels[(size_t)first + i];

        loss += s->bits_row(s->k, room->z + i * k, ask->b + label * k,
                            (float)part, room->dz + i * k, room->bits);
        for (size_t j = 0; j < k && s->want_db; j++)
            db[j * s->wide + label] += room->bits[j];
    }
    return loss * part;
}

static void share_task(void *ctx, int task, int thread)
{
    struct codestep *s = ctx;
    const struct room *room = &s->rooms[thread];
    size_t k = (size_t)s->k, share = (size_t)task;
    float *dw = s->dw + share * k * s->x_row;
    float *db = s->db + share * k * s->wide;
    double *dshift = s->dshift + share * k, loss = 0;
    int i = task * s->share;
    int end = s->x->n - i < s->share ? s->x->n : i + s->share;

    if (s->want_db)
        memset(db, 0, k * s->wide * sizeof(*db));
    memset(dshift, 0, k * sizeof(*dshift));
    for (int n, next; i < end; i += n) {
        n = end - i < CHUNK ? end - i : CHUNK;
        next = i + n < end ? i + n : (task + pool_threads(s->pool)) * s->share;
        find_margins(s, room, i, n);
        if (s->ask->mix > 0)
            loss += class_losses(s, room, i, n, next, db);
        else
            memset(room->dz, 0, (size_t)n * k * sizeof(*room->dz));
        if (s->ask->bits)
            loss += bit_losses(s, room, i, n, db);
        for (int r = 0; r < n && !(s->ask->mix > 0); r++)
            fetch(s, next + r);
        gemm_outer(s->micro, s->k, s->x->d, n, room->dz, k, room->x, s->x_row,
                   dw, s->x_row, i != task * s->share);
        for (size_t r = 0; r < (size_t)n; r++)
            for (size_t j = 0; j < k; j++)
                dshift[j] += room->dz[r * k + j];
    }
    s->losses[task] = loss;
}

/* ---- their sum ---- */

typedef float lanes __attribute__((vector_size(8 * 4), aligned(4), may_alias));

/* out[0..n) = the sum of the shares' from[0..n), which are step apart. */
static void add_up(const float *from, size_t step, int shares, size_t n,
                   float *out)
{
    size_t i = 0;

    for (; i + 8 <= n; i += 8) {
        lanes sum = *(const lanes *)(from + i);

        for (size_t t = 1; t < (size_t)shares; t++)
            sum += *(const lanes *)(from + t * step + i);
        *(lanes *)(out + i) = sum;
    }
    for (; i < n; i++) {
        out[i] = from[i];
        for (size_t t = 1; t < (size_t)shares; t++)
            out[i] += from[t * step + i];
    }
}

/* A task adds up to SLICE columns of one bit: of dw first, then of db. */
static void sum_task(void *ctx, int task, int thread)
{
    struct codestep *s = ctx;
    size_t k = (size_t)s->k, bit = (size_t)task % k;
    size_t d = (size_t)s->x->d, classes = (size_t)s->classes;
    size_t slice = (size_t)task / k * SLICE;
    size_t before = (d + SLICE - 1) / SLICE * SLICE;
    float sums[SLICE];

    (void)thread;
    if (slice < before) {
        add_up(s->dw + bit * s->x_row + slice, k * s->x_row, s->shares,
               d - slice < SLICE ? d - slice : SLICE,
               s->dw_out + bit * d + slice);
        return;
    }
    slice -= before;
    classes = classes - slice < SLICE ? classes - slice : SLICE;
    add_up(s->db + bit * s->wide + slice, k * s->wide, s->shares, classes,
           sums);
    for (size_t c = 0; c < classes; c++)
        s->db_out[(slice + c) * k + bit] = sums[c];
}

/* ---- the step ---- */

static void lay_out(struct codestep *s)
{
    const struct codestep_ask *ask = s->ask;
    size_t k = (size_t)s->k, d = (size_t)s->x->d;
    size_t classes = (size_t)s->classes;

    for (size_t j = 0; j < k; j++)
        memcpy(s->w + j * s->x_row, ask->w + j * d, d * sizeof(*s->w));
    if (!(ask->mix > 0))
        return;
    gemm_pack(s->micro, s->classes, s->k, ask->b, 1, k, s->ahead);
    for (size_t c = 0; c < classes; c++)
        for (size_t j = 0; j < k; j++)
            s->turned[j * s->wide + c] = ask->b[c * k + j];
}

double codestep_run(struct codestep *step, const struct rows *x,
                    const struct codestep_ask *ask, float *dw, float *dshift,
                    float *db)
{
    size_t k = (size_t)step->k;
    int slices = (x->d + SLICE - 1) / SLICE;
    double loss = 0;

    step->x = x;
    step->ask = ask;
    step->share = share_of(x->n);
    step->shares = (x->n + step->share - 1) / step->share;
    step->want_db = db != NULL;
    step->dw_out = dw;
    step->db_out = db;
    lay_out(step);
    pool_run(step->pool, step->shares, share_task, step);
    if (db != NULL)
        slices += (step->classes + SLICE - 1) / SLICE;
    pool_run(step->pool, slices * step->k, sum_task, step);
    for (size_t j = 0; j < k; j++) {
        double sum = 0;

        for (size_t t = 0; t < (size_t)step->shares; t++)
            sum += step->dshift[t * k + j];
        dshift[j] = (float)sum;
    }
    for (int t = 0; t < step->shares; t++)
        loss += step->losses[t];
    return loss;
}
