#ifndef BITGROVE_CODES_HAMMING_H
#define BITGROVE_CODES_HAMMING_H

/*
 * Hamming distances of one code against many: the scan under every neighbour
 * answer. There is one kernel for each instruction set, a file each; the
 * dispatcher picks the widest that this processor has. All kernels give the
 * same bytes; a test runs every one of them. Any thread.
 */

#include <stddef.h>
#include <stdint.h>

/*
 * distances[i] = popcount((codes[i] ^ query) & mask), i in 0..n-1. Overwrites
 * distances. codes need no alignment beyond their own; no overlap.
 */
void hamming_scan(uint8_t *distances, const uint64_t *codes, size_t n,
                  uint64_t query, uint64_t mask);

/*
 * The codes within a distance: writes the positions i, ascending, of those
 * with popcount((codes[i] ^ query) & mask) <= limit, and their distances;
 * returns how many. places and distances have room for n; what lies behind the
 * count is left as it was. n < 2^32. limit < 0 finds nothing. No overlap.
 */
size_t hamming_select(uint32_t *places, uint8_t *distances,
                      const uint64_t *codes, size_t n, uint64_t query,
                      uint64_t mask, int limit);

/*
 * Adds to histogram[d] the number of codes at distance d, d in 0..64, what
 * hamming_scan() would tell, without writing the distances down.
 */
void hamming_count(size_t *histogram, const uint64_t *codes, size_t n,
                   uint64_t query, uint64_t mask);

typedef void hamming_kernel_fn(uint8_t *distances, const uint64_t *codes,
                               size_t n, uint64_t query, uint64_t mask);

typedef size_t hamming_select_fn(uint32_t *places, uint8_t *distances,
                                 const uint64_t *codes, size_t n,
                                 uint64_t query, uint64_t mask, int limit);

struct hamming_kernel {
    unsigned needs; /* of the processor, base/cpu.h */
    const char
        *name; /* static: "avx512", "avx2", "popcnt", "neon", "portable" */
    hamming_kernel_fn *scan;
    hamming_select_fn *select;
};

/* Kernel number i that this processor has, best first, or NULL. The first is
 * what hamming_scan() and hamming_select() use. */
const struct hamming_kernel *hamming_at(int i);

#endif
