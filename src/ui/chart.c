#include <config.h>

#include "ui/chart.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

void chart_bar(struct pane pane, int row, int col, int cols, double part)
{
    const struct glyphs *g = pane.look->glyphs;
    int eighths;

    if (!(part > 0))
        part = 0;
    if (part > 1)
        part = 1;
    eighths = (int)(part * cols * 8 + 0.5);
    for (int i = 0; i < cols; i++) {
        int fill = eighths - 8 * i;

        fill = fill < 0 ? 0 : fill > 8 ? 8 : fill;
        if (fill > 0 && g->bar[fill] != ' ')
            pane_put(pane, row, col + i, ROLE_BAR, g->bar[fill]);
        else
            pane_put(pane, row, col + i, ROLE_BAR_REST, g->ascii ? '.' : 0xb7);
    }
}

static int64_t largest(const int64_t *values, int count)
{
    int64_t most = 1;

    for (int i = 0; i < count; i++)
        if (values[i] > most)
            most = values[i];
    return most;
}

/* Eighths of a cell out of `rows` cells; what is not zero shows. */
static int height_of(int64_t value, int64_t most, int rows)
{
    int eighths = (int)((double)value / (double)most * rows * 8 + 0.5);

    return value > 0 && eighths == 0 ? 1 : eighths;
}

void chart_histogram(struct pane pane, const int64_t *values, int count,
                     int width, int gap)
{
    int64_t most = largest(values, count);

    for (int i = 0; i < count; i++) {
        int eighths = height_of(values[i], most, pane.rows);

        for (int row = 0; row < pane.rows; row++) {
            int fill = eighths - 8 * (pane.rows - 1 - row);

            fill = fill < 0 ? 0 : fill > 8 ? 8 : fill;
            if (fill > 0)
                for (int k = 0; k < width; k++)
                    pane_put(pane, row, i * (width + gap) + k, ROLE_BAR,
                             pane.look->glyphs->spark[fill]);
        }
    }
}

/* A bitmap of dots: cols x rows cells of 2 x 4 dots (1 x 2 in ASCII). */
struct plot {
    int cols, rows, dots_x, dots_y;
    uint8_t *cells; /* braille bits, row-major */
};

static void plot_dot(struct plot *plot, int x, int y)
{
    static const uint8_t bits[4][2] = {
        {0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
    int w = plot->cols * plot->dots_x, h = plot->rows * plot->dots_y;

    if (x >= 0 && x < w && y >= 0 && y < h)
        plot->cells[y / plot->dots_y * plot->cols + x / plot->dots_x] |=
            bits[y % plot->dots_y][x % plot->dots_x];
}

/* Every dot on the way from one point to the other. */
static void plot_line(struct plot *plot, int x0, int y0, int x1, int y1)
{
    int steps = abs(x1 - x0) > abs(y1 - y0) ? abs(x1 - x0) : abs(y1 - y0);

    for (int i = 0; i <= steps; i++)
        plot_dot(plot, x0 + (steps ? (x1 - x0) * i / steps : 0),
                 y0 + (steps ? (y1 - y0) * i / steps : 0));
}

static int place(double value, double low, double high, int dots)
{
    double part = high > low ? (value - low) / (high - low) : 0.5;

    part = part < 0 ? 0 : part > 1 ? 1 : part;
    return (int)(part * (dots - 1) + 0.5);
}

static void draw_curve(struct pane pane, const struct curve *curve,
                       const struct chart_axes *axes)
{
    bool ascii = pane.look->glyphs->ascii;
    struct plot plot = {pane.cols, pane.rows, ascii ? 1 : 2, ascii ? 2 : 4,
                        NULL};
    int w = plot.cols * plot.dots_x, h = plot.rows * plot.dots_y;
    int last_x = -1, last_y = 0;

    plot.cells = mem_zalloc((size_t)plot.cols * (size_t)plot.rows, 1);
    for (int i = 0; i < curve->count; i++) {
        int x, y;

        if (isnan(curve->y[i])) {
            last_x = -1;
            continue;
        }
        x = place(i + 1, 1, axes->steps > 1 ? axes->steps : 2, w);
        y = h - 1 - place(curve->y[i], axes->low, axes->high, h);
        plot_line(&plot, last_x < 0 ? x : last_x, last_x < 0 ? y : last_y, x,
                  y);
        last_x = x;
        last_y = y;
    }
    for (int i = 0; i < plot.cols * plot.rows; i++)
        if (plot.cells[i])
            pane_put(pane, i / plot.cols, i % plot.cols, curve->role,
                     !ascii                  ? 0x2800u + plot.cells[i]
                     : plot.cells[i] == 0x01 ? '\''
                     : plot.cells[i] == 0x02 ? '.'
                                             : ':');
    free(plot.cells);
}

static void label(char *out, size_t size, double value,
                  const struct chart_axes *axes)
{
    if (axes->percent)
        snprintf(out, size, "%.0f %%", value * 100);
    else
        snprintf(out, size, value < 0.1 ? "%.4f" : "%.2f", value);
}

void chart_curves(struct pane pane, const struct curve *curves, int count,
                  const struct chart_axes *axes)
{
    const struct glyphs *g = pane.look->glyphs;
    struct pane area = pane_sub(pane, 0, 8, pane.rows - 2, pane.cols - 9);
    char text[32];

    if (area.rows < 2 || area.cols < 4)
        return;
    for (int i = 0; i < 3; i += area.rows < 5 ? 2 : 1) {
        int row = (area.rows - 1) * i / 2;

        label(text, sizeof(text), axes->high - (axes->high - axes->low) * i / 2,
              axes);
        pane_field(pane, row, 0, 6, true, ROLE_DIM, text);
    }
    for (int row = 0; row < area.rows; row++)
        pane_put(pane, row, 7, ROLE_RULE, g->vertical);
    pane_put(pane, area.rows, 7, ROLE_RULE, g->last);
    pane_fill(pane, area.rows, 8, area.cols, ROLE_RULE, g->horizontal);
    pane_text(pane, area.rows + 1, 8, ROLE_DIM, "1");
    snprintf(text, sizeof(text), "%d", axes->steps);
    pane_field(pane, area.rows + 1, 8, area.cols, true, ROLE_DIM, text);
    if (axes->marker > 0) {
        int col = place(axes->marker, 1, axes->steps > 1 ? axes->steps : 2,
                        area.cols);

        for (int row = 0; row < area.rows; row++)
            pane_put(area, row, col, ROLE_RULE, g->vertical);
        pane_textf(pane, area.rows + 1, 8 + col, ROLE_NUMBER, "%d",
                   axes->marker);
    }
    for (int i = 0; i < count; i++)
        draw_curve(area, &curves[i], axes);
}
