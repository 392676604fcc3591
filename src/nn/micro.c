#include <config.h>

#include "nn/micro.h"

#include "nn/micro-sets.h"

const struct micro *micro_at(int i)
{
#if MICRO_X86
    if (__builtin_cpu_supports("avx512f") &&
        __builtin_cpu_supports("avx512dq") && i-- == 0)
        return &micro_avx512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
        i-- == 0)
        return &micro_avx2;
#endif
    return i == 0 ? &micro_portable : NULL;
}

const struct micro *micro_best(void)
{
    return micro_at(0);
}
