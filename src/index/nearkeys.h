#ifndef BITGROVE_INDEX_NEARKEYS_H
#define BITGROVE_INDEX_NEARKEYS_H

/*
 * Keys of answers: one word that sorts as the answers do.
 *
 *     63..56 distance    55..32 margin distance    31..0 rank by id
 *
 * or, where margins do not count and codes have up to 24 bits,
 *
 *     63..56 distance    55..24 rank by id    23..0 code
 *
 * Pure functions over values. Any thread.
 */

#include <stddef.h>
#include <stdint.h>

#define NEARKEYS_MARGINS   (INT32_C(1) << 24) /* margin distances lie below */
#define NEARKEYS_CODE_BITS 24

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

static inline uint64_t nearkeys_coded(int distance, uint32_t rank,
                                      uint64_t code)
{
    return (uint64_t)distance << 56 | (uint64_t)rank << NEARKEYS_CODE_BITS |
           code;
}

static inline uint32_t nearkeys_coded_rank(uint64_t key)
{
    return (uint32_t)(key >> NEARKEYS_CODE_BITS);
}

static inline uint64_t nearkeys_code(uint64_t key)
{
    return key & ((UINT64_C(1) << NEARKEYS_CODE_BITS) - 1);
}

/*
 * The `first` smallest of n keys come to the front, ascending; what is behind
 * them is lost. first >= n: all are sorted. spare: (n) overwritten, apart from
 * keys. A radix sort from the top, its digits
 * as wide as the number of keys calls for, so O(n) whatever their order was.
 * n < 2^32.
 */
void nearkeys_sort(uint64_t *keys, uint64_t *spare, size_t n, size_t first);

/* The same of keys whose distances ascend: each distance by itself. */
void nearkeys_sort_runs(uint64_t *keys, uint64_t *spare, size_t n,
                        size_t first);

#endif
