#ifndef BITGROVE_METRICS_TIEDAP_H
#define BITGROVE_METRICS_TIEDAP_H

/*
 * Average precision of a ranking with ties, in expectation over all orders
 * within each tie (McSherry and Najork, "Computing information retrieval
 * performance measures efficiently in the presence of tied scores", ECIR
 * 2008). With n items, r of them relevant, in the tie that follows the first
 * c items, C relevant, rank i = c + j of the list adds
 *
 *     E[relevant at i * precision at i]
 *         = r/n * (C + 1 + (j - 1)(r - 1)/(n - 1)) / i        (j = 1..n)
 *
 * for i <= R, and the sum is divided by the expected number of relevant items
 * within the first R, C + r (R - c)/n at the tie that R cuts: a quotient of
 * two expectations. Each tie is summed in closed form with harmonic numbers.
 * A struct belongs to one thread.
 */

#include <stddef.h>

struct tiedap {
    size_t cut;             /* R, at most the length of harmonic */
    const double *harmonic; /* H(0) to H(cut), borrowed */
    size_t before;          /* items so far */
    double hits;            /* relevant among them */
    double sum, expected;   /* numerator and divisor */
};

/* H(0) to H(last); NULL when memory is out. Owned by the caller. */
double *tiedap_harmonic(size_t last);

/* The next tie, nearest first: n items, r of them relevant. Beyond the cut
 * nothing is added. */
void tiedap_add(struct tiedap *ap, size_t n, size_t r);

/* 0 when nothing relevant can be within the cut. */
double tiedap_value(const struct tiedap *ap);

#endif
