#ifndef BITGROVE_UI_MODELPAGE_H
#define BITGROVE_UI_MODELPAGE_H

/*
 * What is known of one model: its curves and its figures, so that several can
 * stand side by side. The user interface's thread.
 */

#include "ui/app.h"

enum modelpage_chart {
    MODELPAGE_ACCURACY,
    MODELPAGE_LOSS,
    MODELPAGE_RATE,
    MODELPAGE_CHARTS
};

/* A model with its history, kept while its row is the same. */
struct modelpage {
    int64_t id;
    int step; /* of the model when the history was read */
    struct history_list history;
    double top1, mhd, ed, ties; /* the newest of each, NAN when there is none */
    int64_t duration;           /* of all epochs, in milliseconds */
};

/* Reads the history if it has grown, or is another model's. */
MUST_USE enum status modelpage_load(struct modelpage *page,
                                    struct catalogue *cat,
                                    const struct model_row *model,
                                    struct err *err);
void modelpage_release(struct modelpage *page);

/* The highest value of a chart, to give several the same axes. */
double modelpage_most(const struct modelpage *page, enum modelpage_chart chart);

/* Curves up to `most`; marker: an epoch, or 0. */
void modelpage_chart(struct pane pane, const struct modelpage *page,
                     const struct model_row *model, enum modelpage_chart chart,
                     double most, int marker);

/* The last epochs as figures, the newest below. */
void modelpage_table(struct pane pane, const struct modelpage *page);

/* Figures, then the options that are not those of `beside`, if that is not
 * NULL. */
void modelpage_facts(struct pane pane, const struct modelpage *page,
                     const struct model_row *model,
                     const struct model_row *beside);

#endif
