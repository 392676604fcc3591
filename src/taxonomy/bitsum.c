#include <config.h>

#include "taxonomy/bitsum.h"

#include "taxonomy/bitsum-kernels.h"

static const struct bitsum_kernel kernels[] = {
#if CPU_X86
    {CPU_AVX512, "avx512", bitsum_dots_avx512},
    {CPU_AVX2, "avx2", bitsum_dots_avx2},
#endif
    {0, "portable", bitsum_dots_portable},
};

const struct bitsum_kernel *bitsum_kernel(int i)
{
    int row = CPU_ROW(kernels, i);

    return row < 0 ? NULL : &kernels[row];
}

void bitsum_dots(int32_t *dots, const int16_t *sums, uint32_t blocks,
                 uint32_t pairs, const int16_t *query)
{
    bitsum_kernel(0)->dots(dots, sums, blocks, pairs, query);
}

int64_t bitsum_dot(const int16_t *sums, uint32_t place, uint32_t pairs,
                   const int16_t *query)
{
    int64_t dot = 0;

    for (uint32_t i = 0; i < 2 * pairs; i++)
        dot += (int64_t)sums[bitsum_at(place, pairs, i)] * query[i];
    return dot;
}
