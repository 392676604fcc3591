#include <config.h>

#include "taxonomy/purity.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct labelled {
    const char *path;
    uint32_t leaf;
};

static int compare_labelled(const void *a, const void *b)
{
    const struct labelled *x = a, *y = b;
    int order = strcmp(x->path, y->path);

    return order ? order : (x->leaf > y->leaf) - (x->leaf < y->leaf);
}

/* The leaves with a path, those of one path together. */
static struct labelled *sort_by_path(const struct dendro *d,
                                     const char *const *paths, size_t *count)
{
    struct labelled *list = mem_zalloc(d->leaves, sizeof(*list));
    size_t n = 0;

    for (uint32_t i = 0; i < d->leaves; i++) {
        if (paths[i] != NULL && paths[i][0] != '\0')
            list[n++] = (struct labelled){paths[i], i};
    }
    qsort(list, n, sizeof(*list), compare_labelled);
    *count = n;
    return list;
}

/* counts[leaf] is set for the leaves that count; sums them up the tree. */
static void sum_up(const struct dendro *d, uint32_t *counts)
{
    for (uint32_t i = d->leaves; i < d->count; i++)
        counts[i] = counts[d->node[i].left] + counts[d->node[i].right];
}

/* top[i]: the topmost ancestor of i at i's height. */
static void find_tops(const struct dendro *d, uint32_t *top)
{
    for (uint32_t i = d->count; i-- > 0;) {
        uint32_t up = d->node[i].parent;

        top[i] = i;
        if (up != DENDRO_NONE && d->node[up].height == d->node[i].height)
            top[i] = top[up];
    }
}

/* Adds the purities of all pairs of one group; returns their number. */
static size_t add_group(double *sum, const struct dendro *d,
                        const uint32_t *top, const uint32_t *sizes,
                        uint32_t *counts)
{
    size_t pairs = 0;

    sum_up(d, counts);
    for (uint32_t i = d->leaves; i < d->count; i++) {
        size_t here =
            (size_t)counts[d->node[i].left] * counts[d->node[i].right];

        if (here == 0)
            continue;
        pairs += here;
        *sum += (double)here * counts[top[i]] / sizes[top[i]];
    }
    return pairs;
}

struct purity purity_dendrogram(const struct dendro *d,
                                const char *const *paths)
{
    struct purity p = {0, 0, 0, 0};
    struct labelled *list = sort_by_path(d, paths, &p.leaves);
    uint32_t *top = mem_zalloc(d->count, sizeof(*top));
    uint32_t *sizes = mem_zalloc(d->count, sizeof(*sizes));
    uint32_t *counts = mem_zalloc(d->count, sizeof(*counts));
    double sum = 0;

    find_tops(d, top);
    for (size_t i = 0; i < p.leaves; i++)
        sizes[list[i].leaf] = 1;
    sum_up(d, sizes);
    for (size_t from = 0, to; from < p.leaves; from = to) {
        memset(counts, 0, d->count * sizeof(*counts));
        for (to = from;
             to < p.leaves && strcmp(list[to].path, list[from].path) == 0; to++)
            counts[list[to].leaf] = 1;
        p.groups++;
        if (to - from > 1)
            p.pairs += add_group(&sum, d, top, sizes, counts);
    }
    if (p.pairs > 0)
        p.value = sum / (double)p.pairs;
    free(list);
    free(top);
    free(sizes);
    free(counts);
    return p;
}
