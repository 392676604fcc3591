#include <config.h>

#include "codes/hamming-kernels.h"

#if CPU_X86
#include <immintrin.h>

#define TARGET __attribute__((target("avx512f,avx512vpopcntdq")))

TARGET static inline __m512i distances_of(__m512i x, __m512i q, __m512i m)
{
    return _mm512_popcnt_epi64(_mm512_and_si512(_mm512_xor_si512(x, q), m));
}

/* Eight codes a step; the rest, fewer than eight, under a lane mask. */
TARGET void hamming_scan_avx512(uint8_t *distances, const uint64_t *codes,
                                size_t n, uint64_t query, uint64_t mask)
{
    const __m512i q = _mm512_set1_epi64((long long)query);
    const __m512i m = _mm512_set1_epi64((long long)mask);
    size_t i = 0;

    for (; i + 8 <= n; i += 8) {
        __m512i x = _mm512_loadu_si512(codes + i);

        x = distances_of(x, q, m);
        _mm_storel_epi64((__m128i_u *)(distances + i), _mm512_cvtepi64_epi8(x));
    }
    if (i < n) {
        __mmask8 lanes = (__mmask8)((1u << (n - i)) - 1);
        __m512i x = _mm512_maskz_loadu_epi64(lanes, codes + i);

        x = distances_of(x, q, m);
        _mm512_mask_cvtepi64_storeu_epi8(distances + i, lanes, x);
    }
}
/* Writes down the lanes of x that were found, the first being code `at`. */
TARGET static inline size_t keep(uint32_t *places, uint8_t *distances,
                                 size_t used, __m512i x, unsigned found,
                                 size_t at)
{
    uint64_t d[8];

    _mm512_storeu_si512(d, x);
    for (; found != 0; found &= found - 1) {
        unsigned lane = (unsigned)__builtin_ctz(found);

        places[used] = (uint32_t)(at + lane);
        distances[used++] = (uint8_t)d[lane];
    }
    return used;
}

/* 32 codes a step, of which most steps keep none. */
TARGET size_t hamming_select_avx512(uint32_t *places, uint8_t *distances,
                                    const uint64_t *codes, size_t n,
                                    uint64_t query, uint64_t mask, int limit)
{
    const __m512i q = _mm512_set1_epi64((long long)query);
    const __m512i m = _mm512_set1_epi64((long long)mask);
    const __m512i most = _mm512_set1_epi64(limit);
    size_t used = 0, i = 0;

    for (; i + 32 <= n; i += 32) {
        __m512i x[4];
        unsigned found[4];

        for (size_t j = 0; j < 4; j++) {
            x[j] = distances_of(_mm512_loadu_si512(codes + i + 8 * j), q, m);
            found[j] = _mm512_cmple_epi64_mask(x[j], most);
        }
        if ((found[0] | found[1] | found[2] | found[3]) == 0)
            continue;
        for (size_t j = 0; j < 4; j++)
            used = keep(places, distances, used, x[j], found[j], i + 8 * j);
    }
    for (; i < n; i += 8) {
        __mmask8 lanes =
            n - i < 8 ? (__mmask8)((1u << (n - i)) - 1) : (__mmask8)0xff;
        __m512i x =
            distances_of(_mm512_maskz_loadu_epi64(lanes, codes + i), q, m);

        used = keep(places, distances, used, x,
                    _mm512_mask_cmple_epi64_mask(lanes, x, most), i);
    }
    return used;
}

#endif
