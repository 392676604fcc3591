#ifndef BITGROVE_METRICS_CONFUSION_H
#define BITGROVE_METRICS_CONFUSION_H

/*
 * Which classes are taken for one another. A confusion matrix of 1000 classes
 * is nearly empty, so it is held as the list of pairs that did occur. Any
 * thread.
 */

#include <stddef.h>
#include <stdint.h>

struct confusion_pair {
    uint32_t a, b; /* a < b */
    size_t a_as_b; /* images of a that were decoded as b */
    size_t b_as_a; /* and of b as a */
};

/*
 * From the true and the decoded class of n images, both counted from 0;
 * images of which either is negative are passed over. Most confused pair
 * first, both ways together, then by a, then by b. *pairs is owned by the
 * caller (free()), NULL when there is none. Returns their number.
 * O(n log n).
 */
size_t confusion_pairs(struct confusion_pair **pairs, const int32_t *truth,
                       const int32_t *answer, size_t n);

#endif
