#ifndef BITGROVE_TAXONOMY_PURITY_H
#define BITGROVE_TAXONOMY_PURITY_H

/*
 * Dendrogram purity (Heller and Ghahramani, "Bayesian hierarchical
 * clustering", ICML 2005, section 4): draw two different leaves of the same
 * reference class at random; the purity of the smallest subtree that holds
 * both is the part of its leaves that are of that reference class; take the
 * mean. Exact, over all such pairs:
 *
 *     1/|P| * sum over (a,b) in P of  |{c under lca(a,b): ref c = ref a}|
 *                                     / |leaves under lca(a,b)|
 *
 * 1 when every reference class is a subtree of its own. Two readings of ours:
 * leaves without a reference path are passed over, in pairs and in sizes; and
 * nodes that meet at one and the same height count as one node, so lca(a, b)
 * is the topmost ancestor at the height where a and b meet: a binary tree
 * must put equals into some order, and that order must not earn anything.
 * O(L G) for G reference classes. Any thread.
 */

#include <stddef.h>

#include "taxonomy/dendro.h"

struct purity {
    double value;  /* 0..1; 0 when pairs is 0 */
    size_t pairs;  /* |P|: 0 means that there is nothing to measure */
    size_t leaves; /* leaves with a reference path */
    size_t groups; /* different reference paths */
};

/* paths: (leaves), entries NULL or "" when unknown; equal text, same class. */
struct purity purity_dendrogram(const struct dendro *d,
                                const char *const *paths);

#endif
