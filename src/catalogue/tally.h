#ifndef BITGROVE_CATALOGUE_TALLY_H
#define BITGROVE_CATALOGUE_TALLY_H

/*
 * Counts images while they are inserted, so that table tally is written once
 * a transaction and not once an image. catalogue_commit() writes what was
 * counted, catalogue_rollback() forgets it. For this room only.
 */

#include <stdint.h>

#include "catalogue/dataset.h"

struct tally_count {
    int64_t dataset, class_id; /* class_id 0: of no class */
    enum split split;
    int64_t images;
};

struct tally {
    struct tally_count *items;
    int count, room;
};

/* The counts of the transaction under way; borrowed. */
struct tally *catalogue_tally(struct catalogue *cat);

void tally_images(struct tally *tally, int64_t dataset, enum split split,
                  int64_t class_id, int64_t images);
enum status tally_write(struct tally *tally, struct db *db,
                        struct err *err) MUST_USE;
void tally_forget(struct tally *tally);

#endif
