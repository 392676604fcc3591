/*
 * The join: strips along one projection after the other, until few rows are
 * left, which are compared one by one. Rows within the tolerance lie in the
 * same strip or in two side by side, along every projection.
 */
#include <config.h>

#include "metrics/duplicate-parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define FEW         256 /* rows that are not worth cutting further */
#define STRIPS_MAX  600 /* 510 steps, each at least one wide */
#define PIXEL_CHUNK 1024

struct join {
    struct duplicates *d;
    uint32_t *spare;     /* (n) for sorting */
    int axes[SIGN_AXES]; /* widest first */
    double width;        /* of a strip, in stored steps */
    struct err *err;
};

/* The mean squared difference of two rows, or INFINITY beyond the tolerance. */
static enum status measure(struct duplicates *d, uint32_t a, uint32_t b,
                           double *out, struct err *err)
{
    double most = d->options.tolerance * d->options.tolerance *
                  (double)d->size * (1 + 1e-12);
    const uint8_t *x, *y;
    int64_t sum = 0;

    if (duplicate_pair(d, a, b, &x, &y, err) != OK)
        return err->status;
    for (size_t at = 0; at < d->size; at += PIXEL_CHUNK) {
        size_t n = d->size - at < PIXEL_CHUNK ? d->size - at : PIXEL_CHUNK;
        int32_t part = 0;

        for (size_t i = 0; i < n; i++) {
            int e = x[at + i] - y[at + i];

            part += e * e;
        }
        sum += part;
        if ((double)sum > most)
            break;
    }
    *out = (double)sum > most ? INFINITY : sqrt((double)sum / (double)d->size);
    return OK;
}

/* A pair that may be near: the later one takes the earlier if it is. */
static enum status look(struct duplicates *d, uint32_t a, uint32_t b,
                        struct err *err)
{
    uint32_t row = a > b ? a : b, of = a > b ? b : a;
    double difference = INFINITY;

    if (duplicate_bits(d, row, of) > d->options.radius || !sign_near(d, a, b))
        return OK;
    if (d->looks[row] == DUPLICATE_LOOKS) {
        d->crowded[row] = 1;
        return OK;
    }
    d->looks[row]++;
    if (measure(d, row, of, &difference, err) != OK)
        return err->status;
    if (isinf(difference))
        return OK;
    if (d->of[row] == row || (float)difference < d->difference[row] ||
        ((float)difference == d->difference[row] && of < d->of[row])) {
        d->of[row] = of;
        d->difference[row] = (float)difference;
    }
    return OK;
}

static int by_row(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;

    return *x < *y ? -1 : *x > *y;
}

static enum status compare_self(struct join *j, uint32_t *rows, size_t n)
{
    if (n > DUPLICATE_CROWD)
        qsort(rows, n, sizeof(*rows), by_row);
    for (size_t i = 1; i < n; i++) {
        size_t from = i > DUPLICATE_CROWD ? i - DUPLICATE_CROWD : 0;

        j->d->crowded[rows[i]] |= from > 0;
        if (duplicate_go_on(j->d, j->err) != OK)
            return j->err->status;
        for (size_t other = from; other < i; other++)
            if (look(j->d, rows[i], rows[other], j->err) != OK)
                return j->err->status;
    }
    return OK;
}

static enum status compare_cross(struct join *j, uint32_t *a, size_t na,
                                 uint32_t *b, size_t nb)
{
    if (nb > DUPLICATE_CROWD)
        qsort(b, nb, sizeof(*b), by_row);
    for (size_t i = 0; i < na; i++) {
        size_t most = nb < DUPLICATE_CROWD ? nb : DUPLICATE_CROWD;

        j->d->crowded[a[i]] |= most < nb;
        if (duplicate_go_on(j->d, j->err) != OK)
            return j->err->status;
        for (size_t other = 0; other < most; other++)
            if (look(j->d, a[i], b[other], j->err) != OK)
                return j->err->status;
    }
    return OK;
}

static size_t strip_of(const struct join *j, uint32_t row, int depth)
{
    int at = j->d->signs[row].axis[j->axes[depth]] + 256 * SIGN_SCALE;

    return (size_t)(at / j->width);
}

/* Where each strip's rows begin, once rows are sorted by strip. */
struct strips {
    size_t first, last; /* strips that occur; last is one behind */
    size_t begin[STRIPS_MAX + 1];
};

static void cut(struct join *j, struct strips *out, uint32_t *rows, size_t n,
                int depth)
{
    size_t counts[STRIPS_MAX], sum = 0;

    out->first = STRIPS_MAX;
    out->last = 0;
    for (size_t i = 0; i < n; i++) {
        size_t s = strip_of(j, rows[i], depth);

        out->first = s < out->first ? s : out->first;
        out->last = s >= out->last ? s + 1 : out->last;
    }
    for (size_t s = out->first; s < out->last; s++)
        counts[s] = 0;
    for (size_t i = 0; i < n; i++)
        counts[strip_of(j, rows[i], depth)]++;
    for (size_t s = out->first; s < out->last; s++) {
        out->begin[s] = sum;
        sum += counts[s];
        counts[s] = out->begin[s];
    }
    out->begin[out->last] = n;
    memcpy(j->spare, rows, n * sizeof(*rows));
    for (size_t i = 0; i < n; i++)
        rows[counts[strip_of(j, j->spare[i], depth)]++] = j->spare[i];
}

static size_t in_strip(const struct strips *strips, size_t s)
{
    return s >= strips->first && s < strips->last
               ? strips->begin[s + 1] - strips->begin[s]
               : 0;
}

/* Every row of a with every row of b. */
static enum status cross(struct join *j, uint32_t *a, size_t na, uint32_t *b,
                         size_t nb, int depth)
{
    struct strips *one, *two;
    enum status status = OK;

    if (na == 0 || nb == 0)
        return OK;
    if (depth == SIGN_AXES || na * nb <= FEW * FEW)
        return compare_cross(j, a, na, b, nb);
    one = mem_alloc(2 * sizeof(*one));
    two = one + 1;
    cut(j, one, a, na, depth);
    cut(j, two, b, nb, depth);
    for (size_t s = one->first; s < one->last && status == OK; s++)
        for (size_t t = s > 0 ? s - 1 : 0; t <= s + 1 && status == OK; t++)
            if (in_strip(one, s) && in_strip(two, t))
                status = cross(j, a + one->begin[s], in_strip(one, s),
                               b + two->begin[t], in_strip(two, t), depth + 1);
    free(one);
    return status;
}

/* Every two rows. */
static enum status join(struct join *j, uint32_t *rows, size_t n, int depth)
{
    struct strips *strips;
    enum status status = OK;

    if (depth == SIGN_AXES || n <= FEW)
        return compare_self(j, rows, n);
    strips = mem_alloc(sizeof(*strips));
    cut(j, strips, rows, n, depth);
    for (size_t s = strips->first; s < strips->last && status == OK; s++) {
        uint32_t *own = rows + strips->begin[s];
        size_t count = in_strip(strips, s), next = in_strip(strips, s + 1);

        status = join(j, own, count, depth + 1);
        if (status == OK)
            status = cross(j, own, count, own + count, next, depth + 1);
    }
    free(strips);
    return status;
}

/* The projections by how widely the rows spread along them. */
static void order_axes(struct join *j, const uint32_t *rows, size_t n)
{
    double spread[SIGN_AXES];

    for (int i = 0; i < SIGN_AXES; i++) {
        double sum = 0, squares = 0;
        int at = i;

        for (size_t r = 0; r < n; r++) {
            double x = j->d->signs[rows[r]].axis[i];

            sum += x;
            squares += x * x;
        }
        spread[i] = squares / (double)n - sum / (double)n * (sum / (double)n);
        for (; at > 0 && spread[j->axes[at - 1]] < spread[i]; at--)
            j->axes[at] = j->axes[at - 1];
        j->axes[at] = i;
    }
}

enum status duplicate_join(struct duplicates *d, uint32_t *rows, size_t count,
                           struct err *err)
{
    struct join j = {.d = d, .err = err};
    enum status status;

    if (count < 2 || d->signs == NULL)
        return OK;
    /* Two stored steps for what rounding has moved. */
    j.width = d->options.tolerance * SIGN_SCALE + 2;
    if (j.width < SIGN_SCALE)
        j.width = SIGN_SCALE;
    j.spare = mem_large(count, sizeof(*j.spare));
    if (j.spare == NULL)
        return err_set(err, ERR_NOMEM,
                       "no memory to look for duplicates among %zu images",
                       count);
    order_axes(&j, rows, count);
    status = join(&j, rows, count, 0);
    free(j.spare);
    return status;
}
