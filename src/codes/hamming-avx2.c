#include <config.h>

#include "codes/hamming-kernels.h"

#if CPU_X86

#include <immintrin.h>

#define TARGET __attribute__((target("avx2,popcnt")))

/*
 * The distances of four codes as four 64-bit lanes: bits of each half byte
 * from a table in a register, bytes summed within lanes (Mula, Kurz and
 * Lemire, "Faster population counts using AVX2 instructions", 2018).
 */
TARGET static inline __m256i distances_of(const uint64_t *codes, __m256i q,
                                          __m256i m)
{
    const __m256i table =
        _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1,
                         1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
    const __m256i half = _mm256_set1_epi8(15);
    __m256i x = _mm256_loadu_si256((const __m256i_u *)codes);
    __m256i low, high;

    x = _mm256_and_si256(_mm256_xor_si256(x, q), m);
    low = _mm256_shuffle_epi8(table, _mm256_and_si256(x, half));
    high = _mm256_shuffle_epi8(table,
                               _mm256_and_si256(_mm256_srli_epi16(x, 4), half));
    return _mm256_sad_epu8(_mm256_add_epi8(low, high), _mm256_setzero_si256());
}

TARGET void hamming_scan_avx2(uint8_t *distances, const uint64_t *codes,
                              size_t n, uint64_t query, uint64_t mask)
{
    const __m256i q = _mm256_set1_epi64x((long long)query);
    const __m256i m = _mm256_set1_epi64x((long long)mask);
    size_t i = 0;

    for (; i + 4 <= n; i += 4) {
        uint64_t d[4];

        _mm256_storeu_si256((__m256i_u *)d, distances_of(codes + i, q, m));
        for (size_t j = 0; j < 4; j++)
            distances[i + j] = (uint8_t)d[j];
    }
    hamming_scan_popcnt(distances + i, codes + i, n - i, query, mask);
}

/* 16 codes a step, of which most steps keep none. */
TARGET size_t hamming_select_avx2(uint32_t *places, uint8_t *distances,
                                  const uint64_t *codes, size_t n,
                                  uint64_t query, uint64_t mask, int limit)
{
    const __m256i q = _mm256_set1_epi64x((long long)query);
    const __m256i m = _mm256_set1_epi64x((long long)mask);
    const __m256i above = _mm256_set1_epi64x((long long)limit + 1);
    size_t used = 0, i = 0, rest;

    for (; i + 16 <= n; i += 16) {
        __m256i x[4], found = _mm256_setzero_si256();

        for (size_t j = 0; j < 4; j++) {
            x[j] = distances_of(codes + i + 4 * j, q, m);
            found = _mm256_or_si256(found, _mm256_cmpgt_epi64(above, x[j]));
        }
        if (_mm256_testz_si256(found, found))
            continue;
        for (size_t j = 0; j < 16; j++) {
            int d = __builtin_popcountll((codes[i + j] ^ query) & mask);

            if (d <= limit) {
                places[used] = (uint32_t)(i + j);
                distances[used++] = (uint8_t)d;
            }
        }
    }
    rest = hamming_select_popcnt(places + used, distances + used, codes + i,
                                 n - i, query, mask, limit);
    for (size_t j = used; j < used + rest; j++)
        places[j] += (uint32_t)i;
    return used + rest;
}

#endif
