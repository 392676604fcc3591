#ifndef BITGROVE_TESTS_BOOKOF_H
#define BITGROVE_TESTS_BOOKOF_H

/* A codebook of given codes: its real values are 1 and -1. */

#include <stdlib.h>

#include "base/mem.h"
#include "codes/codebook.h"

static inline struct codebook book_of(const uint64_t *codes, uint32_t classes,
                                      int bits)
{
    size_t k = (size_t)bits;
    float *weights = mem_zalloc((size_t)classes * k + 1, sizeof(*weights));
    struct codebook book = CODEBOOK_INIT;
    struct err err;

    for (uint32_t c = 0; c < classes; c++)
        for (int i = 0; i < bits; i++)
            weights[c * k + (size_t)i] = code_bit(codes[c], i) ? 1 : -1;
    if (codebook_from_weights(&book, weights, classes, bits, &err) != OK)
        abort();
    free(weights);
    return book;
}

#endif
