#ifndef BITGROVE_CODES_DECODE_H
#define BITGROVE_CODES_DECODE_H

/*
 * From an instance code to a class (method.md, "Decoding an instance code";
 * Kusupati et al. 2021, section 3; codes as error-correcting output codes:
 * Dietterich and Bakiri 1995).
 *
 *   MHD  the class whose code is nearest; among classes equally near the one
 *        with the largest B[c].z, then the lowest class.
 *   ED   the class whose code is the very same; undecided when there is none.
 *        It is MHD's answer at distance 0, so one result serves both.
 *
 * z are the k margins of the image, B[c] in {-1,+1}. With float margins the
 * products are summed in double from bit 0 up; with int8 margins in integers,
 * exactly. The answer depends on nothing else: same input, same answer, on
 * every machine. O(L) for each image, at the speed of hamming_scan(). Any
 * thread.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codes/code.h"
#include "codes/codebook.h"

#define DECODE_NONE UINT32_MAX

struct decode {
    uint32_t nearest; /* MHD's class; DECODE_NONE only when L = 0 */
    int distance;     /* to its code; -1 when L = 0 */
    uint32_t tied;    /* classes at that distance, itself included: > 1 means
                         that the tie rule was needed */
};

/* The code of the image is the sign of its margins. (k) */
struct decode decode_margins(const struct codebook *book, const float *margins);

/* The same from quantised margins (codes/margin.h). (k) */
struct decode decode_quantised(const struct codebook *book,
                               const int8_t *margins);

/* A bare code: ties go to the lowest class. */
struct decode decode_code(const struct codebook *book, uint64_t code);

/*
 * MHD over the bits of `mask` alone: the others count neither for distance
 * nor for the tie rule. margins: (k) int8, or NULL for a bare code, in which
 * case ties go to the lowest class. code must be the sign of the margins where
 * both are given.
 */
struct decode decode_masked(const struct codebook *book, uint64_t code,
                            const int8_t *margins, uint64_t mask);

/* ED: the class, or DECODE_NONE when the image is undecided. */
static inline uint32_t decode_exact(const struct decode *d)
{
    return d->distance == 0 ? d->nearest : DECODE_NONE;
}

struct decode_rank {
    uint32_t row; /* the class */
    int distance;
    int32_t score; /* B[c].z in quantised units; 0 for a bare code */
};

/*
 * The `count` nearest classes in MHD's order: by distance, by B[c].z from
 * large to small, by class. margins: (k) int8 or NULL. out has room for
 * min(count, L) entries; returns how many were written.
 */
size_t decode_nearest(struct decode_rank *out, size_t count,
                      const struct codebook *book, uint64_t code,
                      const int8_t *margins);

#endif
