#ifndef BITGROVE_UI_CODECELL_H
#define BITGROVE_UI_CODECELL_H

/*
 * Codes as rows of cells, bit 0 first, in groups of four. A 1 and a 0 differ
 * by glyph as well as by colour, and so do bits that are marked as differing.
 */

#include <stdint.h>

#include "ui/pane.h"

struct codecell {
    int bits;
    uint64_t code;
    uint64_t free; /* bits that may be either */
    uint64_t mark; /* bits to show as differing */
    int cursor;    /* the bit under the cursor, or -1 */
};

/* Columns that a code of so many bits takes. */
int codecell_width(int bits);

/* The column of a bit within the row. */
int codecell_column(int bit);

/* Draws one row; returns the column after it. */
int codecell_draw(struct pane pane, int row, int col,
                  const struct codecell *cells);

/* The same in rows of at most `cols` columns; returns the rows it took. */
int codecell_block(struct pane pane, int row, int col, int cols,
                   const struct codecell *cells);

#endif
