#ifndef BITGROVE_TAXONOMY_DENDROSVG_H
#define BITGROVE_TAXONOMY_DENDROSVG_H

/*
 * The tree as a picture that needs nothing else: SVG, root at the left, a row
 * of 16 pixels for each class, so that 1000 classes are a page to scroll.
 *
 *     height 8   6   4   2   0   0 1 2 3 4 5   bit
 *         ┌──────②───────────────■ · ■ · · ■   three
 *     ────⑤      └───────────────■ · · · · ■   eight
 *         └──────────────────────· ■ · ■ ■ ·   one
 *
 * A split has the number and the colour (codes/bithue.h) of the bit that tells
 * its two sides apart best; the dot is full when the bit is set in all classes
 * of one side and in none of the other, else a ring. Pointed at, a split says
 * what it divides, as long as the viewer shows titles. Light or dark follows
 * the viewer's preference. Names are escaped (base/markup.h). No scripts, no
 * fonts, nothing fetched. Any thread.
 */

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"
#include "taxonomy/dendro.h"
#include "taxonomy/naming.h"

struct dendrosvg {
    const char *title;       /* what it is a tree of */
    const char *description; /* a sentence for those who can't see it */
    struct naming naming;    /* of the leaves; names may be NULL */
    const uint64_t *codes;   /* (leaves), or NULL: no bits are drawn */
    int bits;
    const char *const *captions; /* (bits), NULL where none; or NULL */
    uint32_t rows;  /* at most so many, 2 at least: the lowest clusters are
                      folded into wedges, and a cell of theirs is as full as
                      their classes have the bit; 0: a row a class */
    bool bare;      /* within a page that has dendrosvg_style() and a heading of
                       its own: no style, ground or title is drawn */
    const char *id; /* what its ids begin with; NULL: "dg" */
};

/*
 * Appends the picture, from <svg> to </svg>: a file of its own, or a part of a
 * page of HTML: at most one a page unless ids differ. ERR_NOMEM.
 */
MUST_USE enum status dendrosvg_write(struct str *out, const struct dendro *d,
                                     const struct dendrosvg *what,
                                     struct err *err);

/* Appends the rules of CSS that pictures with so many bits need; .dg-N is the
 * colour of bit N. */
void dendrosvg_style(struct str *out, int bits);

#endif
