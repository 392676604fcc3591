#ifndef BITGROVE_METRICS_DUPLICATE_H
#define BITGROVE_METRICS_DUPLICATE_H

/*
 * Exact and near duplicates among images, by pixels and code.
 *
 *   exact  the same bytes
 *   near   codes at most `radius` bits apart, and pixels that differ by at
 *          most `tolerance`: the root of the mean squared difference, in
 *          steps of 0..255
 *
 * Every image that has a duplicate before it (a lower row) is told once, with
 * one of them: the first that is exactly the same; else, of those that are no
 * exact copies themselves, the one whose pixels differ least, then the first.
 *
 * Nothing is compared with everything. Exact copies meet by a hash of their
 * bytes, and are then compared. For near ones each image keeps a signature of
 * 96 bytes: mean and deviation of 6 x 6 blocks, and eight projections of the
 * means on low cosines, of length one, so that pixels d apart are at most d
 * apart in each projection (Cauchy and Schwarz), and blocks as well:
 *
 *     d^2 = sum over blocks b of w_b mean_b (x - y)^2
 *        >= sum of w_b ((mean x - mean y)^2 + (dev x - dev y)^2)
 *
 * The projections, widest first, cut the images into strips as wide as the
 * tolerance, and only strips side by side are looked at further (an epsilon
 * grid join: Boehm et al., SIGMOD 2001); what is left is sifted by code, by
 * blocks, and at last by the pixels themselves. All of this loses nothing.
 * Where thousands of different images are as like as that, the work is bounded
 * instead: DUPLICATE_CROWD comparisons an image in one cell of the grid, and
 * DUPLICATE_LOOKS at pixels an image; how many images met a bound is told, and
 * a nearer duplicate of these may have been passed over.
 *
 * One thread at a time.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define DUPLICATE_CROWD 4096
#define DUPLICATE_LOOKS 64

#define DUPLICATE_RADIUS    2  /* bits: what to use unless something is asked */
#define DUPLICATE_TOLERANCE 12 /* of 255 */

struct duplicate_options {
    int channels, height, width; /* of an image, bytes (C,H,W) */
    int radius;                  /* bits, 0..64 */
    double tolerance;            /* 0..255; 0: exact ones alone */
};

/* What is asked during duplicates_find(). */
struct duplicate_source {
    /* The bytes of a row again, channels x height x width of them. */
    enum status (*read)(void *context, size_t row, uint8_t *bytes,
                        struct err *err);
    bool (*cancel)(void *context); /* NULL, or true ends it: ERR_CANCELLED */
    void *context;
    const uint64_t *codes; /* (n) by row; NULL: pixels alone decide */
    const uint8_t *coded;  /* (n) 0: no code, so pixels alone decide about this
                              image; NULL: all have one */
};

struct duplicate {
    uint32_t row, of; /* of < row */
    bool exact;
    int bits;      /* between their codes; -1 when one is not known */
    double pixels; /* the difference, 0 when exact */
};

struct duplicates;

/* ERR_NOMEM. count: the most rows to come, below 2^32. */
MUST_USE enum status duplicates_new(struct duplicates **out,
                                    const struct duplicate_options *options,
                                    size_t count, struct err *err);
void duplicates_free(struct duplicates *d); /* NULL is fine */

/* The next row's bytes; n times, at most `count`. */
void duplicates_add(struct duplicates *d, const uint8_t *bytes);

/*
 * Once, after all were added. Exact ones first, by the one they repeat; then
 * near ones, the least different first, then fewest bits, then by row. *list
 * is owned by the caller (free()), NULL when empty. *crowded: images that met
 * a bound. What read() returns is passed on.
 */
MUST_USE enum status duplicates_find(struct duplicate **list, size_t *count,
                                     size_t *crowded, struct duplicates *d,
                                     const struct duplicate_source *source,
                                     struct err *err);

#endif
