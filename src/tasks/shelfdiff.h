#ifndef BITGROVE_TASKS_SHELFDIFF_H
#define BITGROVE_TASKS_SHELFDIFF_H

/*
 * What of a shelf the catalogue doesn't hold yet, or holds otherwise: told by
 * path, size and time, without opening a file. One thread.
 */

#include <stdbool.h>

#include "catalogue/originals.h"
#include "tasks/shelf.h"

/* A file to be read. */
struct shelfdiff_item {
    const struct walk_file *file;   /* borrowed from the walk */
    const struct original_row *was; /* borrowed; NULL: it is new */
    bool refused;                   /* it was, when last looked at */
};

struct shelfdiff {
    int64_t source; /* 0: to be made */
    int64_t images; /* it holds so many */
    struct original_list originals;
    struct refusal_list refusals;
    struct shelfdiff_item *items;
    int64_t count, room;
    int64_t *missing; /* of originals, by digest: what is no longer there */
    int64_t lost;     /* of them */
    int64_t same, refused; /* refused: as before */
    bool *refused_still;   /* (refusals.count) */
};

/* Against the source `source`, 0 for none. */
enum status shelfdiff_make(struct shelfdiff *out, struct catalogue *cat,
                           const struct shelf *shelf, int64_t source,
                           struct err *err) MUST_USE;
void shelfdiff_release(struct shelfdiff *diff); /* zeroed is fine */

/* Takes one of the missing files with this content, or NULL: it was moved. */
const struct original_row *shelfdiff_moved(struct shelfdiff *diff,
                                           const char *digest);

#endif
