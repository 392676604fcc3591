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

typedef void hamming_kernel_fn(uint8_t *distances, const uint64_t *codes,
                               size_t n, uint64_t query, uint64_t mask);

struct hamming_kernel {
    unsigned needs;   /* of the processor, base/cpu.h */
    const char *name; /* static: "avx512", "popcnt", "portable" */
    hamming_kernel_fn *scan;
};

/* Kernel number i that this processor has, best first, or NULL. The first is
 * what hamming_scan() uses. */
const struct hamming_kernel *hamming_at(int i);

#endif
