#include <config.h>

#include "codes/hamming.h"

#include "codes/hamming-kernels.h"

static const struct hamming_kernel kernels[] = {
#if CPU_X86
    {CPU_AVX512 | CPU_VPOPCNTDQ, "avx512", hamming_scan_avx512,
     hamming_select_avx512},
    {CPU_AVX2 | CPU_POPCNT, "avx2", hamming_scan_avx2, hamming_select_avx2},
    {CPU_POPCNT, "popcnt", hamming_scan_popcnt, hamming_select_popcnt},
#endif
#if HAMMING_NEON
    {0, "neon", hamming_scan_neon, hamming_select_neon},
#endif
    {0, "portable", hamming_scan_portable, hamming_select_portable},
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

size_t hamming_select(uint32_t *places, uint8_t *distances,
                      const uint64_t *codes, size_t n, uint64_t query,
                      uint64_t mask, int limit)
{
    return hamming_at(0)->select(places, distances, codes, n, query, mask,
                                 limit);
}

/*
 * Four histograms in turn, so that equal distances in a row do not wait for
 * one counter.
 */
void hamming_count(size_t *histogram, const uint64_t *codes, size_t n,
                   uint64_t query, uint64_t mask)
{
    enum { STEP = 2048 };
    uint32_t counts[4][65] = {{0}};
    uint8_t d[STEP];

    for (size_t from = 0; from < n; from += STEP) {
        size_t some = n - from < STEP ? n - from : STEP;

        hamming_scan(d, codes + from, some, query, mask);
        for (size_t i = 0; i < some; i++)
            counts[i % 4][d[i]]++;
    }
    for (size_t i = 0; i <= 64; i++)
        histogram[i] +=
            (size_t)counts[0][i] + counts[1][i] + counts[2][i] + counts[3][i];
}
