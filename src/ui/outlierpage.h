#ifndef BITGROVE_UI_OUTLIERPAGE_H
#define BITGROVE_UI_OUTLIERPAGE_H

/* What stands beside a list of outliers: the pictures of the row under the
 * cursor, what it is called and decoded to, and the bits that differ. */

#include "ui/app.h"
#include "ui/survey.h"

void outlierpage_image(struct app *app, struct pane pane, enum survey_kind kind,
                       const struct survey_image *image);
void outlierpage_pair(struct app *app, struct pane pane,
                      const struct survey_pair *pair);

/*
 * The section without rows: what it shows, why there is nothing, and the key
 * or the command that gets there.
 */
void outlierpage_empty(const struct app *app, struct pane pane,
                       enum survey_kind kind);

#endif
