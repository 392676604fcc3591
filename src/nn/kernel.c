#include <config.h>

#include "nn/kernel.h"

#include "nn/kernel-sets.h"

const struct kernel *kernel_at(int i)
{
#if KERNEL_X86
    if (__builtin_cpu_supports("avx512f") &&
        __builtin_cpu_supports("avx512dq") && i-- == 0)
        return &kernel_avx512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
        i-- == 0)
        return &kernel_avx2;
#endif
    return i == 0 ? &kernel_portable : NULL;
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
