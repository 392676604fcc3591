#ifndef BITGROVE_UI_TREEROW_H
#define BITGROVE_UI_TREEROW_H

/* One row of the tree: lines, fold mark, side of a bit, label, columns. */

#include "ui/app.h"
#include "ui/treefold.h"

struct treerow {
    uint32_t node;
    bool open;
    int shift; /* columns scrolled to the left */
    int bit;   /* coloured by, or -1 */
};

/* Columns that the lines in front of a node's label take. */
int treerow_indent(const struct dendro *d, uint32_t node);

void treerow_heading(const struct app *app, struct pane pane, int row, int bit);
void treerow_draw(const struct app *app, struct pane pane, int row,
                  const struct treerow *what);

#endif
