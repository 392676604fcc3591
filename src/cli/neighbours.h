#ifndef BITGROVE_CLI_NEIGHBOURS_H
#define BITGROVE_CLI_NEIGHBOURS_H

/*
 * Answers of the index as `bitgrove near` prints them: one as a page that says
 * where it was cut and how to go on, or many, one after the other, without all
 * of them in memory (but for a table, which needs its widths). Main thread.
 */

#include <stddef.h>

#include "cli/question.h"
#include "cli/tabular.h"

struct neighbours {
    const struct question *q;
    size_t matching; /* rows that pass filters and pattern */
    struct tabular t;
    size_t queries, given; /* so far */
    size_t passing;        /* filters and pattern, as the last answer counted */
};

/*
 * matching: counted without a query, and so with the image that is itself the
 * query; read only where queries are brief.
 */
void neighbours_begin(struct neighbours *out, const struct question *q,
                      size_t matching);
/* The answer to query number i. */
void neighbours_add(struct neighbours *n, size_t i,
                    const struct near_answer *answer);
void neighbours_end(struct neighbours *n);

#endif
