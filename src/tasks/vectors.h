#ifndef BITGROVE_TASKS_VECTORS_H
#define BITGROVE_TASKS_VECTORS_H

/*
 * The features of a data set, where its sources say they are: mapped, never
 * copied. Rows that were looked at are given back to the system now and then,
 * so that a worker's memory does not grow with the file. One thread.
 */

#include <stdint.h>

#include "catalogue/images.h"
#include "formats/matrix.h"
#include "learn/learner.h"

struct vectors {
    struct vectors_file {
        int64_t source;
        struct matrix matrix;
        char *path; /* owned */
    } * files;      /* opened so far */
    int count, room;
    struct catalogue *cat; /* borrowed */
    char *dataset;         /* owned: its name, for messages */
    int64_t dataset_id;
    int d;
    uint64_t row;  /* bytes of a row */
    uint64_t seen; /* bytes looked at since memory was given back */
};

/* ERR_BAD_INPUT unless it is a data set of vectors. Opens no file yet. */
enum status vectors_init(struct vectors *out, struct catalogue *cat,
                         const struct dataset *dataset,
                         struct err *err) MUST_USE;
void vectors_release(struct vectors *vectors); /* zeroed is fine */

/*
 * The rows of n images: rows[i] for the row at positions[i] of sources[i],
 * valid until vectors_release(). *out, borrowed from vectors, describes them
 * for the learner, which borrows rows as well. ERR_BAD_INPUT when a file is
 * gone or another: what is expected, and what to do.
 */
enum status vectors_rows(struct learn_vectors *out, struct vectors *vectors,
                         const int64_t *sources, const int64_t *positions,
                         int64_t n, const void **rows,
                         struct err *err) MUST_USE;

/* ERR_BAD_INPUT once one of the files was cut short, and its rows are zeros:
 * to be asked before what was made of them is kept. */
enum status vectors_whole(const struct vectors *vectors,
                          struct err *err) MUST_USE;

/* For matrix_features(). */
enum unpack_type vectors_unpack(enum matrix_type type);

/* What a source's row notes of the file, and the file again from that. */
void vectors_place(struct source_row *row, const struct matrix *matrix);
enum status vectors_again(struct matrix *out, const struct source_row *row,
                          int d, struct err *err) MUST_USE;

#endif
