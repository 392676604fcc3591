#ifndef BITGROVE_TASKS_CLASSPLAN_H
#define BITGROVE_TASKS_CLASSPLAN_H

/*
 * The classes of a data set as an import will leave them: those it has, those
 * of a classes file, and, for data sets whose classes have numbers for names,
 * those that the labels mention. Everything that could be wrong with them is
 * found here, before anything is written. One thread.
 *
 * A class is never renamed or moved by an import, and none is added to a data
 * set that something was learnt from: the models' codes would have no row for
 * it.
 */

#include <stdbool.h>
#include <stdint.h>

#include "catalogue/dataset.h"
#include "formats/idx.h"
#include "formats/tsv.h"

struct classplan_entry {
    int64_t id; /* 0: to be made */
    uint32_t number;
    char *name, *path; /* owned */
};

struct classplan {
    struct classplan_entry *entries; /* in no order */
    int count, room;
    int32_t *of_number; /* (IDX_LABEL_MAX + 1) index of an entry, or -1 */
    char *dataset;      /* owned: its name, for messages */
    bool numbered;      /* every name is the class's number */
    bool frozen;        /* there are models */
};

/* The classes there are. dataset->id 0: none. */
enum status classplan_load(struct classplan *out, struct catalogue *cat,
                           const struct dataset *dataset,
                           struct err *err) MUST_USE;
void classplan_release(struct classplan *plan); /* zeroed is fine */

/* ERR_BAD_INPUT names the file and the class that doesn't fit. */
enum status classplan_add_file(struct classplan *plan, const struct tsv *tsv,
                               const char *path, struct err *err) MUST_USE;

/* ERR_BAD_INPUT names the file and the first row of an unknown class. */
enum status classplan_add_labels(struct classplan *plan, const uint32_t *labels,
                                 size_t n, const char *path,
                                 struct err *err) MUST_USE;

/* Inserts what is new, in the caller's transaction, and learns the ids. */
enum status classplan_write(struct classplan *plan, struct catalogue *cat,
                            int64_t dataset, struct err *err) MUST_USE;

/* The id of the class with this number, which must be in the plan. */
int64_t classplan_id(const struct classplan *plan, uint32_t number);

#endif
