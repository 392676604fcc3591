#ifndef BITGROVE_NN_CODESTEP_H
#define BITGROVE_NN_CODESTEP_H

/*
 * A step of learning codes from rows that lie anywhere (nn/rows.h), in one go:
 * a task takes some rows, converts them once into its core's cache, and makes
 * of them margins, losses and its share of all gradients, while they are
 * there. A second round adds the shares.
 *
 * The shares are cut by the number of rows alone, each has sums of its own, and
 * these are added in their order: the same bytes for any number of threads.
 * One thread, which may use the pool.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "nn/pool.h"
#include "nn/rows.h"

struct codestep;

/* For steps of up to n rows of d numbers, k bits and so many classes. pool:
 * borrowed until codestep_free(). ERR_NOMEM. */
enum status codestep_new(struct codestep **out, int n, int d, int k,
                         int classes, struct pool *pool,
                         struct err *err) MUST_USE;
void codestep_free(struct codestep *step); /* NULL is fine */

/* What to learn: margins z = X w^T + shift, (n, k). */
struct codestep_ask {
    const uint32_t *labels; /* (n) */
    const float *w, *shift; /* (k, d), (k) */
    const float *b;         /* (classes, k): B, signs or not */
    float scale, mix;       /* mix times the cross-entropy of the logits
                               scale * z B^T; nothing if mix is 0 */
    double smoothing;       /* of that */
    bool bits;              /* the loss of the bits, as loss_code() has it */
};

/*
 * The mean loss, and its gradients, overwritten: dw = dz^T X (k, d), dshift
 * (k), the column sums of dz, and db (classes, k) unless NULL. Margins are
 * those of micro_dots, sums of products in float.
 */
double codestep_run(struct codestep *step, const struct rows *x,
                    const struct codestep_ask *ask, float *dw, float *dshift,
                    float *db);

#endif
