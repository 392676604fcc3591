#ifndef BITGROVE_METRICS_THRESHOLD_H
#define BITGROVE_METRICS_THRESHOLD_H

/*
 * What out-of-distribution detection by codes is compared with (Kusupati et
 * al. 2021, section 4.4): a score with a threshold that was tuned on held-out
 * samples, half of them in distribution and half out of it, for the largest
 * accuracy. Positive means OOD, the score the more foreign the larger: for a
 * classifier 1 - the largest softmax probability (Hendrycks and Gimpel 2017).
 *
 * Which samples are held out is a draw from a seed and the sizes of the two
 * sides, so that all detectors of one data set can be judged by the images
 * that were left. Any thread.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "metrics/ood.h"

#define THRESHOLD_SAMPLES 3000 /* of both sides together, as published */
#define THRESHOLD_SEED    1

/* Of each side: THRESHOLD_SAMPLES / 2, or half of the smaller side if it has
 * fewer than twice as many. */
size_t threshold_samples(size_t in, size_t out);

/* held[0..n), of one side (0 in, 1 out): whether an image is held out. */
void threshold_hold(bool *held, size_t n, size_t samples, int side,
                    uint64_t seed);

struct threshold {
    size_t samples;  /* held out, of both sides; 0: there was no choice */
    double at;       /* OOD is what scores above */
    double accuracy; /* on the samples */
    struct ood_result rest;
};

/*
 * scores: in (n_in), out (n_out), finite; held: as above, samples of each
 * side. Of all thresholds halfway between two scores of the samples, below
 * and above all, the one with the largest accuracy, the lowest if several
 * are. O(n log n).
 */
struct threshold threshold_tune(const double *in, const bool *in_held,
                                size_t n_in, const double *out,
                                const bool *out_held, size_t n_out);

/* The chance that one of out scores above one of in, ties half; 0 when either
 * is empty. Sorts both. */
double threshold_auroc(double *in, size_t n_in, double *out, size_t n_out);

#endif
