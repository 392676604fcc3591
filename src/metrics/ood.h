#ifndef BITGROVE_METRICS_OOD_H
#define BITGROVE_METRICS_OOD_H

/*
 * Out-of-distribution detection with no threshold to tune (method.md, "What
 * the codes are for", 5; Kusupati et al. 2021, section 4.4): an image whose
 * code is no class's is out of distribution. Positive means OOD.
 *
 * For ranking there is a score: the distance to the nearest class code, then
 * the smallest absolute margin, the less sure the more foreign,
 *
 *     score = 128 * distance + (127 - min |margin|)           0..8319
 *
 * in quantised units (codes/margin.h), so score >= 128 is the rule. AUROC is
 * the chance that an OOD image scores above one in distribution, ties half
 * (Mann and Whitney 1947); exact, by counting. Counters belong to one thread.
 */

#include <stddef.h>
#include <stdint.h>

#include "codes/codebook.h"

#define OOD_SCORES (128 * (CODE_BITS_MAX + 1))

/* margins: (k) quantised. 128 * 65 - 1 when the codebook is empty. */
int ood_score(const struct codebook *book, const int8_t *margins);

struct ood {
    size_t in[OOD_SCORES];  /* images in distribution, by score */
    size_t out[OOD_SCORES]; /* images out of it, by score */
};

/* Adds images to one side; margins: (n, k). The struct starts zeroed. */
void ood_add_in(struct ood *ood, const struct codebook *book,
                const int8_t *margins, size_t n);
void ood_add_out(struct ood *ood, const struct codebook *book,
                 const int8_t *margins, size_t n);

struct ood_result {
    size_t in, out;        /* images of each side */
    size_t true_positive;  /* OOD and called so */
    size_t false_positive; /* in distribution, called OOD */
    double precision;      /* 0 when nothing is called OOD */
    double recall;         /* 0 when there is no OOD image */
    double f1;             /* harmonic mean of the two; 0 when both are */
    double accuracy;
    double auroc; /* 0 when either side is empty */
};

struct ood_result ood_evaluate(const struct ood *ood);

/* The same from the counts of a rule: images of each side, in distribution but
 * called OOD, and OOD and called so. */
struct ood_result ood_rates(size_t in, size_t out, size_t false_positive,
                            size_t true_positive, double auroc);

#endif
