#ifndef BITGROVE_UI_TREEWALK_H
#define BITGROVE_UI_TREEWALK_H

/*
 * A cursor on a tree that folds: the rows there are, the one it stands on, and
 * what the keys for moving and folding do. The cursor is remembered by
 * address, so that it finds its place when every epoch brings a new tree.
 * Pure logic, no drawing.
 */

#include "ui/list.h"
#include "ui/target.h"
#include "ui/treefold.h"

struct treewalk {
    struct treefold fold;
    struct list list;     /* over fold.rows */
    struct target cursor; /* a node; TARGET_NONE before the first */
    int shift;            /* columns scrolled to the left */
    int rows;             /* there is room for, or 0 before it is known */
};

void treewalk_release(struct treewalk *walk);

/* The node under the cursor, DENDRO_NONE when nothing is shown. */
uint32_t treewalk_node(const struct treewalk *walk);

/* The address of a node. */
struct target treewalk_address(const struct dendro *d, uint32_t node);

/* Puts the cursor on a node, or on the folded one that hides it. */
void treewalk_go(struct treewalk *walk, const struct dendro *d, uint32_t node);

/* The same, and unfolds what hides it. */
void treewalk_reveal(struct treewalk *walk, const struct dendro *d,
                     uint32_t node);

/* A tree came: puts the cursor where it was, on the root before the first.
 * wanted: the filter, see treefold_filter(), or NULL. */
void treewalk_place(struct treewalk *walk, const struct dendro *d,
                    const bool *wanted);

/* The pane has so many rows: until somebody folds, they are filled. */
void treewalk_fit(struct treewalk *walk, const struct dendro *d, int rows);

/* Folds the node under the cursor if it is unfolded, and the other way. */
void treewalk_toggle(struct treewalk *walk, const struct dendro *d);

/* Moves or folds; false if the action is neither. */
bool treewalk_act(struct treewalk *walk, const struct dendro *d,
                  enum action action, int key);

#endif
