#include <config.h>

#include "index/nearkeys.h"

#include <stdbool.h>
#include <string.h>

#define FEW       16 /* so many are sorted by insertion */
#define MOST_BINS 256

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

/* Bins of equal width over the span of some keys. */
struct bins {
    uint64_t low;
    int shift, count;
    uint32_t ends[MOST_BINS + 1]; /* bin b is ends[b] to ends[b + 1] */
};

static unsigned bin_of(const struct bins *bins, uint64_t key)
{
    return (unsigned)((key - bins->low) >> bins->shift);
}

/* About one key a bin. False when all keys are the same. */
static bool lay_bins(struct bins *bins, const uint64_t *keys, size_t n)
{
    uint64_t low = keys[0], high = keys[0];
    int width, wanted = 64 - __builtin_clzll(n);

    for (size_t i = 1; i < n; i++) {
        low = keys[i] < low ? keys[i] : low;
        high = keys[i] > high ? keys[i] : high;
    }
    if (low == high)
        return false;
    if (wanted > 8)
        wanted = 8;
    width = 64 - __builtin_clzll(high - low);
    bins->low = low;
    bins->shift = width > wanted ? width - wanted : 0;
    bins->count = (int)bin_of(bins, high) + 1;
    memset(bins->ends, 0, (size_t)(bins->count + 1) * sizeof(*bins->ends));
    for (size_t i = 0; i < n; i++)
        bins->ends[bin_of(bins, keys[i]) + 1]++;
    for (int b = 1; b <= bins->count; b++)
        bins->ends[b] += bins->ends[b - 1];
    return true;
}

/* Bins that begin before `first` get their keys: each swap brings one home. */
static void send_home(const struct bins *bins, uint64_t *keys, size_t first)
{
    uint32_t next[MOST_BINS];

    memcpy(next, bins->ends, (size_t)bins->count * sizeof(*next));
    for (int b = 0; b < bins->count && bins->ends[b] < first; b++) {
        for (; next[b] < bins->ends[b + 1]; next[b]++) {
            uint64_t key = keys[next[b]];

            for (unsigned at; (at = bin_of(bins, key)) != (unsigned)b;) {
                uint64_t other = keys[next[at]];

                keys[next[at]++] = key;
                key = other;
            }
            keys[next[b]] = key;
        }
    }
}

static void sort(uint64_t *keys, size_t n, size_t first)
{
    struct bins bins;

    if (n <= FEW) {
        insert_all(keys, n);
        return;
    }
    if (!lay_bins(&bins, keys, n))
        return;
    send_home(&bins, keys, first);
    for (int b = 0; b < bins.count && bins.ends[b] < first; b++) {
        size_t from = bins.ends[b], size = bins.ends[b + 1] - from;

        if (size > 1)
            sort(keys + from, size, first - from);
    }
}

/* Where the keys that agree with the first one but for the rank end. */
static size_t run_of(const uint64_t *keys, size_t n)
{
    size_t end = 1;

    while (end < n && keys[end] >> 32 == keys[0] >> 32)
        end++;
    return end;
}

void nearkeys_sort(uint64_t *keys, size_t n, size_t first)
{
    bool ascend = true;

    for (size_t i = 1; i < n; i++)
        ascend &= keys[i - 1] >> 32 <= keys[i] >> 32;
    if (!ascend) {
        sort(keys, n, first);
        return;
    }
    for (size_t at = 0, size; at < n && at < first; at += size) {
        size = run_of(keys + at, n - at);
        sort(keys + at, size, first - at);
    }
}
