#include <config.h>

#include "codes/hamming.h"

#include "codes/hamming-kernels.h"

static const struct hamming_kernel kernels[] = {
#if CPU_X86
    {CPU_AVX512 | CPU_VPOPCNTDQ, "avx512", hamming_scan_avx512},
    {CPU_POPCNT, "popcnt", hamming_scan_popcnt},
#endif
    {0, "portable", hamming_scan_portable},
};

const struct hamming_kernel *hamming_at(int i)
{
    int row = CPU_ROW(kernels, i);

    return row < 0 ? NULL : &kernels[row];
}

void hamming_scan(uint8_t *distances, const uint64_t *codes, size_t n,
                  uint64_t query, uint64_t mask)
{
    hamming_at(0)->scan(distances, codes, n, query, mask);
}
