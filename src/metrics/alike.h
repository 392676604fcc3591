#ifndef BITGROVE_METRICS_ALIKE_H
#define BITGROVE_METRICS_ALIKE_H

/*
 * Classes that codes hardly tell apart: pairs that share a code or are a few
 * bits apart, and pairs that are taken for each other, with their confusions
 * both ways. No state; any thread.
 */

#include <stddef.h>
#include <stdint.h>

#include "codes/codebook.h"
#include "metrics/confusion.h"

struct alike {
    uint32_t a, b; /* rows of the codebook, a < b */
    int distance;  /* of their codes */
    size_t a_as_b; /* images of a that were decoded as b */
    size_t b_as_a; /* and of b as a */
};

/*
 * All pairs whose codes are the same or differ in one bit: by distance, then
 * most confusions, both ways together, then a, then b. confusions (count): as
 * confusion_pairs() gives them, over rows of the codebook. At most `most`
 * pairs, 0 for all; *total says how many there are. *list is owned by the
 * caller (free()), NULL when empty. Returns how many it holds. O(L k log L +
 * pairs); with `most`, pairs beyond it are counted but never made.
 */
size_t alike_near(struct alike **list, size_t *total,
                  const struct codebook *book,
                  const struct confusion_pair *confusions, size_t count,
                  size_t most);

/* The pairs of `confusions`: most confusions first, then by distance, a, b;
 * the rest as above. */
size_t alike_confused(struct alike **list, size_t *total,
                      const struct codebook *book,
                      const struct confusion_pair *confusions, size_t count,
                      size_t most);

#endif
