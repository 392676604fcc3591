#ifndef BITGROVE_TAXONOMY_SHUFFLED_H
#define BITGROVE_TAXONOMY_SHUFFLED_H

/*
 * What agreement with the reference is worth: the purity and the cophenetic
 * correlation of a tree that knows nothing. It has the shape and the heights
 * of the tree at hand, and its leaves are shuffled; the mean of several, from
 * a fixed seed. Any thread.
 */

#include <stdint.h>

#include "taxonomy/dendro.h"

#define SHUFFLED_SEED 1

struct shuffled {
    double purity, cophenetic; /* means */
    int trees;
};

/* paths: (leaves), as in purity.h. 20 trees, or 3 of more than 4096 leaves,
 * whose correlation takes long. */
struct shuffled shuffled_reference(const struct dendro *d,
                                   const char *const *paths);

#endif
