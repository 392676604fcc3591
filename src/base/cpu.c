#include <config.h>

#include "base/cpu.h"

#include <string.h>

bool cpu_has(unsigned needs)
{
#if CPU_X86
    return (!(needs & CPU_POPCNT) || __builtin_cpu_supports("popcnt")) &&
           (!(needs & CPU_AVX2) || (__builtin_cpu_supports("avx2") &&
                                    __builtin_cpu_supports("fma"))) &&
           (!(needs & CPU_F16C) || __builtin_cpu_supports("f16c")) &&
           (!(needs & CPU_AVX512) || (__builtin_cpu_supports("avx512f") &&
                                      __builtin_cpu_supports("avx512bw") &&
                                      __builtin_cpu_supports("avx512dq") &&
                                      __builtin_cpu_supports("avx512vl"))) &&
           (!(needs & CPU_VPOPCNTDQ) ||
            __builtin_cpu_supports("avx512vpopcntdq"));
#else
    return needs == 0;
#endif
}

int cpu_row(const void *table, size_t rows, size_t size, int i)
{
    const char *row = table;

    for (size_t r = 0; r < rows; r++, row += size) {
        unsigned needs;

        memcpy(&needs, row, sizeof(needs));
        if (cpu_has(needs) && i-- == 0)
            return (int)r;
    }
    return -1;
}
