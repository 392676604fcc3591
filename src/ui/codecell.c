#include <config.h>

#include "ui/codecell.h"

int codecell_column(int bit)
{
    return bit + bit / 4;
}

int codecell_width(int bits)
{
    return bits > 0 ? codecell_column(bits - 1) + 1 : 0;
}

static void draw_bit(struct pane pane, int row, int col,
                     const struct codecell *cells, int bit)
{
    const struct glyphs *g = pane.look->glyphs;
    uint64_t mask = UINT64_C(1) << bit;
    bool on = cells->code & mask;
    enum role role = on ? ROLE_BIT_ON : ROLE_BIT_OFF;
    uint32_t glyph = on ? g->on : g->off;

    if (cells->free & mask) {
        role = ROLE_BIT_FREE;
        glyph = g->free;
    } else if (cells->mark & mask) {
        role = ROLE_BIT_DIFFERS;
        glyph = on ? g->on_differs : g->off_differs;
    }
    pane_put(pane, row, col, role, glyph);
    if (bit == cells->cursor) {
        pane_over(pane, row, col, 1, ROLE_SELECTED);
        pane_cursor(pane, row, col);
    }
}

int codecell_draw(struct pane pane, int row, int col,
                  const struct codecell *cells)
{
    for (int bit = 0; bit < cells->bits; bit++)
        draw_bit(pane, row, col + codecell_column(bit), cells, bit);
    return col + codecell_width(cells->bits);
}

int codecell_block(struct pane pane, int row, int col, int cols,
                   const struct codecell *cells)
{
    int groups = (cols + 1) / 5 > 0 ? (cols + 1) / 5 : 1;
    int a_row = groups * 4;

    for (int bit = 0; bit < cells->bits; bit++)
        draw_bit(pane, row + bit / a_row, col + codecell_column(bit % a_row),
                 cells, bit);
    return (cells->bits + a_row - 1) / a_row;
}
