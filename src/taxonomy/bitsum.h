#ifndef BITGROVE_TAXONOMY_BITSUM_H
#define BITGROVE_TAXONOMY_BITSUM_H

/*
 * Products of one cluster's bit sums with those of many: the scan under
 * average and Ward's linkage. There is one kernel for each instruction set, a
 * file each; the dispatcher picks the widest that this processor has. All give
 * the same numbers; a test runs every one of them. Any thread.
 *
 * The sums of BITSUM_LANES clusters stand together, two bits at a time, so
 * that a kernel multiplies all of them at once and never adds across lanes:
 *
 *     block b, pair p, lane l:   sums[((b * pairs + p) * LANES + l) * 2 + bit]
 *
 * A sum is 0..32767. Dots wrap at 32 bits: who has larger ones adds them up
 * again, with bitsum_dot().
 */

#include <stddef.h>
#include <stdint.h>

#define BITSUM_LANES 16u

/* Where bit i of cluster `place` stands. */
static inline size_t bitsum_at(uint32_t place, uint32_t pairs, uint32_t bit)
{
    return ((size_t)(place / BITSUM_LANES * pairs + bit / 2) * BITSUM_LANES +
            place % BITSUM_LANES) *
               2 +
           bit % 2;
}

/*
 * dots[place] = sum over the bits of sums[place] * query, for the places of
 * `blocks` blocks. Overwrites dots. sums: 64-byte aligned; query: (2 * pairs).
 */
void bitsum_dots(int32_t *dots, const int16_t *sums, uint32_t blocks,
                 uint32_t pairs, const int16_t *query);

/* The same for one place, exactly. */
int64_t bitsum_dot(const int16_t *sums, uint32_t place, uint32_t pairs,
                   const int16_t *query);

typedef void bitsum_kernel_fn(int32_t *dots, const int16_t *sums,
                              uint32_t blocks, uint32_t pairs,
                              const int16_t *query);

struct bitsum_kernel {
    unsigned needs;   /* of the processor, base/cpu.h */
    const char *name; /* static: "avx512", "avx2", "portable" */
    bitsum_kernel_fn *dots;
};

/* Kernel number i that this processor has, best first, or NULL. The first is
 * what bitsum_dots() uses. */
const struct bitsum_kernel *bitsum_kernel(int i);

#endif
