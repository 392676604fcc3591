#ifndef BITGROVE_UI_GLYPH_H
#define BITGROVE_UI_GLYPH_H

/*
 * The characters that lines, cells and marks are drawn with: one set for
 * UTF-8 locales, one of plain ASCII for all others. Each is one column wide.
 * Static tables; any thread.
 */

#include <stdbool.h>
#include <stdint.h>

struct glyphs {
    bool ascii;
    uint32_t horizontal, vertical;     /* rules between panes */
    uint32_t open, closed, leaf;       /* a tree's node: unfolded, folded */
    uint32_t branch, last, stem, dash; /* the lines of a tree */
    uint32_t on, off, free;            /* bits of a code: 1, 0, any */
    uint32_t on_differs, off_differs;  /* 1 and 0 where another has not */
    uint32_t mixed;                    /* some have it, some not */
    uint32_t right, wrong;             /* how an image was decoded */
    uint32_t down;
    const char *dot;       /* " · " between facts */
    const char *dash_text; /* a missing value */
    uint32_t spark[9];     /* from nothing to full height */
    uint32_t bar[9];       /* from nothing to full width */
};

const struct glyphs *glyphs_for(bool ascii);

/* True unless the locale's character set is UTF-8. */
bool glyphs_locale_is_ascii(void);

#endif
