#include <config.h>

#include "ui/pane.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include "base/utf8.h"
#include "ui/colour.h"

struct pane pane_of(struct canvas *canvas, const struct look *look)
{
    return (struct pane){canvas,       look,         0, 0,
                         canvas->rows, canvas->cols, 0, 0,
                         canvas->rows, canvas->cols};
}

static int larger(int a, int b)
{
    return a > b ? a : b;
}

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

struct pane pane_sub(struct pane pane, int row, int col, int rows, int cols)
{
    struct pane sub = pane;
    int bottom, right;

    sub.row = pane.row + row;
    sub.col = pane.col + col;
    sub.rows = larger(rows, 0);
    sub.cols = larger(cols, 0);
    bottom = smaller(pane.clip_row + pane.clip_rows, sub.row + sub.rows);
    right = smaller(pane.clip_col + pane.clip_cols, sub.col + sub.cols);
    sub.clip_row = larger(pane.clip_row, sub.row);
    sub.clip_col = larger(pane.clip_col, sub.col);
    sub.clip_rows = larger(bottom - sub.clip_row, 0);
    sub.clip_cols = larger(right - sub.clip_col, 0);
    return sub;
}

struct pane pane_cut_left(struct pane pane, int cols, struct pane *rest)
{
    cols = smaller(larger(cols, 0), pane.cols);
    *rest = pane_sub(pane, 0, cols, pane.rows, pane.cols - cols);
    return pane_sub(pane, 0, 0, pane.rows, cols);
}

struct style pane_style(struct pane pane, enum role role)
{
    return pane.look->theme.styles[role];
}

/* True if `width` columns from (row, col) are inside. */
static bool inside(struct pane pane, int row, int col, int width)
{
    int r = pane.row + row, c = pane.col + col;

    return r >= pane.clip_row && r < pane.clip_row + pane.clip_rows &&
           c >= pane.clip_col && c + width <= pane.clip_col + pane.clip_cols;
}

/* A style without a background lets the one below shine through. */
static struct style on_top(struct pane pane, int row, int col,
                           struct style style)
{
    const struct cell *cell =
        canvas_cell(pane.canvas, pane.row + row, pane.col + col);

    if (cell && style.bg == COLOUR_DEFAULT && !(style.attrs & STYLE_REVERSE)) {
        style.bg = cell->style.bg;
        style.attrs |= cell->style.attrs & STYLE_REVERSE;
    }
    return style;
}

void pane_put_style(struct pane pane, int row, int col, struct style style,
                    uint32_t glyph)
{
    if (inside(pane, row, col, 1))
        canvas_put(pane.canvas, pane.row + row, pane.col + col, glyph, 1,
                   on_top(pane, row, col, style));
}

void pane_put(struct pane pane, int row, int col, enum role role,
              uint32_t glyph)
{
    pane_put_style(pane, row, col, pane_style(pane, role), glyph);
}

static int width_of(uint32_t code)
{
    int width = code < 0x7f ? 1 : wcwidth((wchar_t)code);

    return width < 0 ? 1 : width;
}

/* Draws valid UTF-8 that already fits; returns the column after it. */
static int draw(struct pane pane, int row, int col, enum role role,
                const char *text)
{
    struct style style = pane_style(pane, role);
    size_t n = strlen(text);

    while (n > 0) {
        uint32_t code;
        size_t step = utf8_decode(text, n, &code);
        int width = width_of(code);

        if (code & UTF8_BAD || code < 0x20)
            code = '?';
        if (pane.look->glyphs->ascii && code > 0x7e) {
            code = '?';
            width = larger(width, 1);
        }
        if (width == 0 && inside(pane, row, col - 1, 1))
            canvas_mark(pane.canvas, pane.row + row, pane.col + col - 1, code);
        else if (width > 0 && inside(pane, row, col, width))
            for (int i = 0; i < (code == '?' ? width : 1); i++)
                canvas_put(pane.canvas, pane.row + row, pane.col + col + i,
                           code, code == '?' ? 1 : width,
                           on_top(pane, row, col, style));
        col += width;
        text += step;
        n -= step;
    }
    return col;
}

int pane_field(struct pane pane, int row, int col, int width, bool right,
               enum role role, const char *text)
{
    struct str fit = STR_INIT;
    int used = utf8_clip(&fit, text, width, pane.look->glyphs->ascii);

    draw(pane, row, right ? col + width - used : col, role, fit.text);
    str_release(&fit);
    return col + larger(width, 0);
}

int pane_text(struct pane pane, int row, int col, enum role role,
              const char *text)
{
    struct str fit = STR_INIT;
    int end = col;

    if (utf8_clip(&fit, text, pane.cols - col, pane.look->glyphs->ascii) > 0)
        end = draw(pane, row, col, role, fit.text);
    str_release(&fit);
    return end;
}

int pane_textf(struct pane pane, int row, int col, enum role role,
               const char *fmt, ...)
{
    char text[1024];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    return pane_text(pane, row, col, role, text);
}

int pane_name(struct pane pane, int row, int col, int width, enum role role,
              const char *name)
{
    struct str safe = STR_INIT;
    int end;

    utf8_escape(&safe, name);
    if (width < 0)
        end = pane_text(pane, row, col, role, safe.text);
    else
        end = pane_field(pane, row, col, width, false, role, safe.text);
    str_release(&safe);
    return end;
}

int pane_wrap(struct pane pane, int row, enum role role, const char *text)
{
    struct str line = STR_INIT;

    while (*text && pane.cols > 0) {
        size_t n = strcspn(text, " \n");
        struct str word = STR_INIT;

        str_add_bytes(&word, text, n);
        if (line.length > 0 &&
            utf8_width(line.text) + 1 + utf8_width(word.text) > pane.cols) {
            pane_text(pane, row++, 0, role, line.text);
            str_clear(&line);
        }
        if (line.length > 0 && n > 0)
            str_add_char(&line, ' ');
        str_add(&line, word.text);
        str_release(&word);
        text += n;
        if (*text == '\n') {
            pane_text(pane, row++, 0, role, line.text);
            str_clear(&line);
        }
        if (*text)
            text++;
    }
    if (line.length > 0)
        pane_text(pane, row++, 0, role, line.text);
    str_release(&line);
    return row;
}

/* Block elements are ink: reversed, a bar would be a hole. */
static bool is_block(uint32_t code)
{
    return code >= 0x2580 && code <= 0x259f;
}

void pane_over(struct pane pane, int row, int col, int cols, enum role role)
{
    struct style over = pane_style(pane, role);

    for (int i = 0; i < cols; i++) {
        struct cell *cell;

        if (!inside(pane, row, col + i, 1))
            continue;
        cell = canvas_cell(pane.canvas, pane.row + row, pane.col + col + i);
        if (over.attrs & STYLE_REVERSE) {
            if (!is_block(cell->code))
                cell->style = over;
            continue;
        }
        if (over.bg != COLOUR_DEFAULT)
            cell->style.bg = over.bg;
        if (over.fg != COLOUR_DEFAULT && cell->style.fg == COLOUR_DEFAULT)
            cell->style.fg = over.fg;
        cell->style.attrs |= over.attrs;
    }
}

bool pane_lay(struct pane pane, int channels, int height, int width,
              const uint8_t *pixels)
{
    struct canvas_picture picture = {.row = pane.row,
                                     .col = pane.col,
                                     .rows = pane.rows,
                                     .cols = pane.cols,
                                     .channels = channels,
                                     .height = height,
                                     .width = width};

    if (pane.clip_row != pane.row || pane.clip_rows != pane.rows ||
        pane.clip_col != pane.col || pane.clip_cols != pane.cols ||
        pane.rows > GRAPHIC_CELLS || pane.cols > GRAPHIC_CELLS)
        return false;
    return canvas_lay(pane.canvas, &picture, pixels);
}

void pane_fill(struct pane pane, int row, int col, int cols, enum role role,
               uint32_t glyph)
{
    for (int i = 0; i < cols; i++)
        pane_put(pane, row, col + i, role, glyph);
}

void pane_heading(struct pane pane, int row, const char *title,
                  const char *note)
{
    const struct glyphs *g = pane.look->glyphs;
    int end = pane_text(pane, row, 0, ROLE_HEADING, title);
    int width = note ? utf8_width(note) : 0;
    int stop = pane.cols;

    if (width > 0 && end + width + 4 <= pane.cols) {
        stop = pane.cols - width - 1;
        pane_text(pane, row, stop + 1, ROLE_DIM, note);
    }
    pane_fill(pane, row, end + 1, stop - end - 1, ROLE_RULE, g->horizontal);
}

void pane_rule(struct pane pane, int col)
{
    for (int row = 0; row < pane.rows; row++)
        pane_put(pane, row, col, ROLE_RULE, pane.look->glyphs->vertical);
}

void pane_cursor(struct pane pane, int row, int col)
{
    if (inside(pane, row, col, 1)) {
        pane.canvas->cursor_row = pane.row + row;
        pane.canvas->cursor_col = pane.col + col;
    }
}
