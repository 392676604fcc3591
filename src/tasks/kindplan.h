#ifndef BITGROVE_TASKS_KINDPLAN_H
#define BITGROVE_TASKS_KINDPLAN_H

/*
 * The classes of a data set of pictures as an import will leave them, told
 * apart by the folder their pictures lie in (or what a list calls them). A
 * class is called as the words say, else by the last part of its folder, else,
 * where two would be called the same, by more of it. Everything that could be
 * wrong is found before anything is written. One thread.
 */

#include <stdbool.h>

#include "catalogue/dataset.h"
#include "formats/listing.h"

struct kind {
    char *folder, *name, *path;       /* owned */
    const struct listing_line *words; /* borrowed, or NULL */
    int64_t id;                       /* 0: to be made */
    int64_t number;
    bool renamed;
};

struct kindplan {
    struct kind *kinds; /* in the order of folder */
    int count, room;
};

/*
 * The classes that dataset (id 0: none yet) has, and those of the folders,
 * which may repeat. words may be NULL. ERR_BAD_INPUT when one is new and there
 * are models that don't know it.
 */
enum status kindplan_make(struct kindplan *out, struct catalogue *cat,
                          const struct dataset *dataset,
                          const char *const *folders, int64_t n,
                          const struct listing *words,
                          struct err *err) MUST_USE;
void kindplan_release(struct kindplan *plan); /* zeroed is fine */

/* Writes what is new or renamed, in the caller's transaction. */
enum status kindplan_write(struct kindplan *plan, struct catalogue *cat,
                           int64_t dataset, struct err *err) MUST_USE;

/* The id of a folder's class, which must be in the plan. */
int64_t kindplan_id(const struct kindplan *plan, const char *folder);

#endif
