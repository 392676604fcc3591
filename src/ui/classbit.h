#ifndef BITGROVE_UI_CLASSBIT_H
#define BITGROVE_UI_CLASSBIT_H

/*
 * What one bit means to a class: how many of its images agree with it, and how
 * far the class would be from the next if the bit were the other way.
 */

#include "ui/app.h"

struct classbit {
    int64_t agree, images; /* of the class, test and train; 0: not known */
    int nearest;           /* class nearest to the code with the bit flipped,
                              but the class itself; -1: there is no other */
    int distance;          /* of these two; its own code is 1 away */
};

/* out: (bits of the codes); the class has a code. */
void classbit_find(struct classbit *out, const struct world *world,
                   int class_number);

/* One row: bit, side, images that agree, the class the flipped code is nearest
 * to (warned of where it is as near as its own), and the bit's caption. */
void classbit_draw(const struct app *app, struct pane pane, int row,
                   int class_number, int bit, const struct classbit *what);

#endif
