#ifndef BITGROVE_UI_BITPAGE_H
#define BITGROVE_UI_BITPAGE_H

/*
 * The page of a bit: how it splits classes and images, where the tree changes
 * side, what it costs to flip it, the images that show it, the pairs that
 * differ in it alone. What needs a pass over the images is computed once for
 * all bits of a snapshot.
 */

#include <stdbool.h>

#include "metrics/bitreport.h"
#include "ui/app.h"

#define BITPAGE_IMAGES 16

struct bitpage {
    uint64_t generation; /* of the world that `side` and `pairs` are about */
    struct bitreport_side classes, images;
    struct bitreport_pair *pairs; /* owned */
    size_t pair_count;
    bool has_loss;
    struct bitreport_loss loss;

    int picked_bit;                 /* whose images are below, or -1 */
    int64_t ids[3][BITPAGE_IMAGES]; /* on, edge, off */
    int counts[3];
};

void bitpage_release(struct bitpage *page);

/* Brings it up to date with the world. */
MUST_USE enum status bitpage_load(struct bitpage *page, struct world *world,
                                  struct err *err);

void bitpage_draw(struct bitpage *page, struct app *app, struct pane pane,
                  int bit);

#endif
