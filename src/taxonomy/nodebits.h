#ifndef BITGROVE_TAXONOMY_NODEBITS_H
#define BITGROVE_TAXONOMY_NODEBITS_H

/*
 * Bits on the tree: of the classes under each node, how many have bit i set.
 * What the explorer colours nodes by, and where the tree changes side.
 * Nothing changes after building: any thread may read.
 */

#include <stdint.h>

#include "base/err.h"
#include "taxonomy/dendro.h"

struct nodebits {
    int bits; /* k */
    uint32_t
        *counts; /* (nodes, k) row-major: classes with the bit set; owned */
};

#define NODEBITS_INIT \
    {                 \
        0, NULL       \
    }

/* codes: (leaves). ERR_NOMEM. O(nodes k). */
MUST_USE enum status nodebits_build(struct nodebits *out,
                                    const struct dendro *d,
                                    const uint64_t *codes, int bits,
                                    struct err *err);

void nodebits_release(struct nodebits *nb); /* safe on NODEBITS_INIT */

/* Classes under the node with the bit set, 0..size. */
static inline uint32_t nodebits_set(const struct nodebits *nb, uint32_t node,
                                    int bit)
{
    return nb->counts[(size_t)node * (size_t)nb->bits + (size_t)bit];
}

/* The part of the node's classes with the bit set, 0..1. */
double nodebits_share(const struct nodebits *nb, const struct dendro *d,
                      uint32_t node, int bit);

/*
 * The bit that tells the two children of an inner node apart best, by
 * |share(left) - share(right)|, the lower one of two equals; -1 at a leaf or when no bit differs between the children.
 */
int nodebits_splitter(const struct nodebits *nb, const struct dendro *d,
                      uint32_t node);

/*
 * The inner node where a bit changes side: the one whose split explains most
 * of the bit's variance over the classes, nl nr / (nl + nr) * separation^2;
 * of equals the highest. DENDRO_NONE when the bit is the same in all classes.
 */
uint32_t nodebits_turn(const struct nodebits *nb, const struct dendro *d,
                       int bit);

#endif
