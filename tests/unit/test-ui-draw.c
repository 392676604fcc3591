/* Panes, canvas, pictures, code cells and charts, looked at as text. */
#include <config.h>

#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ui/canvas.h"
#include "ui/chart.h"
#include "ui/codecell.h"
#include "ui/colour.h"
#include "ui/pane.h"
#include "ui/thumb.h"

#include "tap.h"

static struct look look;
static struct canvas canvas;

static struct pane start(int rows, int cols)
{
    canvas_resize(&canvas, rows, cols);
    return pane_of(&canvas, &look);
}

static const char *row_text(int row)
{
    static struct str text = STR_INIT;

    str_clear(&text);
    canvas_row(&canvas, row, &text);
    return text.text;
}

static void test_clipping(void)
{
    struct pane all = start(4, 12), sub;

    pane_text(all, 0, 0, ROLE_TEXT, "twelve columns and more");
    tap_str(row_text(0), "twelve colu…", "text is cut with an ellipsis");
    sub = pane_sub(all, 1, 4, 2, 5);
    pane_text(sub, 0, -2, ROLE_TEXT, "abcdefgh");
    tap_str(row_text(1), "    cdef…", "both sides of a pane cut");
    pane_text(sub, 2, 0, ROLE_TEXT, "below");
    pane_text(sub, -1, 0, ROLE_TEXT, "above");
    tap_str(row_text(3), "", "nothing is drawn below a pane");
    tap_str(row_text(0), "twelve colu…", "nor above it");
    sub = pane_sub(sub, 0, 3, 5, 40);
    pane_fill(sub, 1, 0, 40, ROLE_TEXT, '#');
    tap_str(row_text(2), "       ##", "a part never leaves the whole");
    sub = pane_sub(all, 0, 0, -3, -9);
    tap_int(sub.rows + sub.cols, 0, "a negative size is none");
    pane_text(sub, 0, 0, ROLE_TEXT, "x");
    pane_heading(sub, 0, "t", "n");
    tap_str(row_text(0), "twelve colu…", "an empty pane takes nothing");
}

static void test_wide(void)
{
    struct pane all = start(3, 6);

    pane_text(all, 0, 0, ROLE_TEXT, "漢字漢字");
    tap_str(row_text(0), "漢字…", "a wide character is not halved");
    canvas_put(&canvas, 0, 1, 'x', 1, pane_style(all, ROLE_TEXT));
    tap_str(row_text(0), " x字…", "half of one becomes a blank");
    pane_text(all, 1, 0, ROLE_TEXT, "e\u0301a");
    tap_str(row_text(1), "e\u0301a", "combining marks stay on their letter");
    pane_name(all, 2, 0, -1, ROLE_TEXT, "\033[2J");
    tap_str(row_text(2), "\\e[2J", "an escape sequence is shown, not sent");
}

static void test_ascii(void)
{
    struct pane all;

    look.glyphs = glyphs_for(true);
    all = start(2, 12);
    pane_name(all, 0, 0, -1, ROLE_TEXT, "caf\u00e9 漢 and on");
    tap_str(row_text(0), "caf? ?? and~", "ASCII stands in, width kept");
    pane_heading(all, 1, "Tree", NULL);
    tap_str(row_text(1), "Tree -------", "rules of ASCII");
    for (int i = 0; i < canvas.rows * canvas.cols; i++)
        if (canvas.cells[i].code > 0x7e)
            tap_ok(false, "cell %d holds %x", i,
                   (unsigned)canvas.cells[i].code);
    look.glyphs = glyphs_for(false);
}

static void test_picture(void)
{
    static const uint8_t pixels[16] = {0,   0,   255, 255, 0,   0,   255, 255,
                                       255, 255, 0,   0,   255, 255, 0,   0};
    struct thumb thumb = {1, 4, 4, pixels, 1};
    struct pane all = start(4, 8);
    int rows, cols;

    tap_int(thumb_sample(&thumb, 0, 0, 0, 2, 2), 0, "a dark quarter");
    tap_int(thumb_sample(&thumb, 0, 1, 0, 2, 2), 255, "a light quarter");
    tap_int(thumb_sample(&thumb, 0, 0, 0, 1, 1), 128, "the whole: a mean");
    tap_int(thumb_sample(&thumb, 0, 1, 0, 3, 1), 128, "a part of pixels");
    thumb_size(&thumb, 4, 8, &rows, &cols);
    tap_ok(rows == 2 && cols == 4, "two pixels a cell: %dx%d", cols, rows);
    thumb_size(&thumb, 1, 8, &rows, &cols);
    tap_ok(rows == 1 && cols == 2, "scaled to the box: %dx%d", cols, rows);
    look.colours = 256;
    thumb_draw(pane_sub(all, 0, 0, 2, 2), &thumb);
    tap_int(canvas_cell(&canvas, 0, 0)->style.fg, 16, "black above");
    tap_int(canvas_cell(&canvas, 0, 0)->style.bg, 231, "white below");
    tap_int(canvas_cell(&canvas, 0, 1)->style.fg, 231, "and beside");
    tap_int((long long)canvas_cell(&canvas, 0, 1)->code, 0x2580, "half block");
    look.colours = 0;
    all = start(4, 8);
    thumb_draw(pane_sub(all, 0, 0, 2, 4), &thumb);
    tap_str(row_text(0), "  ██", "without colours, ink or none");
    thumb_draw(pane_sub(all, 0, 4, 1, 1), &thumb);
    tap_str(row_text(0), "  ██▞", "in quadrants");
    look.glyphs = glyphs_for(true);
    all = start(4, 8);
    thumb_draw(pane_sub(all, 0, 0, 2, 4), &thumb);
    tap_str(row_text(0), "  @@", "in ASCII, a ramp");
    look.glyphs = glyphs_for(false);
    look.colours = 256;
}

static void test_code(void)
{
    struct codecell cells = {6, 0x29, 0x02, 0x01, -1};
    struct pane all = start(3, 20);

    codecell_draw(all, 0, 0, &cells);
    tap_str(row_text(0), "◆*·■ ·■", "bit 0 first, in fours, one free");
    tap_ok(style_equal(canvas_cell(&canvas, 0, 0)->style,
                       pane_style(all, ROLE_BIT_DIFFERS)),
           "a differing bit has its style");
    tap_int(codecell_width(6), 7, "width of six bits");
    tap_int(codecell_width(64), 79, "width of 64 bits");
    all = start(3, 20);
    tap_int(codecell_block(all, 0, 0, 4, &cells), 2, "two rows of four");
    tap_str(row_text(1), "·■", "the second row");
}

static void test_chart(void)
{
    static const int64_t values[] = {0, 1, 4, 8};
    static const double ys[] = {0.1, 0.5, NAN, 0.9, 1.0};
    struct curve curve = {ys, 5, ROLE_CURVE_1};
    struct chart_axes axes = {0, 1, 5, 0, true};
    struct pane all = start(8, 30);

    chart_bar(all, 0, 0, 4, 0.5);
    tap_str(row_text(0), "██··", "half a bar");
    chart_bar(all, 0, 0, 4, NAN);
    tap_str(row_text(0), "····", "not a number is an empty bar");
    chart_bar(all, 0, 0, 4, 7);
    tap_str(row_text(0), "████", "more than all is all");
    chart_histogram(pane_sub(all, 1, 0, 2, 8), values, 4, 1, 1);
    tap_str(row_text(1), "      █", "a histogram, its top");
    tap_str(row_text(2), "  ▂ █ █", "and its foot");
    all = start(8, 30);
    chart_curves(all, &curve, 1, &axes);
    tap_ok(strstr(row_text(0), " 100 % │"), "the axis says 100 %%: %s",
           row_text(0));
    tap_ok(canvas_cell(&canvas, 0, 28)->code > 0x2800,
           "the curve ends at the top right");
    tap_ok(canvas_cell(&canvas, 5, 8)->code > 0x2800,
           "and begins at the bottom left");
    chart_curves(pane_sub(all, 0, 0, 1, 1), &curve, 1, &axes);
    tap_ok(true, "a chart without room draws nothing");
}

static void test_colours(void)
{
    struct style style;
    struct err err;
    static const int levels[6] = {0, 95, 135, 175, 215, 255};
    int worst = 0;

    tap_int(colour_reduce(117, 256), 117, "256 colours keep it");
    tap_ok(colour_reduce(196, 16) == 9, "pure red is bright red of 16: %d",
           colour_reduce(196, 16));
    tap_ok(colour_reduce(196, 8) == 1, "and red of 8");
    tap_int(colour_reduce(1, 0), COLOUR_DEFAULT, "none of none");
    tap_int(colour_nearest(255, 255, 255, 256), 231, "white");
    tap_int(colour_nearest(8, 8, 8, 256), 232, "the darkest grey");
    for (int grey = 0; grey < 256; grey++) {
        int got = colour_nearest(grey, grey, grey, 256);
        int shown = got >= 232             ? 8 + 10 * (got - 232)
                    : (got - 16) % 43 == 0 ? levels[(got - 16) / 43]
                                           : -1000;

        worst = abs(shown - grey) > worst ? abs(shown - grey) : worst;
    }
    tap_ok(worst <= 8, "no grey is shown more than 8 off: %d", worst);
    tap_int(style_parse(&style, "bold 117 on bright-black", &err), OK,
            "a style");
    tap_ok(style.fg == 117 && style.bg == 8 && style.attrs == STYLE_BOLD,
           "its parts");
    style = style_reduce(style, 8);
    tap_ok(style.bg != style.fg, "reduced text can still be read");
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    theme_default(&look.theme);
    look.glyphs = glyphs_for(false);
    look.colours = 256;
    canvas_init(&canvas, 1, 1);
    test_clipping();
    test_wide();
    test_ascii();
    test_picture();
    test_code();
    test_chart();
    test_colours();
    canvas_release(&canvas);
    return tap_done();
}
