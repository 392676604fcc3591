#include <config.h>

#include "nn/kernel-sets.h"

#if CPU_X86

/* 32 registers of 16 floats: 28 sums, a few weights */
#define VEC_NAME    avx512
#define VEC_TARGET  __attribute__((target("avx512f,avx512dq,avx2,fma")))
#define VEC_LANES   16
#define KERNEL_SPAN 4
#define KERNEL_TILES \
    TILE(4, 7)       \
    TILE(4, 4)       \
    TILE(4, 2)       \
    TILE(4, 1)       \
    TILE(2, 14)      \
    TILE(2, 7)       \
    TILE(2, 4)       \
    TILE(2, 2)       \
    TILE(2, 1)       \
    TILE(1, 28) TILE(1, 14) TILE(1, 7) TILE(1, 4) TILE(1, 2) TILE(1, 1)
#define KERNEL_OUTERS \
    OUTER(6, 4)       \
    OUTER(4, 4)       \
    OUTER(1, 4)       \
    OUTER(12, 2)      \
    OUTER(8, 2)       \
    OUTER(4, 2)       \
    OUTER(1, 2) OUTER(24, 1) OUTER(16, 1) OUTER(9, 1) OUTER(3, 1) OUTER(1, 1)

#include "nn/kernel-loops.h"

#else
typedef int kernel_avx512_absent;
#endif
