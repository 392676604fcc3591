#include <config.h>

#include "codes/hamming-kernels.h"

/*
 * Bits summed in pairs, fours and bytes, the bytes by one multiplication
 * (Warren, "Hacker's Delight", section 5-1).
 */
static uint8_t count_bits(uint64_t x)
{
    x -= x >> 1 & UINT64_C(0x5555555555555555);
    x = (x & UINT64_C(0x3333333333333333)) +
        (x >> 2 & UINT64_C(0x3333333333333333));
    x = (x + (x >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    return (uint8_t)(x * UINT64_C(0x0101010101010101) >> 56);
}

void hamming_scan_portable(uint8_t *distances, const uint64_t *codes, size_t n,
                           uint64_t query, uint64_t mask)
{
    for (size_t i = 0; i < n; i++)
        distances[i] = count_bits((codes[i] ^ query) & mask);
}

size_t hamming_select_portable(uint32_t *places, uint8_t *distances,
                               const uint64_t *codes, size_t n, uint64_t query,
                               uint64_t mask, int limit)
{
    size_t used = 0;

    for (size_t i = 0; i < n; i++) {
        uint8_t d = count_bits((codes[i] ^ query) & mask);

        if (d <= limit) {
            places[used] = (uint32_t)i;
            distances[used++] = d;
        }
    }
    return used;
}
