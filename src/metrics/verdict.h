#ifndef BITGROVE_METRICS_VERDICT_H
#define BITGROVE_METRICS_VERDICT_H

/*
 * What every image decodes to by MHD (docs/method.md, "Decoding an instance
 * code"), and two lists that follow from it: images whose code no class has,
 * and images whose label is likely a mistake. Rows are positions in the
 * caller's columns. No state; any thread, one at a time for each struct.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "codes/codebook.h"

#define VERDICT_NONE (-1)

/* The images, in columns; all borrowed. */
struct verdict_images {
    size_t count; /* n, below 2^32 */
    int bits;     /* k, the codebook's */
    const uint64_t *codes;
    const int8_t *margins; /* (n, k) quantised, their signs the codes; or NULL:
                              ties go to the lowest class, margins count as 0 */
    const int32_t *labels; /* (n) rows of the codebook, others: of no class; or
                              NULL: of no class all */
    const uint8_t *keep;   /* (n) 0 leaves the image out of a list; or NULL */
};

struct verdicts {
    size_t count;
    int32_t *nearest; /* (n) owned: MHD's class; VERDICT_NONE without classes */
    uint8_t *distance; /* (n) owned: to its code; k + 1 without classes */
};

#define VERDICTS_INIT \
    {                 \
        0, NULL, NULL \
    }

/*
 * Decodes all images, keep left aside. An image whose code is a class's is
 * looked up, O(log L); the others are O(L) each. cancel may be NULL; it is
 * asked some times a second and ends the work with ERR_CANCELLED. ERR_NOMEM.
 */
MUST_USE enum status verdicts_make(struct verdicts *out,
                                   const struct verdict_images *images,
                                   const struct codebook *book,
                                   bool (*cancel)(void *context), void *context,
                                   struct err *err);
void verdicts_release(struct verdicts *verdicts);

/* An image whose code is no class's. */
struct unknown {
    uint32_t row;
    int32_t nearest; /* class, or VERDICT_NONE */
    int distance;    /* to its code, 1..k; k + 1 without classes */
    int margin;      /* its smallest |margin|, 0..127; 0 when not known */
};

/*
 * The farthest from every class first, then the least sure (the order of
 * ood_score() in metrics/ood.h), then by row. At most `most` of them, 0 for
 * all; *total says how many there are. *list is owned by the caller (free()),
 * NULL when empty. Returns how many it holds.
 */
size_t unknown_list(struct unknown **list, size_t *total,
                    const struct verdict_images *images,
                    const struct verdicts *verdicts, size_t most);

/*
 * An image decoded with confidence to another class than its label says:
 *
 *   - its code is strictly nearer to the code of that class c than to the
 *     label's, by `lead` bits;
 *   - it lies within the radius in which c's code corrects errors: twice its
 *     distance is less than the distance from c to the nearest other code,
 *     so that no third class is as near. No threshold is to be chosen.
 */
struct mistake {
    uint32_t row;
    int32_t label, decoded;
    int distance;    /* to the decoded class's code */
    int lead;        /* distance to the label's code less that, 1..k */
    int margin_lead; /* (B[decoded] - B[label]).z in quantised units: twice the
                        margins of the bits in which the two codes differ */
};

/* The largest lead first, then the largest margin lead, then by row; the rest
 * as unknown_list(). O(L) for each class that occurs. */
size_t mistake_list(struct mistake **list, size_t *total,
                    const struct verdict_images *images,
                    const struct verdicts *verdicts,
                    const struct codebook *book, size_t most);

#endif
