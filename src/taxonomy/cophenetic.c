#include <config.h>

#include "taxonomy/cophenetic.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codes/code.h"
#include "codes/hamming.h"

/* What Pearson's correlation is made of, over pairs (x, y). */
struct sums {
    size_t n;
    long double x, y, xx, yy, xy;
    double x_min, x_max, y_min, y_max;
};

/* `times` pairs of the same x and y. */
static void add(struct sums *s, double x, double y, size_t times)
{
    long double n = (long double)times;

    if (times == 0)
        return;
    s->x_min = s->n == 0 || x < s->x_min ? x : s->x_min;
    s->x_max = s->n == 0 || x > s->x_max ? x : s->x_max;
    s->y_min = s->n == 0 || y < s->y_min ? y : s->y_min;
    s->y_max = s->n == 0 || y > s->y_max ? y : s->y_max;
    s->n += times;
    s->x += n * x;
    s->y += n * y;
    s->xx += n * x * x;
    s->yy += n * y * y;
    s->xy += n * x * y;
}

static struct cophenetic correlate(const struct sums *s)
{
    struct cophenetic c = {0, s->n};
    long double n = (long double)s->n;

    if (s->n > 1 && s->x_min < s->x_max && s->y_min < s->y_max)
        c.value = (double)((n * s->xy - s->x * s->y) /
                           sqrtl((n * s->xx - s->x * s->x) *
                                 (n * s->yy - s->y * s->y)));
    return c;
}

/*
 * Paths as numbers, in the order of the tree's leaves. Each prefix of whole
 * components has a number of its own, so two paths share as many components as
 * levels at which their numbers agree. A distance is then a few comparisons,
 * which matters for the hundreds of millions of pairs of 22,000 classes.
 */
struct paths {
    uint32_t levels;   /* components of the longest */
    uint32_t *prefix;  /* (levels, leaves); beyond a path's end: its own */
    uint32_t *depth;   /* (leaves) components; 0: unknown */
    uint32_t *apart;   /* (leaves) of one path from each */
    size_t *histogram; /* (2 * levels + 1) */
};

static uint32_t components(const char *path)
{
    uint32_t n = path != NULL && *path != '\0';

    for (; n > 0 && *path; path++)
        n += *path == '/';
    return n;
}

/* A separator comes before all but the end, so prefixes stay together. */
static int compare_paths(const void *a, const void *b)
{
    const char *x = **(const char *const *const *)a;
    const char *y = **(const char *const *const *)b;
    int p, q;

    while (*x == *y && *x != '\0') {
        x++;
        y++;
    }
    p = *x == '/' ? 1 : *x ? 2 + (unsigned char)*x : 0;
    q = *y == '/' ? 1 : *y ? 2 + (unsigned char)*y : 0;
    return p - q;
}

/* Leading components that two paths have in common. */
static uint32_t shared(const char *a, const char *b)
{
    uint32_t same = 0;

    for (size_t end = 0;; end++) {
        bool a_ends = a[end] == '/' || a[end] == '\0';
        bool b_ends = b[end] == '/' || b[end] == '\0';

        same += a_ends && b_ends;
        if (a[end] != b[end] || a[end] == '\0')
            return same;
    }
}

static void number_prefixes(struct paths *p, const char **path, uint32_t n)
{
    const char ***sorted = mem_zalloc(n, sizeof(*sorted));
    uint32_t count = 0, fresh = 0, last = 0;

    for (uint32_t i = 0; i < n; i++) {
        if (p->depth[i] > 0)
            sorted[count++] = &path[i];
    }
    qsort(sorted, count, sizeof(*sorted), compare_paths);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = (uint32_t)(sorted[i] - path);
        uint32_t same = i > 0 ? shared(*sorted[i - 1], *sorted[i]) : 0;

        for (uint32_t level = 0; level < p->levels; level++) {
            size_t row = (size_t)level * n;

            p->prefix[row + at] = level < same && level < p->depth[at]
                                      ? p->prefix[row + last]
                                      : fresh++;
        }
        last = at;
    }
    free(sorted);
}

static void paths_init(struct paths *p, const struct dendro *d,
                       const char *const *paths)
{
    const char **path = mem_zalloc(d->leaves, sizeof(*path));

    p->levels = 0;
    p->depth = mem_zalloc(d->leaves, sizeof(*p->depth));
    p->apart = mem_zalloc(d->leaves, sizeof(*p->apart));
    for (uint32_t i = 0; i < d->leaves; i++) {
        path[i] = paths[d->order[i]];
        p->depth[i] = components(path[i]);
        p->levels = p->depth[i] > p->levels ? p->depth[i] : p->levels;
    }
    p->prefix = mem_zalloc((size_t)d->leaves * p->levels, sizeof(*p->prefix));
    p->histogram = mem_zalloc(2 * (size_t)p->levels + 1, sizeof(size_t));
    number_prefixes(p, path, d->leaves);
    free(path);
}

static void paths_release(struct paths *p)
{
    free(p->prefix);
    free(p->depth);
    free(p->apart);
    free(p->histogram);
}

/* Counts the distances of the leaf at a from `count` leaves from `from`. */
static void count_apart(struct paths *p, uint32_t leaves, uint32_t a,
                        uint32_t from, uint32_t count)
{
    for (uint32_t b = 0; b < count; b++)
        p->apart[b] = p->depth[a] + p->depth[from + b];
    for (uint32_t level = 0; level < p->depth[a]; level++) {
        const uint32_t *row = p->prefix + (size_t)level * leaves;

        for (uint32_t b = 0; b < count; b++)
            p->apart[b] -= row[from + b] == row[a] ? 2 : 0;
    }
    for (uint32_t b = 0; b < count; b++) {
        if (p->depth[from + b] > 0)
            p->histogram[p->apart[b]]++;
    }
}

struct cophenetic cophenetic_reference(const struct dendro *d,
                                       const char *const *paths)
{
    struct sums sums = {0};
    struct paths p;

    paths_init(&p, d, paths);
    for (uint32_t i = d->leaves; i < d->count; i++) {
        const struct dendro_node *node = &d->node[i];
        const struct dendro_node *left = &d->node[node->left];
        const struct dendro_node *right = &d->node[node->right];

        memset(p.histogram, 0, (2 * (size_t)p.levels + 1) * sizeof(size_t));
        for (uint32_t a = left->first; a < left->first + left->size; a++) {
            if (p.depth[a] > 0)
                count_apart(&p, d->leaves, a, right->first, right->size);
        }
        for (uint32_t apart = 0; apart <= 2 * p.levels; apart++)
            add(&sums, node->height, apart, p.histogram[apart]);
    }
    paths_release(&p);
    return correlate(&sums);
}

struct cophenetic cophenetic_codes(const struct dendro *d,
                                   const uint64_t *codes)
{
    uint64_t *ordered = mem_zalloc(d->leaves, sizeof(*ordered));
    uint8_t *distances = mem_zalloc(d->leaves, 1);
    struct sums sums = {0};

    for (uint32_t i = 0; i < d->leaves; i++)
        ordered[i] = codes[d->order[i]];
    for (uint32_t i = d->leaves; i < d->count; i++) {
        const struct dendro_node *node = &d->node[i];
        const struct dendro_node *left = &d->node[node->left];
        const struct dendro_node *right = &d->node[node->right];
        size_t histogram[CODE_BITS_MAX + 1] = {0};

        for (uint32_t a = left->first; a < left->first + left->size; a++) {
            hamming_scan(distances, ordered + right->first, right->size,
                         ordered[a], UINT64_MAX);
            for (uint32_t b = 0; b < right->size; b++)
                histogram[distances[b]]++;
        }
        for (int apart = 0; apart <= CODE_BITS_MAX; apart++)
            add(&sums, node->height, apart, histogram[apart]);
    }
    free(ordered);
    free(distances);
    return correlate(&sums);
}
