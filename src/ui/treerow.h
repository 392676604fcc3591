#ifndef BITGROVE_UI_TREEROW_H
#define BITGROVE_UI_TREEROW_H

/* One row of the tree: lines, fold mark, side of a bit, label, columns. */

#include "ui/app.h"
#include "ui/treefold.h"
#include "ui/treegroup.h"

/* How all rows of a tree are drawn. */
struct treerow {
    const struct treefold *fold;
    int shift;                      /* columns scrolled to the left */
    int bit;                        /* coloured by, or -1 */
    const struct treegroup *groups; /* coloured by, or NULL */
    const struct finder *filter;    /* what is shown of it, or NULL */
};

/* Columns that the lines in front of a node's label take. */
int treerow_indent(const struct dendro *d, uint32_t node);

/* The lines that join a node to what is above it, and its fold mark; returns
 * the column of its label. */
int treerow_lines(struct pane pane, int row, const struct dendro *d,
                  const struct treefold *fold, uint32_t node, int shift);

/* The columns to scroll by so that a node's label has room, given those it was
 * scrolled by. */
int treerow_shift(const struct dendro *d, uint32_t node, int shift, int cols);

/* The colour of a group of the reference hierarchy. */
enum role treerow_group_role(int group);

void treerow_heading(const struct app *app, struct pane pane, int row,
                     const struct treerow *how);
void treerow_draw(const struct app *app, struct pane pane, int row,
                  uint32_t node, const struct treerow *how);

#endif
