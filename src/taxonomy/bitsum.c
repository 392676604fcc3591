#include <config.h>

#include "taxonomy/bitsum.h"

#include "taxonomy/bitsum-kernels.h"

static bool runs_always(void)
{
    return true;
}

#ifdef BITSUM_X86
static bool runs_avx2(void)
{
    return __builtin_cpu_supports("avx2");
}

static bool runs_avx512(void)
{
    return __builtin_cpu_supports("avx512f") &&
           __builtin_cpu_supports("avx512bw");
}
#endif

static const struct {
    const char *name;
    bitsum_kernel_fn *dots;
    bool (*runs)(void);
} kernels[] = {
    {"portable", bitsum_dots_portable, runs_always},
#ifdef BITSUM_X86
    {"avx2", bitsum_dots_avx2, runs_avx2},
    {"avx512", bitsum_dots_avx512, runs_avx512},
#endif
};

#define KERNELS (sizeof(kernels) / sizeof(kernels[0]))

size_t bitsum_kernels(void)
{
    return KERNELS;
}

struct bitsum_kernel bitsum_kernel(size_t index)
{
    return (struct bitsum_kernel){kernels[index].name, kernels[index].dots,
                                  kernels[index].runs()};
}

void bitsum_dots(int32_t *dots, const int16_t *sums, uint32_t blocks,
                 uint32_t pairs, const int16_t *query)
{
    size_t i = KERNELS - 1;

    while (!kernels[i].runs())
        i--;
    kernels[i].dots(dots, sums, blocks, pairs, query);
}

int64_t bitsum_dot(const int16_t *sums, uint32_t place, uint32_t pairs,
                   const int16_t *query)
{
    int64_t dot = 0;

    for (uint32_t i = 0; i < 2 * pairs; i++)
        dot += (int64_t)sums[bitsum_at(place, pairs, i)] * query[i];
    return dot;
}
