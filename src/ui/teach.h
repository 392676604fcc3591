#ifndef BITGROVE_UI_TEACH_H
#define BITGROVE_UI_TEACH_H

/*
 * What a view says while the catalogue has nothing for it: what it will show,
 * what is missing, and the key or the command that gets there.
 */

#include "ui/app.h"

enum teach_need {
    TEACH_NOTHING, /* all is there */
    TEACH_IMAGES,  /* the catalogue is empty */
    TEACH_MODEL,   /* nothing was learnt */
    TEACH_CODES,   /* the first are on their way */
    TEACH_OTHER,   /* the model at hand never has codes */
    TEACH_TREE     /* the tree is being clustered */
};

enum teach_need teach_need_of(const struct world *world);

/* Why the images have no codes and what gets there, in a sentence; NULL when
 * they have. */
const char *teach_uncoded(const struct world *world);

/*
 * Draws the page. shows: a sentence about the view, "The tree groups ...".
 * Below it a sample of the images, when there are some and it has room.
 */
void teach_draw(struct app *app, struct pane pane, const char *shows);

#endif
