#ifndef BITGROVE_METRICS_RETRIEVAL_H
#define BITGROVE_METRICS_RETRIEVAL_H

/*
 * Retrieval: a database ranked by Hamming distance to each query's code;
 * relevant is what has the query's label.
 *
 * MAP@R, the mean over queries of average precision within the first R, in
 * expectation over all orders of what is equally near (metrics/tiedap.h): a
 * query costs O(k) once its histogram of distances is known. A query with
 * nothing relevant within the first R counts as 0.
 *
 * Precision within radius 2: of the items at distance <= 2 the part that is
 * relevant, mean over queries; a query with an empty ball counts as 0, and
 * how many there were is said.
 *
 * Precision-recall by radius: relevant items at distance <= d, over all
 * queries together, by items at distance <= d, and by all relevant items.
 *
 * Queries that share code and label are answered once, database items that
 * share both are counted together. Single thread; any process.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "codes/code.h"

struct retrieval_items {
    const uint64_t *codes; /* (count) borrowed */
    const int32_t *labels; /* (count) borrowed; negative: relevant to nothing */
    size_t count;
};

struct retrieval {
    double map; /* MAP@r, 0..1 */
    size_t r;   /* the cut, as asked, or the size of the database if 0 was */
    size_t queries, database;
    double precision_radius2;
    size_t empty_radius2; /* queries with nothing within radius 2 */
    int bits;
    double precision[CODE_BITS_MAX + 1]; /* by radius 0..bits; 0 if empty */
    double recall[CODE_BITS_MAX + 1];
};

/*
 * r: the cut R; 0 for the whole database. cancel may be NULL; it is asked
 * some times a second and ends the work with ERR_CANCELLED. ERR_NOMEM.
 */
MUST_USE enum status
retrieval_run(struct retrieval *out, const struct retrieval_items *queries,
              const struct retrieval_items *database, int bits, size_t r,
              bool (*cancel)(void *context), void *context, struct err *err);

#endif
