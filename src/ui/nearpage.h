#ifndef BITGROVE_UI_NEARPAGE_H
#define BITGROVE_UI_NEARPAGE_H

/* The pieces of the Neighbours view: switchboard, reasons, classes, and the
 * shells of distances. */

#include "ui/app.h"
#include "ui/filequery.h"
#include "ui/query.h"
#include "ui/scene.h"

/* Rows of the switchboard in so many columns. */
int nearpage_board_rows(const struct query *query, int bits, int cols);

/* The code with its switches, the nearest class, how many images have exactly
 * this; bit: the one under the cursor, with its caption, or -1: then the last
 * row is left to the caller. Returns the row after it. */
int nearpage_board(const struct app *app, const struct query *query,
                   struct pane pane, int row, int bit);

/*
 * Why code is no nearer: the bits it differs in, each with what the query and
 * the answer have, and its caption. A line a bit if all fit in the rows, else
 * one paragraph. Returns the row after it.
 */
int nearpage_why(const struct app *app, const struct query *query,
                 uint64_t code, struct pane pane, int row, int rows);

/* The nearest classes, as many as fit, with a heading. */
void nearpage_classes(const struct app *app, const struct query *query,
                      struct pane pane);

/* Images by distance as columns, on a scale of logarithms, with those at
 * `distance` counted in the heading. False when there is no room. */
bool nearpage_shells(const struct app *app, const struct query *query,
                     struct pane pane, int distance);

/* The same in one row. */
void nearpage_spark(const struct app *app, const struct query *query,
                    struct pane pane, int row);

/* One answer: distance, name, code if there is room, and its split unless that
 * is NULL. class: its number, or negative. */
void nearpage_row(const struct app *app, const struct query *query,
                  struct pane pane, int row, int distance, int class,
                  uint64_t code, const char *split);

/* Sets "code" to the code as the switches stand, and the other way. */
void nearpage_switches(const struct app *app, const struct query *query,
                       struct scene *out);
MUST_USE enum status nearpage_recall(const struct app *app, struct query *query,
                                     const struct scene *scene,
                                     struct err *err);

/* Appends "image 9", "class star", "typed bits", "file shoe.png". */
void nearpage_title(const struct app *app, const struct query *query,
                    const struct filequery *file, struct str *out);

/* Appends "k=200, 214 at distance <= 3": where a tie was cut is said. */
void nearpage_ties(const struct app *app, const struct query *query,
                   struct str *out);

/* What the view will show, and the key that gets there. */
void nearpage_empty(const struct app *app, const struct query *query,
                    const struct filequery *file, struct pane pane);

#endif
