#ifndef BITGROVE_CODES_HAMMING_H
#define BITGROVE_CODES_HAMMING_H

/*
 * Hamming distances of one code against many: the scan under every neighbour
 * answer. There is one kernel for each instruction set, a file each; the
 * dispatcher picks the widest that this processor has. All kernels give the
 * same bytes; a test runs every one of them. Any thread.
 */

#include <stdbool.h>
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
    const char *name; /* static: "portable", "popcnt", "avx512" */
    hamming_kernel_fn *scan;
    bool runs; /* this processor has what it needs */
};

/* How many kernels are built in, and each of them, narrowest first. */
size_t hamming_kernels(void);
struct hamming_kernel hamming_kernel(size_t index);

/* The name of the kernel that hamming_scan() uses here. */
const char *hamming_name(void);

#endif
