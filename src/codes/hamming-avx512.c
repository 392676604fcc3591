#include <config.h>

#include "codes/hamming-kernels.h"

#if CPU_X86
#include <immintrin.h>

/* Eight codes a step; the rest, fewer than eight, under a lane mask. */
__attribute__((target("avx512f,avx512vpopcntdq"))) void
hamming_scan_avx512(uint8_t *distances, const uint64_t *codes, size_t n,
                    uint64_t query, uint64_t mask)
{
    const __m512i q = _mm512_set1_epi64((long long)query);
    const __m512i m = _mm512_set1_epi64((long long)mask);
    size_t i = 0;

    for (; i + 8 <= n; i += 8) {
        __m512i x = _mm512_loadu_si512(codes + i);

        x = _mm512_popcnt_epi64(_mm512_and_si512(_mm512_xor_si512(x, q), m));
        _mm_storel_epi64((__m128i_u *)(distances + i), _mm512_cvtepi64_epi8(x));
    }
    if (i < n) {
        __mmask8 lanes = (__mmask8)((1u << (n - i)) - 1);
        __m512i x = _mm512_maskz_loadu_epi64(lanes, codes + i);

        x = _mm512_popcnt_epi64(_mm512_and_si512(_mm512_xor_si512(x, q), m));
        _mm512_mask_cvtepi64_storeu_epi8(distances + i, lanes, x);
    }
}
#endif
