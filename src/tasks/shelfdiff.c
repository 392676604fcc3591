#include <config.h>

#include "tasks/shelfdiff.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void shelfdiff_release(struct shelfdiff *diff)
{
    original_list_release(&diff->originals);
    refusal_list_release(&diff->refusals);
    free(diff->items);
    free(diff->missing);
    free(diff->refused_still);
    memset(diff, 0, sizeof(*diff));
}

static int to_refusal(const void *key, const void *element)
{
    const struct refusal_row *row = element;

    return strcmp(key, row->path);
}

static struct refusal_row *find_refusal(const struct shelfdiff *diff,
                                        const char *path)
{
    return diff->refusals.count == 0
               ? NULL
               : bsearch(path, diff->refusals.items,
                         (size_t)diff->refusals.count,
                         sizeof(*diff->refusals.items), to_refusal);
}

static void look_at(struct shelfdiff *diff, const struct walk_file *file,
                    const struct original_row *was)
{
    struct refusal_row *refusal = find_refusal(diff, file->path);

    if (refusal != NULL) {
        diff->refused_still[refusal - diff->refusals.items] = true;
        if (refusal->bytes == file->bytes && refusal->mtime == file->mtime) {
            diff->refused++;
            return;
        }
    } else if (was != NULL && was->bytes == file->bytes &&
               was->mtime == file->mtime) {
        diff->same++;
        return;
    }
    ARRAY_GROW(diff->items, diff->count, diff->room);
    diff->items[diff->count++] =
        (struct shelfdiff_item){file, was, refusal != NULL};
}

/* Both are in the order of paths. */
static void compare(struct shelfdiff *diff, const struct walk *walk)
{
    const struct original_row *rows = diff->originals.items;
    int64_t o = 0;

    diff->missing =
        mem_zalloc((size_t)diff->originals.count + 1, sizeof(*diff->missing));
    for (int64_t f = 0; f < walk->count; f++) {
        const struct walk_file *file = &walk->files[f];

        while (o < diff->originals.count &&
               strcmp(rows[o].path, file->path) < 0)
            diff->missing[diff->lost++] = o++;
        if (o < diff->originals.count && strcmp(rows[o].path, file->path) == 0)
            look_at(diff, file, &rows[o++]);
        else
            look_at(diff, file, NULL);
    }
    while (o < diff->originals.count)
        diff->missing[diff->lost++] = o++;
}

/* For qsort(), which takes no context: digests beside the indices. */
struct lost {
    const char *digest;
    int64_t index;
};

static int by_digest(const void *a, const void *b)
{
    const struct lost *x = a, *y = b;
    int order = strcmp(x->digest, y->digest);

    return order != 0 ? order : (x->index > y->index) - (x->index < y->index);
}

static void sort_missing(struct shelfdiff *diff)
{
    struct lost *lost = mem_zalloc((size_t)diff->lost + 1, sizeof(*lost));

    for (int64_t i = 0; i < diff->lost; i++)
        lost[i] = (struct lost){diff->originals.items[diff->missing[i]].digest,
                                diff->missing[i]};
    if (diff->lost > 1)
        qsort(lost, (size_t)diff->lost, sizeof(*lost), by_digest);
    for (int64_t i = 0; i < diff->lost; i++)
        diff->missing[i] = lost[i].index;
    free(lost);
}

enum status shelfdiff_make(struct shelfdiff *out, struct catalogue *cat,
                           const struct shelf *shelf, int64_t source,
                           struct err *err)
{
    struct shelfdiff diff = {.source = source};
    enum status status = OK;

    if (source != 0)
        status = original_all(cat, source, &diff.originals, err);
    if (status == OK && source != 0)
        status = refusal_all(cat, source, &diff.refusals, err);
    if (status != OK) {
        shelfdiff_release(&diff);
        return status;
    }
    diff.images = diff.originals.count;
    diff.refused_still = mem_zalloc((size_t)diff.refusals.count + 1, 1);
    compare(&diff, &shelf->walk);
    sort_missing(&diff);
    *out = diff;
    return OK;
}

const struct original_row *shelfdiff_moved(struct shelfdiff *diff,
                                           const char *digest)
{
    int64_t low = 0, high = diff->lost;

    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        const struct original_row *row =
            &diff->originals.items[diff->missing[middle]];

        if (strcmp(row->digest, digest) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == diff->lost ||
        strcmp(diff->originals.items[diff->missing[low]].digest, digest) != 0)
        return NULL;
    high = diff->missing[low];
    memmove(diff->missing + low, diff->missing + low + 1,
            (size_t)(diff->lost - low - 1) * sizeof(*diff->missing));
    diff->lost--;
    return &diff->originals.items[high];
}
