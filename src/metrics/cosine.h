#ifndef BITGROVE_METRICS_COSINE_H
#define BITGROVE_METRICS_COSINE_H

/*
 * Retrieval with real values instead of bits: a database ranked by the cosine
 * of margins, as they are stored, with those of a query; relevant is what has
 * its label. MAP@R as in metrics/tiedap.h, cosines equal in float32 being a
 * tie. A margin vector of zeros has the cosine 0 with all. One thread.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct cosine_items {
    const int8_t *margins; /* (count, bits) row-major, borrowed */
    const int32_t *labels; /* (count) borrowed; negative: relevant to nothing */
    size_t count;
};

struct cosine {
    double map; /* MAP@r, 0..1 */
    size_t r, queries, database;
};

/*
 * r: the cut R; 0 for the whole database. O(queries * database * bits). cancel
 * may be NULL; it is asked some times a second and ends the work with
 * ERR_CANCELLED. ERR_NOMEM.
 */
MUST_USE enum status cosine_run(struct cosine *out,
                                const struct cosine_items *queries,
                                const struct cosine_items *database, int bits,
                                size_t r, bool (*cancel)(void *context),
                                void *context, struct err *err);

#endif
