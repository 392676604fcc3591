#include <config.h>

#include "index/nearkeys.h"

#define FEW 24 /* so many are sorted by insertion */

static void insert_all(uint64_t *keys, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        uint64_t key = keys[i];
        size_t at = i;

        for (; at > 0 && keys[at - 1] > key; at--)
            keys[at] = keys[at - 1];
        keys[at] = key;
    }
}

static void sink(uint64_t *keys, size_t n, size_t at)
{
    uint64_t key = keys[at];

    for (size_t child; (child = 2 * at + 1) < n; at = child) {
        child += child + 1 < n && keys[child + 1] > keys[child];
        if (keys[child] <= key)
            break;
        keys[at] = keys[child];
    }
    keys[at] = key;
}

static void heap_sort(uint64_t *keys, size_t n)
{
    for (size_t i = n / 2; i-- > 0;)
        sink(keys, n, i);
    while (n-- > 1) {
        uint64_t top = keys[0];

        keys[0] = keys[n];
        keys[n] = top;
        sink(keys, n, 0);
    }
}

static uint64_t median(uint64_t a, uint64_t b, uint64_t c)
{
    uint64_t low = a < b ? a : b, high = a < b ? b : a;

    return c < low ? low : c > high ? high : c;
}

/*
 * Hoare's partition about the median of three: returns a cut, 0 < cut < n,
 * with no key before it above any behind it. n > 2.
 */
static size_t part(uint64_t *keys, size_t n)
{
    uint64_t pivot = median(keys[0], keys[n / 2], keys[n - 1]);
    size_t i = 0, j = n - 1;

    for (;;) {
        uint64_t swap;

        while (keys[i] < pivot)
            i++;
        while (keys[j] > pivot)
            j--;
        if (i >= j)
            break;
        swap = keys[i];
        keys[i++] = keys[j];
        keys[j--] = swap;
    }
    return i > 0 ? i : 1;
}

/* Twice the logarithm: cuts beyond that are bad luck. */
static int patience(size_t n)
{
    int depth = 0;

    for (; n > 0; n >>= 1)
        depth += 2;
    return depth;
}

static void sort(uint64_t *keys, size_t n, int depth)
{
    while (n > FEW) {
        size_t cut;

        if (depth-- == 0) {
            heap_sort(keys, n);
            return;
        }
        cut = part(keys, n);
        sort(keys, cut, depth);
        keys += cut;
        n -= cut;
    }
    insert_all(keys, n);
}

void nearkeys_sort(uint64_t *keys, size_t n)
{
    sort(keys, n, patience(n));
}

void nearkeys_select(uint64_t *keys, size_t n, size_t first)
{
    int depth = patience(n);

    while (n > FEW && first < n) {
        size_t cut;

        if (depth-- == 0)
            break;
        cut = part(keys, n);
        if (first == cut)
            return;
        if (first < cut) {
            n = cut;
        } else {
            keys += cut;
            n -= cut;
            first -= cut;
        }
    }
    if (first < n)
        sort(keys, n, 0);
}
