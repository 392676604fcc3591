#ifndef BITGROVE_TESTS_NEARNAIVE_H
#define BITGROVE_TESTS_NEARNAIVE_H

/*
 * The naive answer to a neighbour query: all rows described bit by bit and
 * sorted, then what near.h promises is read off. And random snapshots to ask.
 */

#include <stdbool.h>

#include "base/rng.h"
#include "index/near.h"

/* How the codes of nearnaive_fill() lie. */
enum nearnaive_codes {
    NEARNAIVE_UNIFORM,
    NEARNAIVE_CLUSTERS, /* a few centres, bits flipped now and then */
    NEARNAIVE_FEW       /* at most five different codes */
};

/*
 * Random rows; with `shuffled` rows do not ascend by id. Margins, where asked
 * for, fit the codes and are small, so that many are equal.
 */
void nearnaive_fill(struct near_set *set, size_t n, int bits,
                    enum nearnaive_codes codes, bool margins, bool shuffled,
                    struct rng *rng);

void nearnaive_search(struct near_answer *out, const struct near_set *set,
                      const struct near_query *q);

/* Every item, the ties, the histogram. */
bool nearnaive_same(const struct near_answer *a, const struct near_answer *b);

#endif
