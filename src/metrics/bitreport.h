#ifndef BITGROVE_METRICS_BITREPORT_H
#define BITGROVE_METRICS_BITREPORT_H

/*
 * What each bit does (docs/method.md, "Protocols", bits): how evenly it splits
 * classes and images, how much it tells beyond the others, what is lost
 * without it, and which classes it alone keeps apart. Any thread; a report
 * does not change once made.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "codes/code.h"
#include "codes/codebook.h"

/* Of n codes: how often each bit is set, and how bits go together. */
struct bitreport_side {
    size_t count;                  /* n */
    size_t set[CODE_BITS_MAX];     /* codes with bit i set */
    double balance[CODE_BITS_MAX]; /* set / n; 0 when n is 0 */
    double entropy[CODE_BITS_MAX]; /* of the bit, in bits, 0..1 */
    /*
     * Pearson's correlation of bits i and j over the codes (phi), -1..1; 1 on
     * the diagonal, 0 where a bit never changes (its diagonal included).
     */
    double correlation[CODE_BITS_MAX][CODE_BITS_MAX];
};

/* Fills *out from codes (n). O(n k + n k^2 / 64). */
void bitreport_side(struct bitreport_side *out, const uint64_t *codes, size_t n,
                    int bits);

/* A bit's price: MHD right among the images, with the bit changed. */
struct bitreport_loss {
    size_t images;
    size_t right;                  /* as it is */
    size_t flipped[CODE_BITS_MAX]; /* right when every image's bit i, and the
                                      sign of its margin, is turned over */
    size_t masked[CODE_BITS_MAX];  /* right when bit i is left out */
};

/*
 * margins: (n, k) quantised, labels: (n) rows of the codebook, others passed
 * over. O(n (L + k c)), c classes near enough to matter. cancel may be NULL; it is asked some times a second and ends
 * the work with ERR_CANCELLED.
 */
MUST_USE enum status
bitreport_loss(struct bitreport_loss *out, const struct codebook *book,
               const int8_t *margins, const int32_t *labels, size_t n,
               bool (*cancel)(void *context), void *context, struct err *err);

/* Two classes whose codes differ in one bit alone. */
struct bitreport_pair {
    int bit;
    uint32_t off, on; /* the class without the bit, the class with it */
};

/*
 * All such pairs, by bit, then off, then on. *pairs is owned by the caller
 * (free()), NULL when there is none. Returns their number. O(L^2).
 */
size_t bitreport_pairs(struct bitreport_pair **pairs,
                       const struct codebook *book);

#endif
