#include <config.h>

#include "codes/hamming-kernels.h"

#if CPU_X86
__attribute__((target("popcnt"))) void
hamming_scan_popcnt(uint8_t *distances, const uint64_t *codes, size_t n,
                    uint64_t query, uint64_t mask)
{
    for (size_t i = 0; i < n; i++)
        distances[i] = (uint8_t)__builtin_popcountll((codes[i] ^ query) & mask);
}
__attribute__((target("popcnt"))) size_t
hamming_select_popcnt(uint32_t *places, uint8_t *distances,
                      const uint64_t *codes, size_t n, uint64_t query,
                      uint64_t mask, int limit)
{
    size_t used = 0;

    for (size_t i = 0; i < n; i++) {
        int d = __builtin_popcountll((codes[i] ^ query) & mask);

        if (d <= limit) {
            places[used] = (uint32_t)i;
            distances[used++] = (uint8_t)d;
        }
    }
    return used;
}

#endif
