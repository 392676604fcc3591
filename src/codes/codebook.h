#ifndef BITGROVE_CODES_CODEBOOK_H
#define BITGROVE_CODES_CODEBOOK_H

/*
 * The codebook B = sign(W) of method.md: one code for each of L classes, and,
 * where they are known, the real values W it was taken from, because the sign
 * can always be taken again. Invariants: every code fits `bits`; when weights
 * is not NULL, codes[c] is the sign of row c. Classes are counted 0..L-1 in
 * the order of their ids, so "the lower class id" is the lower row. L may be
 * 0. One thread writes, any number may read.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "codes/code.h"

struct codebook {
    uint32_t classes; /* L */
    int bits;         /* k, 1..64 */
    uint64_t *codes;  /* (L), owned */
    float *weights;   /* W: (L, k) row-major, owned; NULL when not known */
};

#define CODEBOOK_INIT    \
    {                    \
        0, 0, NULL, NULL \
    }

/*
 * Copies weights (L, k), row-major, and takes their signs. *out must not own
 * anything. ERR_BAD_INPUT when bits is not 1..64 or a value is NaN or
 * infinite (names class and bit, from 0); ERR_NOMEM.
 */
MUST_USE enum status codebook_from_weights(struct codebook *out,
                                           const float *weights,
                                           uint32_t classes, int bits,
                                           struct err *err);

/* Frees what it owns and makes it empty; safe on CODEBOOK_INIT and twice. */
void codebook_release(struct codebook *book);

/* Number of different codes, 0..L. O(L log L). */
uint32_t codebook_distinct(const struct codebook *book);

/* Smallest distance between two classes; -1 when L < 2. O(L^2). */
int codebook_distance_min(const struct codebook *book);

struct codebook_pair {
    uint32_t a, b; /* a < b */
    int distance;
};

/*
 * All pairs of classes at distance <= radius, nearest first, then by a, then
 * by b; radius 0 gives the classes that share a code. *pairs is owned by the
 * caller (free()), NULL when there is none. Returns their number. O(L^2).
 */
size_t codebook_pairs(struct codebook_pair **pairs, const struct codebook *book,
                      int radius);

#endif
