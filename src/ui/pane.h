#ifndef BITGROVE_UI_PANE_H
#define BITGROVE_UI_PANE_H

/*
 * A rectangle of the canvas that a view draws into, with the theme and the
 * glyphs it draws with. Rows and columns count from the pane's own corner;
 * whatever falls outside is cut, negative sizes included, so views need no
 * arithmetic guards. A value: copy it, divide it. The user interface's
 * thread.
 *
 * Text from outside (names, paths, notes, messages of a job) goes through
 * pane_name(), which escapes it. pane_text() takes the program's own words.
 */

#include <stdbool.h>

#include "base/err.h"
#include "ui/canvas.h"
#include "ui/glyph.h"
#include "ui/graphic.h"
#include "ui/theme.h"

struct look {
    struct theme theme; /* already reduced to `colours` */
    const struct glyphs *glyphs;
    int colours;                /* of the terminal; 0 when mono */
    enum graphic_mode pictures; /* never GRAPHIC_AUTO */
};

struct pane {
    struct canvas *canvas;    /* borrowed */
    const struct look *look;  /* borrowed */
    int row, col, rows, cols; /* on the canvas */
    int clip_row, clip_col, clip_rows, clip_cols;
};

struct pane pane_of(struct canvas *canvas, const struct look *look);
struct pane pane_sub(struct pane pane, int row, int col, int rows, int cols);

/* Cuts columns off the left; *rest is what remains. */
struct pane pane_cut_left(struct pane pane, int cols, struct pane *rest);

struct style pane_style(struct pane pane, enum role role);

/* One character of one column. */
void pane_put(struct pane pane, int row, int col, enum role role,
              uint32_t glyph);
void pane_put_style(struct pane pane, int row, int col, struct style style,
                    uint32_t glyph);

/*
 * Text cut at the pane's right edge with an ellipsis. Returns the column
 * after it, so that pieces can be chained.
 */
int pane_text(struct pane pane, int row, int col, enum role role,
              const char *text);
int pane_textf(struct pane pane, int row, int col, enum role role,
               const char *fmt, ...) PRINTF_LIKE(5, 6);

/* The same in a field of `width` columns; `right` aligns to its end. */
int pane_field(struct pane pane, int row, int col, int width, bool right,
               enum role role, const char *text);

/* Text from outside, escaped, in a field of `width` columns (< 0: as is). */
int pane_name(struct pane pane, int row, int col, int width, enum role role,
              const char *name);

/* A paragraph wrapped to the pane's width; returns the row after it. */
int pane_wrap(struct pane pane, int row, enum role role, const char *text);

/* Lays the role over cells already drawn: the row under the cursor. Text that
 * has a colour of its own keeps it. */
void pane_over(struct pane pane, int row, int col, int cols, enum role role);

/*
 * Lays a picture (channels, height, width) over the whole pane, for terminals
 * that show one; false if part of it is cut off.
 */
bool pane_lay(struct pane pane, int channels, int height, int width,
              const uint8_t *pixels);

void pane_fill(struct pane pane, int row, int col, int cols, enum role role,
               uint32_t glyph);

/* A heading with a rule to the pane's edge, and a word at its right end. */
void pane_heading(struct pane pane, int row, const char *title,
                  const char *note);

/* A vertical rule down the whole pane in one column. */
void pane_rule(struct pane pane, int col);

/* Parks the hardware cursor here. */
void pane_cursor(struct pane pane, int row, int col);

#endif
