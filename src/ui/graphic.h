#ifndef BITGROVE_UI_GRAPHIC_H
#define BITGROVE_UI_GRAPHIC_H

/*
 * Pictures of real pixels, as the bytes that a terminal shows them for: the
 * protocols of kitty and iTerm2 and sixel, made by libchafa. Built without it
 * there are none of these. The user interface's thread.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum graphic_mode {
    GRAPHIC_AUTO,  /* what the terminal says it has, else half blocks */
    GRAPHIC_KITTY, /* the first three: real pixels */
    GRAPHIC_ITERM,
    GRAPHIC_SIXEL,
    GRAPHIC_HALF,  /* two pixels a cell */
    GRAPHIC_ASCII, /* one character a cell */
    GRAPHIC_NONE,
    GRAPHIC_MODES
};

/* "auto", "kitty", "iterm", "sixel", "half", "ascii", "none". */
const char *graphic_mode_name(enum graphic_mode mode);
bool graphic_mode_parse(const char *word, enum graphic_mode *out);

/* True of the modes of real pixels. */
bool graphic_mode_is_pixels(enum graphic_mode mode);

/* True if the program was built with what makes them. */
bool graphic_mode_is_built(enum graphic_mode mode);

struct graphic_frame {
    enum graphic_mode mode;      /* one of real pixels */
    int rows, cols;              /* the box it fills */
    int cell_width, cell_height; /* of a cell, in pixels; > 0 */
    uint32_t id; /* kitty: its number, > 0, by which it is taken away */
    bool tmux;   /* wrapped, for the terminal that tmux runs in */
};

/*
 * Appends what shows a picture at the cursor. It may leave the cursor
 * elsewhere. pixels: (channels, height, width), channels 1 (grey) or 3 (RGB).
 */
void graphic_show(struct str *out, const struct graphic_frame *frame,
                  int channels, int height, int width, const uint8_t *pixels);

/* Appends what takes a picture away and its pixels from the terminal's
 * memory: kitty alone. Others vanish where text is written over them. */
void graphic_remove(struct str *out, const struct graphic_frame *frame);

/*
 * Inside tmux, kitty's pictures hang on characters of their own, which tmux
 * moves and erases as text: appends the one for a cell of the picture. Its
 * foreground colour is to be the picture's id. rows, cols <= GRAPHIC_CELLS.
 */
#define GRAPHIC_CELLS 64
void graphic_placeholder(struct str *out, int row, int col);

#endif
