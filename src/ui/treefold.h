#ifndef BITGROVE_UI_TREEFOLD_H
#define BITGROVE_UI_TREEFOLD_H

/*
 * Which nodes of a tree are unfolded, and the rows that gives. What is open
 * is remembered by address (taxonomy/dendro.h), so that it lasts when every
 * epoch brings a new tree. Until somebody folds or unfolds, the largest nodes
 * are opened until the rows fill the screen. A filter leaves out what lies
 * above no leaf that was asked for. Pure logic, no drawing.
 */

#include <stdbool.h>
#include <stdint.h>

#include "taxonomy/dendro.h"

struct treefold_entry {
    uint64_t key;
    uint32_t lowest, size;
};

struct treefold {
    bool *open;   /* (nodes of the tree); owned */
    bool *hidden; /* (nodes) by the filter; owned, NULL without one */
    uint32_t count;
    uint32_t *rows; /* nodes that are seen, from top to bottom; owned */
    int row_count;
    struct treefold_entry *kept; /* the open ones; owned */
    int kept_count, kept_room;
    bool touched;
};

void treefold_release(struct treefold *fold);

/* A tree came: opens again what was open, or enough to fill `rows`. */
void treefold_place(struct treefold *fold, const struct dendro *d, int rows);

/* Opens or folds a node, or it and all below it. */
void treefold_set(struct treefold *fold, const struct dendro *d, uint32_t node,
                  bool open);
void treefold_set_below(struct treefold *fold, const struct dendro *d,
                        uint32_t node, bool open);

/* Opens every inner node less than `level` edges below the root, and folds the
 * others: the classes are cut into at most 2^level groups. */
void treefold_level(struct treefold *fold, const struct dendro *d, int level);

/*
 * Shows only leaves with wanted[leaf], and what is above them, all of it open.
 * What is folded from then on is not remembered: treefold_place() shows
 * everything again as it was. Returns how many leaves are shown; none has no
 * row at all.
 */
uint32_t treefold_filter(struct treefold *fold, const struct dendro *d,
                         const bool *wanted);

/* True if a node comes after this one below its parent. */
bool treefold_more(const struct treefold *fold, const struct dendro *d,
                   uint32_t node);

/* Opens everything above a node, so that it has a row. */
void treefold_reveal(struct treefold *fold, const struct dendro *d,
                     uint32_t node);

/* The row of a node, or of the folded node it is hidden under; -1 when the
 * filter leaves it out. */
int treefold_row(const struct treefold *fold, const struct dendro *d,
                 uint32_t node);

#endif
