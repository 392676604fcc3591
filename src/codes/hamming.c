#include <config.h>

#include "codes/hamming.h"

#include "codes/hamming-kernels.h"

/*
 * __builtin_cpu_supports() reads what the C runtime found at start, so asking
 * costs one load; asking anew at each scan needs no state and no lock.
 */
static bool runs_always(void)
{
    return true;
}

#ifdef HAMMING_X86
static bool runs_popcnt(void)
{
    return __builtin_cpu_supports("popcnt");
}

static bool runs_avx512(void)
{
    return __builtin_cpu_supports("avx512f") &&
           __builtin_cpu_supports("avx512vpopcntdq");
}
#endif

static const struct {
    const char *name;
    hamming_kernel_fn *scan;
    bool (*runs)(void);
} kernels[] = {
    {"portable", hamming_scan_portable, runs_always},
#ifdef HAMMING_X86
    {"popcnt", hamming_scan_popcnt, runs_popcnt},
    {"avx512", hamming_scan_avx512, runs_avx512},
#endif
};

#define KERNELS (sizeof(kernels) / sizeof(kernels[0]))

static size_t widest(void)
{
    size_t i = KERNELS - 1;

    while (!kernels[i].runs())
        i--;
    return i;
}

size_t hamming_kernels(void)
{
    return KERNELS;
}

struct hamming_kernel hamming_kernel(size_t index)
{
    return (struct hamming_kernel){kernels[index].name, kernels[index].scan,
                                   kernels[index].runs()};
}

const char *hamming_name(void)
{
    return kernels[widest()].name;
}

void hamming_scan(uint8_t *distances, const uint64_t *codes, size_t n,
                  uint64_t query, uint64_t mask)
{
    kernels[widest()].scan(distances, codes, n, query, mask);
}
