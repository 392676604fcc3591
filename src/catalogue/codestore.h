#ifndef BITGROVE_CATALOGUE_CODESTORE_H
#define BITGROVE_CATALOGUE_CODESTORE_H

/* Class codes by step, instance codes with margins, and trees. */

#include <stdbool.h>
#include <stdint.h>

#include "catalogue/dataset.h"

/*
 * Class codes of a model at a step, in class_all()'s order. Classes that came
 * into the catalogue after the model was learnt have none: class_ids says
 * which class each row is of (set by class_codes_load(), owned).
 */
struct class_codes {
    int classes, bits, step;
    int64_t *class_ids; /* (classes) */
    uint64_t *codes;    /* (classes) */
    float *weights; /* (classes, bits) row-major, the values behind the signs */
};
/* step 0: the newest. ERR_NOT_FOUND when no epoch is done yet. */
enum status class_codes_load(struct catalogue *cat, int64_t model, int step,
                             struct class_codes *out, struct err *err) MUST_USE;
/* class_ids: (classes), in the same order; codes->class_ids is not read. In
 * the caller's transaction. */
enum status class_codes_save(struct catalogue *cat, int64_t model,
                             const struct class_codes *codes,
                             const int64_t *class_ids,
                             struct err *err) MUST_USE;
void class_codes_release(struct class_codes *codes);

/* All instance codes of a model, ordered by image id: what index/ searches. */
struct image_codes {
    int64_t n;
    int bits;
    int64_t *ids;       /* (n) image ids, ascending */
    int64_t *class_ids; /* (n) true class, 0 for none */
    uint8_t *split;     /* (n) enum split */
    uint64_t *codes;    /* (n) */
    int64_t *decoded;   /* (n) class ids */
    uint8_t *distance;  /* (n) to the decoded class's code */
    int8_t *margins;    /* (n, bits), times model.margin_scale */
};
enum status image_codes_load(struct catalogue *cat, int64_t model,
                             struct image_codes *out, struct err *err) MUST_USE;
void image_codes_release(struct image_codes *codes);
/*
 * Tells whether the codes of a model may have changed since it was taken, also
 * by other programs, without reading them: see code_block in
 * bitgrove-catalogue(5). While rows are outside of blocks, which they are for
 * a short time, one can't tell.
 */
struct image_codes_stamp {
    int64_t blocks, newest, coded;
    bool whole; /* every code is in a block */
};
enum status image_codes_stamp(struct catalogue *cat, int64_t model,
                              struct image_codes_stamp *out,
                              struct err *err) MUST_USE;
/* True if the codes are surely those that they were. */
bool image_codes_unchanged(const struct image_codes_stamp *a,
                           const struct image_codes_stamp *b);

/*
 * Puts codes into blocks, which image_codes_load() reads many times faster
 * than rows: those from *first (an image id, INT64_MIN to begin) that are in
 * none, at most `most` blocks of 4096 ids (3 ms each). Moves *first; *more
 * says whether to call again. In the caller's transaction.
 */
enum status image_codes_pack(struct catalogue *cat, int64_t model, int most,
                             int64_t *first, bool *more,
                             struct err *err) MUST_USE;

/* Compares every block with its rows: how many are not the same. */
enum status image_codes_verify(struct catalogue *cat, int64_t model,
                               int64_t *wrong, struct err *err) MUST_USE;

/* Where the classes of coded images (n) stand in a list, -1: not in it. Owned.
 */
int32_t *image_codes_labels(const struct image_codes *codes,
                            const struct class_list *classes);

/* Position of the first image whose id is not below this one, n for none. */
int64_t image_codes_from(const struct image_codes *codes, int64_t id);

/* Position of an image id, or -1. */
int64_t image_codes_find(const struct image_codes *codes, int64_t id);

struct image_code {
    int64_t image_id;
    uint64_t code;
    int64_t decoded;
    int distance;
};
/* Writes or replaces n rows and counts the new ones in model.coded; margins:
 * (n, bits). In the caller's transaction. */
enum status image_codes_save(struct catalogue *cat, int64_t model, int bits,
                             const struct image_code *rows,
                             const int8_t *margins, int64_t n,
                             struct err *err) MUST_USE;
enum status image_code_get(struct catalogue *cat, int64_t model, int64_t image,
                           int bits, struct image_code *out, int8_t *margins,
                           struct err *err) MUST_USE;

/* A stored tree: nodes 0..L-1 are the classes in the order of class_codes, a
 * parent comes behind its children, the root is the last. */
struct tree_row {
    int32_t parent, left, right; /* -1: none */
    int32_t leaves;
    double height;
};
struct tree_rows {
    struct tree_row *items;
    int count, room; /* count: 2L-1, or 0 */
    int step;
    int64_t *class_ids; /* (leaves) set by tree_rows_load(), owned */
    int leaves;
};
/* step 0: the newest. ERR_NOT_FOUND when that tree was not made. What is
 * returned is a whole tree; ERR_CATALOGUE when the rows are none. */
enum status tree_rows_load(struct catalogue *cat, int64_t model, int step,
                           const char *linkage, struct tree_rows *out,
                           struct err *err) MUST_USE;
/* Replaces the tree of that step and linkage, in the caller's transaction.
 * class_ids: for the leaves. */
enum status tree_rows_save(struct catalogue *cat, int64_t model, int step,
                           const char *linkage, const struct tree_rows *rows,
                           const int64_t *class_ids, struct err *err) MUST_USE;
void tree_rows_release(struct tree_rows *rows);

#endif
