#ifndef BITGROVE_UI_GALLERYPAGE_H
#define BITGROVE_UI_GALLERYPAGE_H

/*
 * What the Images view draws: how many images there are of how many, what is
 * filtered, the grid, and why there is nothing. The user interface's thread.
 */

#include "ui/gallerywalk.h"
#include "ui/imagefilter.h"

struct gallerypage {
    struct app *app;
    struct gallerywalk *walk;
    const struct imagefilter *filter;
    bool large; /* one image has the screen: nothing else shows its mark */
};

/* True unless all images are shown. */
bool gallerypage_filtered(const struct gallerypage *page);

/* One row: what is filtered, the order, and where in it the cursor is. */
void gallerypage_line(const struct gallerypage *page, struct pane pane);

/* Two rows: how many, and the line. */
void gallerypage_heading(const struct gallerypage *page, struct pane pane);

/* The images around the cursor, as many as have room. */
void gallerypage_grid(const struct gallerypage *page, struct pane pane);

void gallerypage_empty(const struct gallerypage *page, struct pane pane);

#endif
