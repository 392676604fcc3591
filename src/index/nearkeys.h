#ifndef BITGROVE_INDEX_NEARKEYS_H
#define BITGROVE_INDEX_NEARKEYS_H

/*
 * Keys of answers: one word that sorts as the answers do.
 *
 *     63..56 distance    55..32 margin distance    31..0 rank by id
 *
 * Pure functions over values. Any thread.
 */

#include <stddef.h>
#include <stdint.h>

#define NEARKEYS_MARGINS (INT32_C(1) << 24) /* margin distances lie below */

static inline uint64_t nearkeys_make(int distance, int32_t margin,
                                     uint32_t rank)
{
    return (uint64_t)distance << 56 | (uint64_t)(uint32_t)margin << 32 | rank;
}

static inline int nearkeys_distance(uint64_t key)
{
    return (int)(key >> 56);
}

static inline int32_t nearkeys_margin(uint64_t key)
{
    return (int32_t)(key >> 32 & (NEARKEYS_MARGINS - 1));
}

static inline uint32_t nearkeys_rank(uint64_t key)
{
    return (uint32_t)key;
}

/*
 * The `first` smallest of n keys come to the front, ascending; the others lie
 * behind them in no order. first >= n: all are sorted. Keys are spread over
 * bins by their value, and each bin likewise (a radix sort from the top, its
 * digits cut to the keys' own span), so O(n) whatever their order was. Keys
 * that come by growing distance save a step. n < 2^32.
 */
void nearkeys_sort(uint64_t *keys, size_t n, size_t first);

#endif
