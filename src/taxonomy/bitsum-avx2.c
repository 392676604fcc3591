#include <config.h>

#include "taxonomy/bitsum-kernels.h"

#if CPU_X86
#include <immintrin.h>
#include <string.h>

/* Eight lanes a register: a block is two of them. */
__attribute__((target("avx2"))) void
bitsum_dots_avx2(int32_t *dots, const int16_t *sums, uint32_t blocks,
                 uint32_t pairs, const int16_t *query)
{
    for (uint32_t b = 0; b < blocks; b++) {
        __m256i low = _mm256_setzero_si256(), high = low;

        for (uint32_t p = 0; p < pairs; p++) {
            const __m256i *v = (const __m256i *)(const void *)sums;
            int32_t pair;
            __m256i q;

            memcpy(&pair, query + (size_t)2 * p, sizeof(pair));
            q = _mm256_set1_epi32(pair);
            low = _mm256_add_epi32(low, _mm256_madd_epi16(v[0], q));
            high = _mm256_add_epi32(high, _mm256_madd_epi16(v[1], q));
            sums += (size_t)BITSUM_LANES * 2;
        }
        _mm256_storeu_si256((__m256i_u *)dots, low);
        _mm256_storeu_si256((__m256i_u *)(dots + 8), high);
        dots += BITSUM_LANES;
    }
}
#endif
