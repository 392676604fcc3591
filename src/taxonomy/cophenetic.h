#ifndef BITGROVE_TAXONOMY_COPHENETIC_H
#define BITGROVE_TAXONOMY_COPHENETIC_H

/*
 * Cophenetic correlation (Sokal and Rohlf, "The comparison of dendrograms by
 * objective methods", Taxon 11(2), 1962): Pearson's correlation, over all
 * pairs of leaves, of the height at which they meet in the tree with another
 * distance between them. -1..1; 1 when the tree tells that distance exactly,
 * up to scale. O(L^2). Any thread.
 */

#include <stddef.h>

#include "taxonomy/dendro.h"

struct cophenetic {
    double value; /* 0 when it has no meaning: fewer than two pairs, or one
                     side the same for all of them */
    size_t pairs;
};

/*
 * Against the reference hierarchy: the distance of two leaves is the number
 * of path components on the way from one to the other,
 * depth(a) + depth(b) - 2 depth(common): latin/upper and latin/lower are 2
 * apart, latin/upper and digit 3. Pairs with an unknown path (NULL or "") are
 * passed over.
 */
struct cophenetic cophenetic_reference(const struct dendro *d,
                                       const char *const *paths);

/* Against the Hamming distances it was made from: how faithful the tree is. */
struct cophenetic cophenetic_codes(const struct dendro *d,
                                   const uint64_t *codes);

#endif
