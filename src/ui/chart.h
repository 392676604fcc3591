#ifndef BITGROVE_UI_CHART_H
#define BITGROVE_UI_CHART_H

/*
 * Small charts: bars in eighths of a cell, histograms of counts, curves in
 * braille (2 x 4 dots a cell) or in ASCII.
 */

#include <stdint.h>

#include "ui/pane.h"

/* A bar of `cols` columns, filled by `part` (0 to 1; cut to that). */
void chart_bar(struct pane pane, int row, int col, int cols, double part);

/* Columns as high as the pane, each `width` wide with `gap` blanks between. */
void chart_histogram(struct pane pane, const int64_t *values, int count,
                     int width, int gap);

struct curve {
    const double *y; /* (count); NAN leaves a gap; borrowed */
    int count;
    enum role role;
};

struct chart_axes {
    double low, high; /* of y */
    int steps;        /* x runs from 1 to steps */
    int marker;       /* a vertical line at this x, or 0 */
    bool percent;     /* label y in percent */
};

/* Curves with labels of y at the left and of x below. */
void chart_curves(struct pane pane, const struct curve *curves, int count,
                  const struct chart_axes *axes);

#endif
