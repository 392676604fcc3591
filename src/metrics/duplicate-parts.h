#ifndef BITGROVE_METRICS_DUPLICATE_PARTS_H
#define BITGROVE_METRICS_DUPLICATE_PARTS_H

/* What duplicate.c, duplicate-sign.c and duplicate-join.c share. */

#include "metrics/duplicate.h"

#define SIGN_SIDE   6 /* blocks along a side */
#define SIGN_BLOCKS (SIGN_SIDE * SIGN_SIDE)
#define SIGN_AXES   8
#define SIGN_SCALE  32 /* of a projection, -255..255, in an int16_t */

struct signature {
    uint8_t mean[SIGN_BLOCKS];
    uint8_t deviation[SIGN_BLOCKS]; /* twice the deviation, 0..127.5 */
    int16_t axis[SIGN_AXES];
};

struct duplicates {
    struct duplicate_options options;
    size_t size;             /* bytes of an image */
    size_t count, added;     /* rows */
    uint64_t *hashes;        /* (n) of the bytes */
    struct signature *signs; /* (n), or NULL: exact ones alone */

    int32_t weight[SIGN_BLOCKS];        /* pixels of a block, of all channels */
    float axes[SIGN_AXES][SIGN_BLOCKS]; /* times the sum of a block */

    /* While duplicates_find() runs. */
    const struct duplicate_source *source;
    uint32_t *of;      /* (n) the image that a row repeats, or its own row */
    float *difference; /* (n) of pixels; 0 when exact */
    uint8_t *looks;    /* (n) at pixels, for near ones */
    uint8_t *crowded;  /* (n) a bound was met */
    uint8_t *left;     /* the bytes of row left_row */
    uint32_t left_row;
    uint8_t *slots; /* bytes of rows, by row modulo slot_count */
    uint32_t *slot_rows, slot_count;
    unsigned steps; /* to ask for cancellation now and then */
};

/* ---- duplicate-sign.c ---- */

/* Weights and axes from the options. */
void sign_prepare(struct duplicates *d);
void sign_make(const struct duplicates *d, struct signature *out,
               const uint8_t *bytes);
/* False only if the pixels differ by more than the tolerance. */
bool sign_near(const struct duplicates *d, size_t a, size_t b);

/* ---- duplicate.c ---- */

/* The bytes of two different rows, borrowed until the next call. */
enum status duplicate_pair(struct duplicates *d, uint32_t row, uint32_t other,
                           const uint8_t **a, const uint8_t **b,
                           struct err *err) MUST_USE;
/* ERR_CANCELLED if it is to end; asks once in a while. */
enum status duplicate_go_on(struct duplicates *d, struct err *err) MUST_USE;
/* Bits between the codes of two rows, -1 when one is not known. */
int duplicate_bits(const struct duplicates *d, uint32_t a, uint32_t b);

/* ---- duplicate-join.c ---- */

/* Looks for the nearest of every row of rows (count), permuting them. */
enum status duplicate_join(struct duplicates *d, uint32_t *rows, size_t count,
                           struct err *err) MUST_USE;

#endif
