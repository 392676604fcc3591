#include <config.h>

#include "metrics/confusion.h"

#include <stdlib.h>

#include "base/mem.h"

static int by_classes(const void *a, const void *b)
{
    const struct confusion_pair *x = a, *y = b;

    if (x->a != y->a)
        return x->a < y->a ? -1 : 1;
    return (x->b > y->b) - (x->b < y->b);
}

static int by_count(const void *a, const void *b)
{
    const struct confusion_pair *x = a, *y = b;
    size_t m = x->a_as_b + x->b_as_a, n = y->a_as_b + y->b_as_a;

    if (m != n)
        return m > n ? -1 : 1;
    return by_classes(a, b);
}

size_t confusion_pairs(struct confusion_pair **pairs, const int32_t *truth,
                       const int32_t *answer, size_t n)
{
    struct confusion_pair *list = NULL;
    size_t count = 0, room = 0, used = 0;

    for (size_t i = 0; i < n; i++) {
        uint32_t a = (uint32_t)truth[i], b = (uint32_t)answer[i];

        if (truth[i] < 0 || answer[i] < 0 || a == b)
            continue;
        ARRAY_GROW(list, count, room);
        if (a < b)
            list[count++] = (struct confusion_pair){a, b, 1, 0};
        else
            list[count++] = (struct confusion_pair){b, a, 0, 1};
    }
    if (count > 0)
        qsort(list, count, sizeof(*list), by_classes);
    for (size_t i = 0; i < count; i++) {
        if (used > 0 && by_classes(&list[used - 1], &list[i]) == 0) {
            list[used - 1].a_as_b += list[i].a_as_b;
            list[used - 1].b_as_a += list[i].b_as_a;
        } else {
            list[used++] = list[i];
        }
    }
    if (used > 0)
        qsort(list, used, sizeof(*list), by_count);
    *pairs = list;
    return used;
}
