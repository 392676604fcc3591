#ifndef BITGROVE_LEARN_ITQ_H
#define BITGROVE_LEARN_ITQ_H

/*
 * Iterative quantisation: Gong and Lazebnik, "Iterative Quantization: A
 * Procrustean Approach to Learning Binary Codes", CVPR 2011. Turns real
 * vectors into a few numbers each whose signs lose little: principal
 * components, then the rotation R that least squares finds between them and
 * their own signs, alternating. Deterministic for a seed. Any thread, with
 * single-threaded BLAS (nn/pool.h).
 */

#include <stdint.h>

#include "base/err.h"

#define ITQ_ROUNDS 50

/*
 * v: (n, d), row-major, its mean is taken off. project: (k, d) and z: (n, k),
 * both overwritten, with z = (v - mean) project^T. If v has fewer than k
 * directions, the rest of the components are 0 before the rotation.
 * ERR_BAD_INPUT if v is not finite, ERR_NOMEM.
 */
enum status itq_fit(int n, int d, int k, const float *v, uint64_t seed,
                    float *project, float *z, struct err *err) MUST_USE;

/*
 * Without mean and rotation: project (k, d), the right singular vectors of v
 * with the largest singular values, each with its largest entry positive, and
 * z (n, k) = v project^T, the left ones times their singular values. Both
 * overwritten; what lies beyond the rank of v is 0. Errors as above.
 */
enum status itq_singular(int n, int d, int k, const float *v, float *project,
                         float *z, struct err *err) MUST_USE;

#endif
