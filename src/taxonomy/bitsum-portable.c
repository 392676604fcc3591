#include <config.h>

#include <string.h>

#include "taxonomy/bitsum-kernels.h"

void bitsum_dots_portable(int32_t *dots, const int16_t *sums, uint32_t blocks,
                          uint32_t pairs, const int16_t *query)
{
    for (uint32_t b = 0; b < blocks; b++) {
        uint32_t acc[BITSUM_LANES] = {0}; /* wraps */

        for (uint32_t p = 0; p < pairs; p++) {
            for (uint32_t l = 0; l < BITSUM_LANES; l++)
                acc[l] += (uint32_t)(sums[2 * l] * query[2 * p] +
                                     sums[2 * l + 1] * query[2 * p + 1]);
            sums += (size_t)BITSUM_LANES * 2;
        }
        memcpy(dots, acc, sizeof(acc));
        dots += BITSUM_LANES;
    }
}
