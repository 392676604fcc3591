#ifndef BITGROVE_METRICS_ACCURACY_H
#define BITGROVE_METRICS_ACCURACY_H

/*
 * Classification from codes (docs/method.md, "Decoding an instance code" and
 * "Protocols"). Counters that batches are added to, in any order and number;
 * rates are had by division. Labels are rows of the codebook; images with a
 * label outside 0..L-1 are passed over. A counter belongs to one thread.
 */

#include <stddef.h>
#include <stdint.h>

#include "codes/codebook.h"

/* Instance codes decoded by MHD and ED, tie rule of codes/decode.h. */
struct accuracy {
    size_t images;
    size_t mhd;       /* right by MHD */
    size_t ed;        /* right by ED; undecided images count as wrong */
    size_t undecided; /* whose code is no class's */
    size_t ties;      /* where MHD's tie rule chose among several classes */
};

#define ACCURACY_INIT \
    {                 \
        0, 0, 0, 0, 0 \
    }

/* margins: (n, k) row-major, quantised; labels: (n). */
void accuracy_add(struct accuracy *acc, const struct codebook *book,
                  const int8_t *margins, const int32_t *labels, size_t n);

/* part / whole, 0 when whole is 0. */
static inline double accuracy_rate(size_t part, size_t whole)
{
    return whole ? (double)part / (double)whole : 0;
}

#endif
