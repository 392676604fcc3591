#ifndef BITGROVE_UI_CANVAS_H
#define BITGROVE_UI_CANVAS_H

/*
 * One frame: a grid of cells that views draw into and the terminal shows, and
 * the pictures that lie over some of them. Invariants: a cell of width 2 is
 * followed by one of width 0; a cell never holds a control character. The
 * user interface's thread only.
 */

#include <stdbool.h>
#include <stddef.h>

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "ui/style.h"

#define CANVAS_MARKS 2

struct cell {
    uint32_t code;                /* the character; ' ' when blank */
    uint32_t marks[CANVAS_MARKS]; /* combining characters, 0 when none */
    struct style style;
    uint8_t width;    /* 1 or 2; 0: right half of the cell before */
    uint32_t picture; /* the tag of the picture over it, or 0 */
};

struct canvas_picture {
    uint32_t tag; /* not 0; the same for the same pixels in the same box */
    int row, col, rows, cols;    /* its box on the canvas */
    int channels, height, width; /* channels: 1 grey, 3 RGB */
    uint8_t *pixels;             /* (channels, height, width); owned */
    size_t room;                 /* bytes allocated */
};

struct canvas {
    struct cell *cells; /* (rows, cols), row-major; owned */
    int rows, cols;
    int cursor_row, cursor_col;      /* where the hardware cursor is parked */
    struct canvas_picture *pictures; /* owned, as are their pixels */
    int picture_count, picture_room;
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

/*
 * Lays a picture over a box, whose cells become blank; the pixels are copied,
 * tag, pixels and room of the box are not looked at. What is put into one of its cells later hides all of it. False, and nothing
 * done, if the box is empty or not wholly on the canvas; the last row is left
 * out, from which some terminals would scroll.
 */
bool canvas_lay(struct canvas *canvas, const struct canvas_picture *box,
                const uint8_t *pixels);

/* True if nothing was put over the picture since. */
bool canvas_is_bare(const struct canvas *canvas,
                    const struct canvas_picture *picture);

/* Appends a row as text, without blanks at its end. */
void canvas_row(const struct canvas *canvas, int row, struct str *out);

/* Writes every row as a line of text to a file. */
MUST_USE enum status canvas_save(const struct canvas *canvas, const char *path,
                                 struct err *err);

#endif
