#ifndef BITGROVE_TAXONOMY_LINKAGE_H
#define BITGROVE_TAXONOMY_LINKAGE_H

/*
 * Agglomerative clustering of class codes under Hamming distance, by the
 * nearest-neighbour chain: about 3n scans of the clusters there are, O(n^2)
 * time, and no matrix of distances. Average and Ward's linkage keep bit sums,
 * about 200 n bytes in all; single and complete linkage n^2/8 bytes at most: 60 MB
 * for 22,000 classes.
 *   Murtagh, "A survey of recent advances in hierarchical clustering
 *     algorithms", The Computer Journal 26(4), 1983: the chain.
 *   Muellner, "Modern hierarchical, agglomerative clustering algorithms",
 *     arXiv 1109.2378, 2011, figure 4: its generic form, sorted at the end.
 *   Lance and Williams, The Computer Journal 9(4), 1967: the updates.
 *   Ward, JASA 58, 1963; Murtagh and Legendre, J. Classification 31, 2014.
 *
 * Height of a merge of clusters A and B, h the Hamming distance of codes:
 *   single    min h(a, b)
 *   complete  max h(a, b)
 *   average   mean h(a, b) over all pairs (UPGMA)
 *   ward      twice the rise of the sum of squared deviations,
 *             2 |A||B| / (|A|+|B|) * |centre A - centre B|^2, the codes taken
 *             as points of {0,1}^k. Two single classes meet at their Hamming
 *             distance; it is the square of the height that scipy gives for
 *             Euclidean distances.
 * All four are reducible, so the chain finds the tree that always merging the
 * nearest pair finds, where that tree is unique.
 *
 * Arithmetic is exact. What Lance and Williams update is known as integers
 * (minimum, maximum, sum over pairs), and heights are compared as fractions,
 * so equal means equal and rounding decides nothing.
 *
 * Ties. A cluster is known by its smallest class. Each chain starts at the
 * smallest class not yet merged away; among equally near clusters the chain
 * goes back to where it came from, else to the one with the smallest class.
 * Merges are given by height; equal heights in the order the chain made them.
 * So the tree is a function of the codes and their order. Without ties, it
 * does not depend on the order. Any thread.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum linkage {
    LINKAGE_AVERAGE, /* the default */
    LINKAGE_SINGLE,
    LINKAGE_COMPLETE,
    LINKAGE_WARD,
    LINKAGE_COUNT
};

/* "average", "single", "complete", "ward". Static. */
const char *linkage_name(enum linkage linkage);

/* ERR_BAD_INPUT lists the names there are. */
MUST_USE enum status linkage_parse(enum linkage *out, const char *name,
                                   struct err *err);

/* The bit sums of a cluster are 16 bits wide. */
#define LINKAGE_CLASSES_MAX 32767

/*
 * For who waits: going() is told every few milliseconds how many of `total`
 * merges are made, by the calling thread, and says false to give up.
 */
struct linkage_watch {
    bool (*going)(void *ctx, uint32_t done, uint32_t total);
    void *ctx;
};

/*
 * Merge m (from 0) makes cluster n + m from two earlier ones; clusters below
 * n are single classes. left holds the smaller class of the two clusters'
 * smallest. Heights never fall from one merge to the next.
 */
struct linkage_merge {
    uint32_t left, right;
    uint32_t size; /* classes in it, >= 2 */
    double height;
};

/*
 * Writes n - 1 merges (none for n < 2). watch may be NULL. ERR_BAD_INPUT when
 * n is above LINKAGE_CLASSES_MAX; ERR_NOMEM; ERR_CANCELLED.
 */
MUST_USE enum status linkage_run(struct linkage_merge *merges,
                                 const uint64_t *codes, uint32_t n,
                                 enum linkage linkage,
                                 const struct linkage_watch *watch,
                                 struct err *err);

#endif
