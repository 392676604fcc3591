#ifndef BITGROVE_UI_FACT_H
#define BITGROVE_UI_FACT_H

/* Pieces that pages share: "label  value" lines, lists of near classes, notes,
 * and the first images of a class. */

#include "ui/app.h"
#include "ui/codecell.h"

#define FACT_LABEL 10 /* columns of the label */

/* One line; returns the row after it. */
int fact_text(struct pane pane, int row, const char *label, enum role role,
              const char *fmt, ...) PRINTF_LIKE(5, 6);

/* The accuracy of a class with a bar; returns the row after it. */
int fact_accuracy(const struct app *app, struct pane pane, int row,
                  int class_number);

/* A class's code in as many rows as it takes, a blank row after it. */
int fact_code(struct pane pane, int row, const struct codecell *cells);

/* The classes nearest to a class's code; at most `most` of them. Returns how
 * many. indexes: class numbers, by distance, then by number. */
int fact_nearest(const struct world *world, int class_number, int *indexes,
                 int most);

/* Appends bits by number, each with its caption: "3 (striped), 7". */
void fact_bits(const struct world *world, uint64_t bits, struct str *out);

/* The tags of an image, if it has any; returns the row after them. */
int fact_tags(const struct app *app, struct pane pane, int row, int64_t image);

/* Notes on a thing, newest first, as far as they fit; returns the row after.*/
int fact_notes(const struct app *app, struct pane pane, int row,
               enum note_target target, int64_t item, uint64_t key);

/* A view with nothing to show: what it will show, and how to get there. */
void fact_empty(struct pane pane, const char *what, const char *how);

/* Ids of the first images of a class of a split (-1: any). */
int fact_images(const struct app *app, int64_t class_id, int split,
                int64_t *ids, int most);

#endif
