#include <config.h>

#include "codes/hamming-kernels.h"

#if HAMMING_NEON

#include <arm_neon.h>

/* The distances of two codes: bits of bytes, summed within either half. */
static inline uint64x2_t distances_of(const uint64_t *codes, uint64x2_t q,
                                      uint64x2_t m)
{
    uint64x2_t x = vandq_u64(veorq_u64(vld1q_u64(codes), q), m);

    return vpaddlq_u32(
        vpaddlq_u16(vpaddlq_u8(vcntq_u8(vreinterpretq_u8_u64(x)))));
}

void hamming_scan_neon(uint8_t *distances, const uint64_t *codes, size_t n,
                       uint64_t query, uint64_t mask)
{
    const uint64x2_t q = vdupq_n_u64(query), m = vdupq_n_u64(mask);
    size_t i = 0;

    for (; i + 2 <= n; i += 2) {
        uint64x2_t x = distances_of(codes + i, q, m);

        distances[i] = (uint8_t)vgetq_lane_u64(x, 0);
        distances[i + 1] = (uint8_t)vgetq_lane_u64(x, 1);
    }
    hamming_scan_portable(distances + i, codes + i, n - i, query, mask);
}

/* Eight codes a step, of which most steps keep none. */
size_t hamming_select_neon(uint32_t *places, uint8_t *distances,
                           const uint64_t *codes, size_t n, uint64_t query,
                           uint64_t mask, int limit)
{
    const uint64x2_t q = vdupq_n_u64(query), m = vdupq_n_u64(mask);
    const uint64x2_t above = vdupq_n_u64(limit < 0 ? 0 : (uint64_t)limit + 1);
    size_t used = 0, i = 0, rest;

    for (; i + 8 <= n; i += 8) {
        uint64x2_t found = vdupq_n_u64(0);
        uint64_t d[8];

        for (size_t j = 0; j < 8; j += 2) {
            uint64x2_t x = distances_of(codes + i + j, q, m);

            vst1q_u64(d + j, x);
            found = vorrq_u64(found, vcltq_u64(x, above));
        }
        if (vmaxvq_u32(vreinterpretq_u32_u64(found)) == 0)
            continue;
        for (size_t j = 0; j < 8; j++) {
            if ((int)d[j] <= limit) {
                places[used] = (uint32_t)(i + j);
                distances[used++] = (uint8_t)d[j];
            }
        }
    }
    rest = hamming_select_portable(places + used, distances + used, codes + i,
                                   n - i, query, mask, limit);
    for (size_t j = used; j < used + rest; j++)
        places[j] += (uint32_t)i;
    return used + rest;
}

#endif
