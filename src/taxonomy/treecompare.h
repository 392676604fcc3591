#ifndef BITGROVE_TAXONOMY_TREECOMPARE_H
#define BITGROVE_TAXONOMY_TREECOMPARE_H

/*
 * How two trees over the same classes differ, as a whole and class by class.
 * Classes that only one of them has are passed over, and nodes that meet at
 * one and the same height count as one node, as in purity.h: a binary tree
 * must put equals into some order, and that order must not count.
 *
 * Robinson-Foulds: a group is the set of classes under a node, at least two
 * and not all of them. The groups that only one of the trees has, over the
 * groups of both:
 *   Robinson and Foulds, "Comparison of phylogenetic trees", Mathematical
 *     Biosciences 53, 1981, in its form for rooted trees;
 *   Day, "Optimal algorithms for comparing trees with labeled leaves",
 *     Journal of Classification 2, 1985: numbered from top to bottom of one
 *     tree, its groups are intervals, and so is a group of the other exactly
 *     if its numbers have no gap.
 * It says whether anything at all is the same; one class that wanders far
 * breaks every group on its way. So beside it:
 *
 * Moved: for one class, the part of the pairs of other classes that join it
 * in another order (the first first, the second first, or both at once). In
 * trees without equal heights these are the triples with that class that are
 * resolved differently, and the mean over the classes is the triples
 * distance:
 *   Critchlow, Pearl and Qian, "The triples distance for rooted bifurcating
 *     phylogenetic trees", Systematic Biology 45(3), 1996.
 * Two trees that have nothing to do with each other come to about 2/3.
 *
 * Any thread. O(L^2 log L) in all.
 */

#include "taxonomy/dendro.h"

struct treecompare {
    uint32_t common;             /* classes that both have */
    uint32_t groups_a, groups_b; /* sets of classes, each counted once */
    uint32_t shared;             /* of these, in both */
    double robinson_foulds;      /* 0..1; 0 when there are no groups */
    double moved;                /* the mean of class_moved, 0..1 */
    double *class_moved;   /* (leaves of a) 0..1, NAN where b lacks it; owned */
    bool *same_a, *same_b; /* (nodes) the other has this group, or it is one
                              class that both have, or all of them; owned */
};

/*
 * to_b: (leaves of a) the same class in b, or DENDRO_NONE; no class twice.
 * watch may be NULL; its going() counts classes. ERR_CANCELLED.
 */
MUST_USE enum status
treecompare_run(struct treecompare *out, const struct dendro *a,
                const struct dendro *b, const uint32_t *to_b,
                const struct linkage_watch *watch, struct err *err);

void treecompare_release(struct treecompare *compare); /* safe when zeroed */

/*
 * The node of b whose classes are most like those of a node of a: the largest
 * |A and B| / |A or B| (Jaccard), which goes to *overlap; of equals the
 * smallest. DENDRO_NONE when they share no class. O(nodes of b).
 */
uint32_t treecompare_match(const struct dendro *a, const struct dendro *b,
                           const uint32_t *to_b, uint32_t node,
                           double *overlap);

#endif
