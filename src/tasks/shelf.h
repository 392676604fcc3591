#ifndef BITGROVE_TASKS_SHELF_H
#define BITGROVE_TASKS_SHELF_H

/*
 * Which pictures a source means, and for which split: a shelf is a folder with
 * the files of one split in it. A source is a folder with a folder a class
 * (nested ones are a hierarchy), such folders below train/, val/, test/ and
 * ood/, or a list of paths and classes. Without train/ and test/, some of the
 * files become test images, chosen by a hash of their paths, so that the same
 * are chosen again. One thread.
 */

#include <stdbool.h>

#include "catalogue/dataset.h"
#include "tasks/walk.h"

enum shelf_val { VAL_AUTO, VAL_TRAIN, VAL_TEST, VAL_SKIP };

struct shelf_options {
    const char *split;  /* of everything, or NULL: read from the names */
    int holdout;        /* percent of a folder or list without splits */
    enum shelf_val val; /* what val/ is for; VAL_AUTO: test, if there is no
                           test/, else skipped */
};

struct shelf {
    char *path; /* absolute, without a slash at its end; owned */
    enum split split;
    bool unclassed; /* ood: folders below it mean nothing */
    struct walk walk;
};

struct shelves {
    struct shelf *items;
    int count, room;
    char *name;     /* owned: of the source, for a data set */
    char *left_out; /* owned: folders that were, for people; NULL: none */
};

/* True if the source holds pictures of its own, rather than arrays of them. */
bool shelf_like(const char *source);

/* Adds the shelves of a source to *out, which starts zeroed and must be
 * released even after an error. ERR_BAD_INPUT when there are no pictures. */
enum status shelves_find(struct shelves *out, const char *source,
                         const struct shelf_options *options,
                         struct err *err) MUST_USE;
void shelves_release(struct shelves *shelves);

#endif
