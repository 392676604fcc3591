#ifndef BITGROVE_BASE_CPU_H
#define BITGROVE_BASE_CPU_H

/*
 * The choice among variants of a loop, one for each instruction set. A table
 * holds them, best first; its rows begin with an unsigned, what they need of
 * the processor (CPU_*), and its last row, in plain C, needs nothing. Choosing
 * costs a few loads, so it is done anew at each call. Any thread.
 */

#include <stddef.h>

#if defined(__x86_64__) && defined(__GNUC__)
#define CPU_X86 1
#else
#define CPU_X86 0
#endif

enum {
    CPU_POPCNT = 1,
    CPU_AVX2 = 2, /* and FMA */
    CPU_F16C = 4,
    CPU_AVX512 = 8, /* F, BW, DQ, VL: all but the Xeon Phi */
    CPU_VPOPCNTDQ = 16
};

/* The place of the i-th row, from 0, of those that this processor runs, or -1:
 * row 0 is the one to take, the others are for tests. */
int cpu_row(const void *table, size_t rows, size_t size, int i);

#define CPU_ROW(table, i) \
    cpu_row(table, sizeof(table) / sizeof((table)[0]), sizeof((table)[0]), i)

#endif
