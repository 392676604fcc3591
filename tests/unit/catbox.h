#ifndef BITGROVE_TESTS_CATBOX_H
#define BITGROVE_TESTS_CATBOX_H

/*
 * A catalogue in a temporary directory for a test: one data set of 2x3 images,
 * four classes, and a model with codes and a tree of two steps. Functions
 * abort the test when what they need fails.
 */

#include "catalogue/codestore.h"
#include "catalogue/images.h"
#include "catalogue/models.h"

struct catbox {
    char dir[64], path[96];
    struct catalogue *cat;
    int64_t dataset, source, model;
    int64_t classes[4];
};

/* An empty one, opened to write. */
void catbox_new(struct catbox *box);

/* With `images` images a class: by turns two train and one test. */
void catbox_fill(struct catbox *box, int images);

/* Fills model, codes (class codes 1, 2, 4, 8 of 5 bits) and trees. */
void catbox_learn(struct catbox *box);

/* SQL through a connection that is not the program's. */
void catbox_sql(const struct catbox *box, const char *sql);

/* Closes and removes it. */
void catbox_free(struct catbox *box);

/* Ends the test when status is not OK. */
void catbox_must(enum status status, const struct err *err);

#endif
