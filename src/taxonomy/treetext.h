#ifndef BITGROVE_TAXONOMY_TREETEXT_H
#define BITGROVE_TAXONOMY_TREETEXT_H

/*
 * The tree drawn in lines of text, a node a line, left subtree first:
 *
 *     ┬ latin 3 of 4             + latin 3 of 4
 *     ├─┬ latin/upper            |-+ latin/upper
 *     │ ├── A                    | |-- A
 *     │ └── B                    | `-- B
 *     └─┬ ...                    `-+ ...
 *
 * The branch art of a line can be had apart from its label, so a caller can
 * colour or clip them; treetext_write() puts them together. Any thread.
 */

#include <stdbool.h>

#include "base/str.h"
#include "taxonomy/dendro.h"

/*
 * Appends the branch art of a node's line, with a blank at its end. `top` is
 * the node the drawing starts from (an ancestor of node, or node itself);
 * `open` says whether children follow.
 */
void treetext_branch(struct str *out, const struct dendro *d, uint32_t top,
                     uint32_t node, bool open, bool ascii);

/*
 * Appends the drawing from `top` down, each line ended by a newline. Nodes
 * `depth` or more edges below top are not opened (depth < 0: all are). label
 * appends a node's text, without newline, fit for display; context is its
 * own.
 */
void treetext_write(struct str *out, const struct dendro *d, uint32_t top,
                    int depth, bool ascii,
                    void (*label)(struct str *out, const struct dendro *d,
                                  uint32_t node, void *context),
                    void *context);

#endif
