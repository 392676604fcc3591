#include <config.h>

#include "ui/marks.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void marks_release(struct marks *marks)
{
    free(marks->items);
    memset(marks, 0, sizeof(*marks));
}

static int compare(const struct target *a, const struct target *b)
{
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->kind != TARGET_NODE && a->id != b->id)
        return a->id < b->id ? -1 : 1;
    if (a->kind == TARGET_NODE && a->key != b->key)
        return a->key < b->key ? -1 : 1;
    return 0;
}

/* The place of target, or where it would go; *there says which. */
static int place(const struct marks *marks, const struct target *target,
                 bool *there)
{
    int low = 0, high = marks->count;

    while (low < high) {
        int middle = low + (high - low) / 2;

        if (compare(&marks->items[middle], target) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *there = low < marks->count && compare(&marks->items[low], target) == 0;
    return low;
}

bool marks_has(const struct marks *marks, const struct target *target)
{
    bool there;

    place(marks, target, &there);
    return there;
}

bool marks_has_id(const struct marks *marks, enum target_kind kind, int64_t id)
{
    struct target target = {.kind = kind, .id = id};

    return marks->count > 0 && marks_has(marks, &target);
}

void marks_set(struct marks *marks, const struct target *target, bool on)
{
    bool there;
    int at = place(marks, target, &there);
    struct target *item;

    if (there == on || target->kind == TARGET_NONE)
        return;
    if (on)
        ARRAY_GROW(marks->items, marks->count, marks->room);
    item = &marks->items[at];
    if (on) {
        memmove(item + 1, item, (size_t)(marks->count - at) * sizeof(*item));
        *item = *target;
        item->topic = NULL;
        marks->count++;
    } else {
        marks->count--;
        memmove(item, item + 1, (size_t)(marks->count - at) * sizeof(*item));
    }
}

static int by_place(const void *a, const void *b)
{
    return compare(a, b);
}

void marks_add_images(struct marks *marks, const int64_t *ids, size_t n)
{
    int kept = 0;

    for (size_t i = 0; i < n; i++) {
        ARRAY_GROW(marks->items, marks->count, marks->room);
        marks->items[marks->count++] =
            (struct target){.kind = TARGET_IMAGE, .id = ids[i]};
    }
    qsort(marks->items, (size_t)marks->count, sizeof(*marks->items), by_place);
    for (int i = 0; i < marks->count; i++)
        if (kept == 0 || compare(&marks->items[kept - 1], &marks->items[i]))
            marks->items[kept++] = marks->items[i];
    marks->count = kept;
}

void marks_clear(struct marks *marks)
{
    marks->count = 0;
    marks->anchor.kind = TARGET_NONE;
}

int marks_of_kind(const struct marks *marks, enum target_kind kind)
{
    int count = 0;

    for (int i = 0; i < marks->count; i++)
        count += marks->items[i].kind == kind;
    return count;
}
