#include <config.h>

#include "ui/marginbars.h"

#include <stdio.h>
#include <stdlib.h>

#include "codes/code.h"

#define FULL      80 /* a quantised margin that fills its side; few are larger */
#define LEAD      4  /* columns before the bar: the number, its cell, a blank */
#define SIDE_MOST 10
#define SIDE_MIN  2
#define VALUE     6 /* columns of the value, its blank included */
#define GAP       2 /* between two columns of bars */

/* How a column of bars is divided. */
struct layout {
    int rows, across; /* bars in a column, and columns */
    int width, side;  /* of a column; of either side of the axis */
    bool value;
    int caption; /* columns of a caption, 0: none */
};

static bool captioned(const struct world *world)
{
    for (int bit = 0; world->captions.text && bit < world->captions.bits; bit++)
        if (world->captions.text[bit] && world->captions.text[bit][0])
            return true;
    return false;
}

static struct layout arrange(struct pane pane, const struct world *world,
                             int bits)
{
    struct layout l = {.rows = pane.rows};
    int most = (pane.cols + GAP) / (LEAD + 1 + 2 * SIDE_MIN + GAP), left;

    l.across = (bits + l.rows - 1) / l.rows;
    if (l.across > most)
        l.across = most;
    if (l.across < 1)
        return l;
    if (l.rows * l.across > bits)
        l.rows = (bits + l.across - 1) / l.across;
    l.width = (pane.cols + GAP) / l.across - GAP;
    l.value = l.width >= LEAD + 1 + 8 + VALUE;
    left = l.width - LEAD - 1 - (l.value ? VALUE : 0);
    if (captioned(world) && left >= 28)
        l.caption = left - 2 * 8 - 1;
    l.side = (left - (l.caption ? l.caption + 1 : 0)) / 2;
    if (l.side > SIDE_MOST)
        l.side = SIDE_MOST;
    return l;
}

/* Half blocks: the left side of the axis has no finer ones. */
static void draw_bar(struct pane pane, int row, int axis, int side, int margin,
                     enum role role)
{
    const struct glyphs *g = pane.look->glyphs;
    int size = abs(margin) > FULL ? FULL : abs(margin);
    int halves = (size * side * 2 + FULL / 2) / FULL;
    int by = margin > 0 ? 1 : -1;

    if (halves == 0 && margin != 0)
        halves = 1;
    pane_put(pane, row, axis, ROLE_RULE, g->vertical);
    for (int i = 0; 2 * i < halves; i++) {
        uint32_t half = g->ascii ? '-' : by > 0 ? 0x258c : 0x2590;

        pane_put(pane, row, axis + by * (i + 1), role,
                 2 * i + 1 < halves ? g->bar[8] : half);
    }
}

static void draw_bit(struct pane pane, const struct world *world,
                     const struct layout *l, int bit, int margin, bool differs)
{
    const struct glyphs *g = pane.look->glyphs;
    bool on = margin > 0;
    int axis = LEAD + l->side, col = axis + l->side + 1;

    pane_textf(pane, 0, 0, ROLE_DIM, "%2d", bit);
    pane_put(pane, 0, 2,
             differs ? ROLE_BIT_DIFFERS
             : on    ? ROLE_BIT_ON
                     : ROLE_BIT_OFF,
             differs ? on ? g->on_differs : g->off_differs
             : on    ? g->on
                     : g->off);
    draw_bar(pane, 0, axis, l->side, margin,
             differs ? ROLE_BIT_DIFFERS : ROLE_BAR);
    if (l->value)
        pane_textf(pane, 0, col, differs ? ROLE_BIT_DIFFERS : ROLE_NUMBER,
                   "%6.2f", margin * world->model->margin_scale);
    if (l->value)
        col += VALUE;
    if (l->caption && bit < world->captions.bits && world->captions.text[bit])
        pane_name(pane, 0, col + 1, l->caption, ROLE_TEXT,
                  world->captions.text[bit]);
}

/* The bits to draw: all, or the `room` of the smallest margins. */
static uint64_t chosen(const int8_t *margins, int bits, int room)
{
    uint64_t all = code_mask(bits);

    for (int left = bits; left > room; left--) {
        int surest = -1;

        for (int bit = 0; bit < bits; bit++)
            if (code_bit(all, bit) &&
                (surest < 0 || abs(margins[bit]) > abs(margins[surest])))
                surest = bit;
        all &= ~(UINT64_C(1) << surest);
    }
    return all;
}

void marginbars_draw(struct pane pane, const struct world *world,
                     const int8_t *margins, uint64_t differ)
{
    int bits = world->model->bits, room, at = 0;
    struct layout l;
    uint64_t shown;

    if (pane.rows < MARGINBARS_ROWS)
        return;
    l = arrange(pane, world, bits);
    if (l.across < 1)
        return;
    room = l.rows * l.across;
    shown = chosen(margins, bits, room < bits ? room - 1 : room);
    for (int bit = 0; bit < bits; bit++) {
        if (!code_bit(shown, bit))
            continue;
        draw_bit(pane_sub(pane, at % l.rows, at / l.rows * (l.width + GAP), 1,
                          l.width),
                 world, &l, bit, margins[bit], code_bit(differ, bit));
        at++;
    }
    if (at < bits)
        pane_textf(pane, at % l.rows, at / l.rows * (l.width + GAP), ROLE_DIM,
                   "%d surer", bits - at);
}
