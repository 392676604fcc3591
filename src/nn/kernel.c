#include <config.h>

#include "nn/kernel.h"

#include "nn/kernel-sets.h"

static const struct {
    unsigned needs;
    const struct kernel *set;
} sets[] = {
#if CPU_X86
    {CPU_AVX512, &kernel_avx512},
    {CPU_AVX2, &kernel_avx2},
#endif
    {0, &kernel_portable},
};

const struct kernel *kernel_at(int i)
{
    int row = CPU_ROW(sets, i);

    return row < 0 ? NULL : sets[row].set;
}

const struct kernel *kernel_best(void)
{
    return kernel_at(0);
}

struct kernel_plane kernel_plane(int height, int width, int channels,
                                 int border)
{
    size_t row = (size_t)(width + 2 * border) * (size_t)channels;

    return (struct kernel_plane){height, width, channels, row,
                                 (size_t)border * (row + (size_t)channels)};
}
