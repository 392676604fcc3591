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
#endif
