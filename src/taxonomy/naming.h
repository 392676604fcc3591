#ifndef BITGROVE_TAXONOMY_NAMING_H
#define BITGROVE_TAXONOMY_NAMING_H

/*
 * A label for an inner node, from the reference paths of its classes
 * ("latin/upper") and a few of their names:
 *
 *     latin/upper 18 of 24: A, K, X, …
 *
 * The path is the longest one, whole components counted ("latin" stands above
 * "latin/upper"), that more than half of the node's classes lie under; ties
 * go to the path met first in layout order. "18 of 24" are the classes under
 * that path among all classes of the node, left out when it is all of them.
 * When no path has a majority, the two commonest full paths are named:
 *
 *     digit 5, greek/lower 4 of 12: 0, 3, …
 *
 * Without paths, names alone. The example names are spread evenly over the
 * node's classes under that path (over all when there are two paths), in
 * layout order; "…" follows when there are more.
 *
 * Names and paths are borrowed and may be NULL or hold anything; the label
 * holds them raw: escape it (base/utf8.h) before it is shown. Any thread.
 */

#include <stdbool.h>

#include "base/str.h"
#include "taxonomy/dendro.h"

/* What leaves are called: arrays (leaves), NULL in whole or in part. */
struct naming {
    const char *const *names;
    const char *const *paths; /* reference paths */
    bool ascii;               /* "..." for "…" */
};

/*
 * Appends the label of a node; of a leaf, its name, or "class 7" when it has
 * none. examples: how many names at most, 0 for the path alone.
 */
void naming_label(struct str *out, const struct dendro *d,
                  const struct naming *naming, uint32_t node, int examples);

#endif
