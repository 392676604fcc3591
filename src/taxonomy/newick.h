#ifndef BITGROVE_TAXONOMY_NEWICK_H
#define BITGROVE_TAXONOMY_NEWICK_H

/*
 * The tree in Newick format (Olsen 1990, "Gary Olsen's interpretation of the
 * Newick's 8:45 tree format standard"): one line, ended by ";" and a newline.
 * A branch is as long as half the difference of the heights of its ends, so
 * the way from leaf to leaf is the height at which they meet.
 *
 * Labels are escaped (base/utf8.h), and stand in single quotes, inner quotes
 * doubled, unless they are made of letters, digits, '.', '-' and bytes above
 * 127 alone. (A bare '_' would be read as a blank.) Any thread.
 */

#include "base/str.h"
#include "taxonomy/dendro.h"

/* names: (leaves), entries or all NULL: the class number. L = 0 is ";". */
void newick_write(struct str *out, const struct dendro *d,
                  const char *const *names);

#endif
