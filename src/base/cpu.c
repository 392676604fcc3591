#include <config.h>

#include "base/cpu.h"

#include <stdbool.h>
#include <string.h>

#if CPU_X86
#include <cpuid.h>
#include <stdatomic.h>

/*
 * clang before 15 doesn't know "f16c" by name. Asked once only: in a virtual
 * machine the instruction leaves the machine. The system saves the registers
 * if it does so for AVX.
 */
static bool has_f16c(void)
{
    enum { UNKNOWN, NO, YES };
    static atomic_int answer;
    unsigned a, b, c, d;

    if (atomic_load_explicit(&answer, memory_order_relaxed) == UNKNOWN)
        atomic_store_explicit(
            &answer,
            __get_cpuid(1, &a, &b, &c, &d) && (c & bit_F16C) ? YES : NO,
            memory_order_relaxed);
    return atomic_load_explicit(&answer, memory_order_relaxed) == YES &&
           __builtin_cpu_supports("avx");
}
#endif

/* True if the processor has all of that. */
static bool has(unsigned needs)
{
#if CPU_X86
    return (!(needs & CPU_POPCNT) || __builtin_cpu_supports("popcnt")) &&
           (!(needs & CPU_AVX2) || (__builtin_cpu_supports("avx2") &&
                                    __builtin_cpu_supports("fma"))) &&
           (!(needs & CPU_F16C) || has_f16c()) &&
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
        if (has(needs) && i-- == 0)
            return (int)r;
    }
    return -1;
}
