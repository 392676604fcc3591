#ifndef BITGROVE_TAXONOMY_DOT_H
#define BITGROVE_TAXONOMY_DOT_H

/*
 * The tree as a directed graph for Graphviz: node nN for each node N of the
 * dendrogram, leaves in boxes with their names, inner nodes labelled with
 * size and height. Labels are escaped (base/utf8.h), then for DOT's quotes.
 * Any thread.
 */

#include "base/str.h"
#include "taxonomy/dendro.h"

/* names: (leaves), entries or all NULL: the class number. */
void dot_write(struct str *out, const struct dendro *d,
               const char *const *names);

#endif
