#ifndef BITGROVE_NN_SOFTMAX_H
#define BITGROVE_NN_SOFTMAX_H

/*
 * Softmax cross-entropy of many classes, with vectors for the exponentials
 * and images split over the pool. Sums of an image in a fixed order, losses
 * added in the order of the images: the same bytes for any number of threads.
 */

#include <stdint.h>

#include "base/err.h"
#include "nn/pool.h"

/*
 * One image: the loss of logits x (classes) under label smoothing as
 * nn/loss.h has it; x becomes its gradient times part. Logits are taken as
 * they are; exponentials to 2 units in the last place.
 */
typedef double softmax_row(int classes, float *x, uint32_t label,
                           double smoothing, float part);
softmax_row softmax_avx512, softmax_avx2, softmax_portable;

/*
 * One image: the loss of its bits, as loss_code() has it but as a sum and not
 * a mean, for margins z and the signs (bits) of its class, at most 1000 bits.
 * part times its gradient is added to dz; dsigns, that of the signs, is
 * overwritten.
 */
typedef double softmax_bits(int bits, const float *z, const float *signs,
                            float part, float *dz, float *dsigns);
softmax_bits softmax_bits_avx512, softmax_bits_avx2, softmax_bits_portable;

/* Way number i that this processor has, best first, or NULL: for tests. */
softmax_row *softmax_at(int i);
softmax_bits *softmax_bits_at(int i);

/*
 * The loss of logits scale * z B^T, B: (classes, k), z: (n, k), and its
 * gradients dz (n, k) and, unless NULL, db (classes, k), overwritten; mean
 * over the n images. docs/method.md, phase 1.
 */
struct classloss;
enum status classloss_new(struct classloss **out, int n, int k, int classes,
                          struct pool *pool, struct err *err) MUST_USE;
void classloss_free(struct classloss *loss); /* NULL is fine */
double classloss_run(struct classloss *loss, int n, float scale, const float *z,
                     const float *b, const uint32_t *labels, double smoothing,
                     float *dz, float *db);

/* The loss of logits (n, classes) and its gradient in their place, for
 * logits that are there already. */
double classloss_logits(struct classloss *loss, int n, float *logits,
                        const uint32_t *labels, double smoothing);

#endif
