#include <config.h>

#include "taxonomy/bitsum-kernels.h"

#if CPU_X86
#include <immintrin.h>
#include <string.h>

#define TOGETHER 4u /* blocks that share a broadcast */

__attribute__((target("avx512f,avx512bw"))) static inline __m512i
query_pair(const int16_t *query, uint32_t p)
{
    int32_t pair;

    memcpy(&pair, query + (size_t)2 * p, sizeof(pair));
    return _mm512_set1_epi32(pair);
}

/* A block is one register. */
__attribute__((target("avx512f,avx512bw"))) void
bitsum_dots_avx512(int32_t *dots, const int16_t *sums, uint32_t blocks,
                   uint32_t pairs, const int16_t *query)
{
    const __m512i *v = (const __m512i *)(const void *)sums;
    uint32_t b = 0;

    for (; b + TOGETHER <= blocks; b += TOGETHER) {
        __m512i acc[TOGETHER];

        for (uint32_t i = 0; i < TOGETHER; i++)
            acc[i] = _mm512_setzero_si512();
        for (uint32_t p = 0; p < pairs; p++) {
            __m512i q = query_pair(query, p);

            for (uint32_t i = 0; i < TOGETHER; i++)
                acc[i] = _mm512_add_epi32(
                    acc[i], _mm512_madd_epi16(v[i * pairs + p], q));
        }
        for (uint32_t i = 0; i < TOGETHER; i++)
            _mm512_storeu_si512(dots + (size_t)(b + i) * BITSUM_LANES, acc[i]);
        v += (size_t)TOGETHER * pairs;
    }
    for (; b < blocks; b++) {
        __m512i acc = _mm512_setzero_si512();

        for (uint32_t p = 0; p < pairs; p++)
            acc = _mm512_add_epi32(
                acc, _mm512_madd_epi16(v[p], query_pair(query, p)));
        _mm512_storeu_si512(dots + (size_t)b * BITSUM_LANES, acc);
        v += pairs;
    }
}
#endif
