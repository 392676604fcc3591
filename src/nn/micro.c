#include <config.h>

#include "nn/micro.h"

#include "nn/micro-sets.h"

static const struct {
    unsigned needs;
    const struct micro *set;
} sets[] = {
#if CPU_X86
    {CPU_AVX512, &micro_avx512},
    {CPU_AVX2, &micro_avx2},
#endif
    {0, &micro_portable},
};

const struct micro *micro_at(int i)
{
    int row = CPU_ROW(sets, i);

    return row < 0 ? NULL : sets[row].set;
}

const struct micro *micro_best(void)
{
    return micro_at(0);
}
