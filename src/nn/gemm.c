#include <config.h>

#include "nn/gemm.h"

#include <assert.h>
#include <string.h>

/*
 * A panel's block of GEMM_DEPTH rows of B (32 KB) stays in the first cache
 * while all the rows of A pass by; the rows of A stay in the second while
 * all the panels do.
 */
#define GEMM_DEPTH 128

static size_t min_size(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t gemm_packed(const struct micro *micro, int n, int depth)
{
    size_t panel = (size_t)micro->panel;

    return ((size_t)n + panel - 1) / panel * panel * (size_t)depth;
}

void gemm_pack(const struct micro *micro, int n, int depth, const float *b,
               size_t row, size_t column, float *packed)
{
    size_t panel = (size_t)micro->panel;

    for (size_t j = 0; j < (size_t)n; j += panel) {
        size_t columns = min_size((size_t)n - j, panel);

        for (size_t i = 0; i < (size_t)depth; i++, packed += panel) {
            for (size_t k = 0; k < columns; k++)
                packed[k] = b[i * row + (j + k) * column];
            for (size_t k = columns; k < panel; k++)
                packed[k] = 0;
        }
    }
}

/* c (rows, columns) = or += from (rows, MICRO_PANEL_MAX) */
static void put_columns(const float *from, int rows, size_t columns, float *c,
                        size_t c_row, bool add)
{
    for (int r = 0; r < rows; r++, from += MICRO_PANEL_MAX, c += c_row)
        for (size_t j = 0; j < columns; j++)
            c[j] = add ? c[j] + from[j] : from[j];
}

/* A strip of `columns` columns, which may end within a vector. */
static void strip_columns(const struct micro *micro, struct micro_strip *strip,
                          size_t columns)
{
    size_t lanes = (size_t)micro->lanes;
    float sums[GEMM_ROWS * MICRO_PANEL_MAX], *c = strip->c;
    size_t c_row = strip->c_row;
    bool add = strip->add;

    if (columns % lanes == 0) {
        micro->strip(strip, (int)(columns / lanes));
        return;
    }
    strip->c = sums;
    strip->c_row = MICRO_PANEL_MAX;
    strip->add = false;
    micro->strip(strip, (int)((columns + lanes - 1) / lanes));
    put_columns(sums, strip->rows, columns, c, c_row, add);
    strip->c = c;
    strip->c_row = c_row;
    strip->add = add;
}

/* One panel, block by block of its depth: whole taps, or parts of one. */
static void run_panel(const struct micro *micro, struct micro_strip strip,
                      size_t columns)
{
    const float *const *a = strip.a;
    bool relu = strip.relu;
    int taps = strip.taps, depth = strip.depth;
    int whole = depth < GEMM_DEPTH ? GEMM_DEPTH / depth : 1;

    for (int t = 0; t < taps; t += whole) {
        strip.taps = taps - t < whole ? taps - t : whole;
        strip.a = a + t;
        for (int i = 0; i < depth; i += GEMM_DEPTH) {
            strip.depth = depth - i < GEMM_DEPTH ? depth - i : GEMM_DEPTH;
            strip.skip = (size_t)i;
            strip.relu = relu && t + whole >= taps && i + GEMM_DEPTH >= depth;
            strip_columns(micro, &strip, columns);
            strip.b += (size_t)(strip.taps * strip.depth) * strip.b_row;
            strip.add = true;
        }
    }
}

void gemm_rows(const struct micro *micro, int n, const float *packed,
               const struct micro_strip *rows)
{
    size_t panel = (size_t)micro->panel;

    assert(rows->rows <= GEMM_ROWS);
    for (size_t j = 0; j < (size_t)n; j += panel) {
        struct micro_strip strip = *rows;

        strip.b = packed + j * (size_t)(rows->taps * rows->depth);
        strip.b_row = panel;
        strip.c += j;
        if (strip.bias != NULL)
            strip.bias += j;
        if (strip.rest != NULL)
            strip.rest += j;
        run_panel(micro, strip, min_size((size_t)n - j, panel));
    }
}

void gemm(const struct micro *micro, int m, int n, int depth, const float *a,
          size_t a_row, const float *packed, float *c, size_t c_row, bool add)
{
    const float *rows[GEMM_ROWS];
    struct micro_strip strip = {.a = rows,
                                .a_row = 1,
                                .c_row = c_row,
                                .taps = 1,
                                .depth = depth,
                                .add = add};

    for (int i = 0; i < m; i += GEMM_ROWS) {
        strip.rows = m - i < GEMM_ROWS ? m - i : GEMM_ROWS;
        for (int r = 0; r < strip.rows; r++)
            rows[r] = a + (size_t)(i + r) * a_row;
        strip.c = c + (size_t)i * c_row;
        gemm_rows(micro, n, packed, &strip);
    }
}

/* Columns of A as rows; few enough for the stack. */
#define OUTER_ROWS 48

/* The strip's rows times all columns of b; the last ones, that don't fill a
 * vector, are copied: nothing is read behind a row's end. */
static void outer_block(const struct micro *micro, struct micro_strip strip,
                        int n, const float *b, size_t b_row)
{
    size_t lanes = (size_t)micro->lanes, columns = (size_t)n;
    size_t full = columns / lanes * lanes;
    float *c = strip.c, copy[GEMM_DEPTH * 16];

    strip.b_row = b_row;
    for (size_t j = 0, some; j < full; j += some) {
        some = min_size(full - j, (size_t)micro->panel);
        strip.b = b + j;
        strip.c = c + j;
        micro->strip(&strip, (int)(some / lanes));
    }
    if (full == columns)
        return;
    memset(copy, 0, sizeof(copy));
    for (size_t i = 0; i < (size_t)strip.depth; i++)
        memcpy(copy + i * lanes, b + i * b_row + full,
               (columns - full) * sizeof(*b));
    strip.b = copy;
    strip.b_row = lanes;
    strip.c = c + full;
    strip_columns(micro, &strip, columns - full);
}

void gemm_outer(const struct micro *micro, int m, int n, int depth,
                const float *a, size_t a_row, const float *b, size_t b_row,
                float *c, size_t c_row, bool add)
{
    float turned[OUTER_ROWS * GEMM_DEPTH];
    const float *rows[OUTER_ROWS];
    struct micro_strip strip = {
        .a = rows, .a_row = 1, .c_row = c_row, .taps = 1};

    for (int r = 0; r < OUTER_ROWS; r++)
        rows[r] = turned + r * GEMM_DEPTH;
    for (int i = 0; i < depth; i += GEMM_DEPTH) {
        strip.depth = depth - i < GEMM_DEPTH ? depth - i : GEMM_DEPTH;
        strip.add = add || i > 0;
        for (int k = 0; k < m; k += OUTER_ROWS) {
            const float *from = a + (size_t)i * a_row + k;

            strip.rows = m - k < OUTER_ROWS ? m - k : OUTER_ROWS;
            for (int d = 0; d < strip.depth; d++)
                for (int r = 0; r < strip.rows; r++)
                    turned[r * GEMM_DEPTH + d] = from[(size_t)d * a_row + r];
            strip.c = c + (size_t)k * c_row;
            outer_block(micro, strip, n, b + (size_t)i * b_row, b_row);
        }
    }
    if (depth == 0 && !add)
        for (int k = 0; k < m; k++)
            memset(c + (size_t)k * c_row, 0, (size_t)n * sizeof(*c));
}
