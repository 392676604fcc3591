#ifndef BITGROVE_UI_CANVAS_H
#define BITGROVE_UI_CANVAS_H

/*
 * One frame: a grid of cells that views draw into and the terminal shows.
 * Invariants: a cell of width 2 is followed by one of width 0; a cell never
 * holds a control character. The user interface's thread only.
 */

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "ui/style.h"

#define CANVAS_MARKS 2

struct cell {
    uint32_t code;                /* the character; ' ' when blank */
    uint32_t marks[CANVAS_MARKS]; /* combining characters, 0 when none */
    struct style style;
    uint8_t width; /* 1 or 2; 0: right half of the cell before */
};

struct canvas {
    struct cell *cells; /* (rows, cols), row-major; owned */
    int rows, cols;
    int cursor_row, cursor_col; /* where the hardware cursor is parked */
};

void canvas_init(struct canvas *canvas, int rows, int cols);
void canvas_release(struct canvas *canvas);

/* Changes the size and blanks every cell. */
void canvas_resize(struct canvas *canvas, int rows, int cols);
void canvas_clear(struct canvas *canvas);

/* The cell, or NULL outside the grid. Borrowed until the next resize. */
struct cell *canvas_cell(const struct canvas *canvas, int row, int col);

/*
 * Puts one character that takes `width` columns (1 or 2). Half of a wide
 * character that is overwritten becomes a blank. Outside the grid: nothing.
 */
void canvas_put(struct canvas *canvas, int row, int col, uint32_t code,
                int width, struct style style);

/* Adds a combining character to the cell; what does not fit is dropped. */
void canvas_mark(struct canvas *canvas, int row, int col, uint32_t code);

/* Appends a row as text, without blanks at its end. */
void canvas_row(const struct canvas *canvas, int row, struct str *out);

/* Writes every row as a line of text to a file. */
MUST_USE enum status canvas_save(const struct canvas *canvas, const char *path,
                                 struct err *err);

#endif
