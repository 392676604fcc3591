#ifndef BITGROVE_UI_BITSHEET_H
#define BITGROVE_UI_BITSHEET_H

/*
 * The page of a bit: its caption or one that is proposed, how it splits classes
 * and images, the bits it goes with, where the tree changes side, what it costs
 * to flip it, the images that show it, the pairs that differ in it alone. What
 * needs a pass over the images is computed once for all bits of a snapshot.
 */

#include <stdbool.h>

#include "metrics/bitreport.h"
#include "taxonomy/wording.h"
#include "ui/app.h"

#define BITSHEET_IMAGES 16

struct bitsheet {
    uint64_t version; /* of the world that all below is about */
    struct bitreport_side classes, images;
    struct bitreport_pair *pairs; /* owned */
    size_t pair_count;
    bool has_loss;
    struct bitreport_loss loss;
    struct wording *wording; /* of the classes that have codes; owned */

    int picked_bit;                  /* whose images are below, or -1 */
    int64_t ids[3][BITSHEET_IMAGES]; /* on, edge, off */
    int counts[3];
};

void bitsheet_release(struct bitsheet *page);

/* Brings it up to date with the world. */
MUST_USE enum status bitsheet_load(struct bitsheet *page,
                                   const struct world *world, struct err *err);

/* Appends the caption that the classes on either side suggest; raw, nothing
 * when nothing stands out. */
void bitsheet_propose(const struct bitsheet *page, const struct world *world,
                      int bit, struct str *out);

void bitsheet_draw(struct bitsheet *page, struct app *app, struct pane pane,
                   int bit);

#endif
