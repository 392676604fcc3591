#include <config.h>

#include "ui/treegroup.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Bytes of the first `level` components. */
static size_t start_of(const char *path, int level)
{
    size_t n = 0;

    for (int i = 0; path[n]; n++)
        if (path[n] == '/' && ++i == level)
            break;
    return n;
}

int treegroup_levels(const char *const *paths, uint32_t classes)
{
    int most = 0;

    for (uint32_t c = 0; c < classes; c++) {
        int here = paths[c] && paths[c][0];

        for (const char *p = paths[c]; here && *p; p++)
            here += *p == '/';
        if (here > most)
            most = here;
    }
    return most;
}

void treegroup_release(struct treegroup *groups)
{
    for (int i = 0; i < groups->count; i++)
        free(groups->names[i]);
    free(groups->names);
    free(groups->of_class);
    memset(groups, 0, sizeof(*groups));
}

struct start {
    const char *path;
    size_t length;
    uint32_t class, size;
};

static int by_path(const void *x, const void *y)
{
    const struct start *a = x, *b = y;
    size_t shorter = a->length < b->length ? a->length : b->length;
    int order = memcmp(a->path, b->path, shorter);

    if (order == 0 && a->length != b->length)
        order = a->length < b->length ? -1 : 1;
    return order ? order : a->class < b->class ? -1 : a->class > b->class;
}

static int by_size(const void *x, const void *y)
{
    const struct start *a = x, *b = y;

    if (a->size != b->size)
        return a->size > b->size ? -1 : 1;
    return a->class < b->class ? -1 : a->class > b->class;
}

static bool same_start(const struct start *a, const struct start *b)
{
    return a->length == b->length && memcmp(a->path, b->path, a->length) == 0;
}

/* Merges equal neighbours of a sorted array into groups, the largest first;
 * returns how many there are. */
static uint32_t merge(struct start *groups, const struct start *sorted,
                      uint32_t n)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < n; i++) {
        if (count == 0 || !same_start(&groups[count - 1], &sorted[i])) {
            groups[count] = sorted[i];
            groups[count++].size = 0;
        }
        groups[count - 1].size++;
    }
    qsort(groups, count, sizeof(*groups), by_size);
    return count;
}

void treegroup_build(struct treegroup *groups, const char *const *paths,
                     uint32_t classes, int level)
{
    struct start *sorted, *merged;
    uint32_t n = 0;

    treegroup_release(groups);
    groups->level = level;
    groups->classes = classes;
    if (level == 0)
        return;
    sorted = mem_zalloc(classes + 1, sizeof(*sorted));
    merged = mem_zalloc(classes + 1, sizeof(*merged));
    groups->of_class = mem_zalloc(classes + 1, sizeof(*groups->of_class));
    for (uint32_t c = 0; c < classes; c++) {
        groups->of_class[c] = -1;
        if (paths[c] && paths[c][0])
            sorted[n++] =
                (struct start){paths[c], start_of(paths[c], level), c, 0};
    }
    if (n > 0)
        qsort(sorted, n, sizeof(*sorted), by_path);
    groups->count = (int)merge(merged, sorted, n);
    groups->names = mem_zalloc((size_t)groups->count + 1, sizeof(char *));
    for (int g = 0; g < groups->count; g++) {
        groups->names[g] = mem_zalloc(merged[g].length + 1, 1);
        memcpy(groups->names[g], merged[g].path, merged[g].length);
        for (uint32_t i = 0; i < n; i++)
            if (same_start(&merged[g], &sorted[i]))
                groups->of_class[sorted[i].class] = g;
    }
    free(sorted);
    free(merged);
}

int treegroup_of(const struct treegroup *groups, const struct dendro *d,
                 uint32_t node, double *share)
{
    const uint32_t *leaves = dendro_leaves(d, node);
    uint32_t size = d->node[node].size;
    uint32_t *counts = mem_zalloc((size_t)groups->count + 1, sizeof(*counts));
    int best = -1;

    for (uint32_t i = 0; i < size; i++)
        if (groups->of_class[leaves[i]] >= 0)
            counts[groups->of_class[leaves[i]]]++;
    for (int g = 0; g < groups->count; g++)
        if (counts[g] > 0 && (best < 0 || counts[g] > counts[best]))
            best = g;
    *share = best < 0 ? 0 : (double)counts[best] / (double)size;
    free(counts);
    return best;
}
