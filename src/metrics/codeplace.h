#ifndef BITGROVE_METRICS_CODEPLACE_H
#define BITGROVE_METRICS_CODEPLACE_H

/* The classes of a codebook in the order of their codes, to look codes up in
 * O(log L). Any thread. */

#include <stdint.h>

#include "codes/codebook.h"

struct codeplace {
    uint64_t code;
    uint32_t row; /* the class */
};

/* (L) by code, then by row; owned (free()). */
struct codeplace *codeplace_sort(const struct codebook *book);

/* The first of count places whose code is not below; count if there is none. */
uint32_t codeplace_first(const struct codeplace *places, uint32_t count,
                         uint64_t code);

#endif
