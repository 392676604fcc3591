#include <config.h>

#include "metrics/codeplace.h"

#include <stdlib.h>

#include "base/mem.h"

static int by_code(const void *a, const void *b)
{
    const struct codeplace *x = a, *y = b;

    if (x->code != y->code)
        return x->code < y->code ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

struct codeplace *codeplace_sort(const struct codebook *book)
{
    struct codeplace *places =
        mem_zalloc((size_t)book->classes + 1, sizeof(*places));

    for (uint32_t c = 0; c < book->classes; c++)
        places[c] = (struct codeplace){book->codes[c], c};
    qsort(places, book->classes, sizeof(*places), by_code);
    return places;
}

uint32_t codeplace_first(const struct codeplace *places, uint32_t count,
                         uint64_t code)
{
    uint32_t low = 0, high = count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (places[middle].code < code)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}
