#ifndef BITGROVE_TAXONOMY_DENDRO_H
#define BITGROVE_TAXONOMY_DENDRO_H

/*
 * The dendrogram: a rooted binary tree over L classes.
 *
 *     node   0 ... L-1   L ... 2L-2
 *            leaves,     inner nodes in order of height; 2L-2 is the root
 *            = classes
 *
 * Invariants: a child comes before its parent in the array; left is the child
 * that holds the smaller smallest class, so the layout is a function of the
 * tree alone; the leaves under a node are `size` consecutive entries of
 * order[], from `first` on, its left part before its right. Height of a leaf
 * is 0, and no node is lower than its children. L = 0 has no node, L = 1 a
 * root that is a leaf. Nothing changes after building: any thread may read.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "taxonomy/linkage.h"

#define DENDRO_NONE UINT32_MAX

struct dendro_node {
    uint32_t parent;      /* DENDRO_NONE at the root */
    uint32_t left, right; /* DENDRO_NONE at a leaf */
    uint32_t size;        /* leaves under it, 1 at a leaf */
    uint32_t lowest;      /* the smallest class under it */
    uint32_t first;       /* where its leaves begin in order[] */
    uint32_t depth;       /* edges to the root */
    double height;        /* in bits of Hamming distance (taxonomy/linkage.h) */
    uint64_t key;         /* its address, see dendro_find() */
};

struct dendro {
    uint32_t leaves;          /* L */
    uint32_t count;           /* nodes: 2L - 1, or 0 */
    struct dendro_node *node; /* (count), owned */
    uint32_t *order;          /* (L) classes from top to bottom, owned */
};

#define DENDRO_INIT      \
    {                    \
        0, 0, NULL, NULL \
    }

/* Clusters codes (L) and builds the tree. Errors of linkage_run(). */
MUST_USE enum status dendro_build(struct dendro *out, const uint64_t *codes,
                                  uint32_t leaves, enum linkage linkage,
                                  const struct linkage_watch *watch,
                                  struct err *err);

/*
 * From leaves - 1 merges, made here or read back from the catalogue. Only
 * left, right and height of a merge are read. ERR_BAD_INPUT when they are no
 * tree: a cluster used twice or before it is made, a height that is not a
 * number or below a child's (names the merge, from 0).
 */
MUST_USE enum status dendro_from_merges(struct dendro *out,
                                        const struct linkage_merge *merges,
                                        uint32_t leaves, struct err *err);

/* Frees and makes it empty; safe on DENDRO_INIT and twice. */
void dendro_release(struct dendro *d);

/* The root, or DENDRO_NONE when L = 0. */
static inline uint32_t dendro_root(const struct dendro *d)
{
    return d->count ? d->count - 1 : DENDRO_NONE;
}

static inline bool dendro_is_leaf(const struct dendro *d, uint32_t node)
{
    return node < d->leaves;
}

/* The classes under a node, in layout order: node[].size of them; borrowed. */
static inline const uint32_t *dendro_leaves(const struct dendro *d,
                                            uint32_t node)
{
    return d->order + d->node[node].first;
}

/* True if `node` is `above` or lies under it. */
static inline bool dendro_under(const struct dendro *d, uint32_t node,
                                uint32_t above)
{
    return d->node[node].first - d->node[above].first < d->node[above].size &&
           d->node[node].size <= d->node[above].size;
}

/* The lowest node that two nodes are both under: where they meet. */
uint32_t dendro_meet(const struct dendro *d, uint32_t a, uint32_t b);

/*
 * The nodes from `top` down, each before its children, left before right:
 * what follows `node`, or DENDRO_NONE after the last. The children of a node
 * that is not open are passed over. Start with top itself.
 */
uint32_t dendro_next(const struct dendro *d, uint32_t top, uint32_t node,
                     bool open);

/*
 * Addresses. Node numbers change with every tree; `key` is a hash of the set
 * of classes under the node, so a node that survives from one epoch to the
 * next keeps its key, whatever became of the rest. 64 bits: a clash among the
 * nodes of a tree of 1000 classes has odds of about 1e-13.
 *
 * dendro_find() gives the node with that key, or DENDRO_NONE. dendro_place()
 * never gives up: failing the key, it gives the node above class `lowest`
 * whose size is nearest `size` (the smaller of two), which is where a cursor
 * or a fold should go when its node is gone; DENDRO_NONE only when the class
 * does not exist.
 */
uint32_t dendro_find(const struct dendro *d, uint64_t key);
uint32_t dendro_place(const struct dendro *d, uint64_t key, uint32_t lowest,
                      uint32_t size);

/*
 * Appends a height with at most `decimals` places (0..9), none that are zero
 * at the end, and a point in every locale.
 */
void dendro_height_text(struct str *out, double height, int decimals);

#endif
