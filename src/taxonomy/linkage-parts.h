#ifndef BITGROVE_TAXONOMY_LINKAGE_PARTS_H
#define BITGROVE_TAXONOMY_LINKAGE_PARTS_H

/*
 * What linkage.c, which walks the chain, asks of the two files that know how
 * far clusters are apart. A cluster is named by its slot, the number of its
 * smallest class. Nobody else includes this.
 */

#include <stdbool.h>
#include <stdint.h>

#include "taxonomy/linkage.h"

__extension__ typedef unsigned __int128 linkage_wide;

/* A height as it is: num / den, den > 0, num < 2^64, den < 2^44. */
struct linkage_height {
    uint64_t num, den;
};

static inline bool linkage_less(struct linkage_height a,
                                struct linkage_height b)
{
    return (linkage_wide)a.num * b.den < (linkage_wide)b.num * a.den;
}

struct linkage_ops {
    /* n >= 2 single classes; codes are borrowed. NULL: no memory. */
    void *(*start)(const uint64_t *codes, uint32_t n, enum linkage linkage);

    /*
     * The cluster nearest to `a`: `back`, where the chain came from (n if it
     * starts here), unless another is strictly nearer; of several, the one in
     * the smallest slot. There is another cluster than `a`.
     */
    uint32_t (*nearest)(void *state, uint32_t a, uint32_t back);

    struct linkage_height (*height)(void *state, uint32_t a, uint32_t b);

    /* Slot high goes into slot low. False: no memory. */
    bool (*merge)(void *state, uint32_t low, uint32_t high);

    void (*end)(void *state);
};

extern const struct linkage_ops linkage_sums;  /* average, Ward */
extern const struct linkage_ops linkage_reach; /* single, complete */

#endif
