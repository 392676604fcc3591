#include <config.h>

#include "nn/micro-sets.h"

#if CPU_X86

/* 32 registers of 16 floats: 24 sums, 4 of B, values of A */
#define VEC_NAME      avx512
#define VEC_TARGET    __attribute__((target("avx512f,avx512dq,avx2,fma")))
#define VEC_LANES     16
#define MICRO_VECTORS 4
#define MICRO_TILES \
    TILE(4, 6)      \
    TILE(4, 4)      \
    TILE(4, 2)      \
    TILE(4, 1)      \
    TILE(3, 8)      \
    TILE(3, 4)      \
    TILE(3, 2)      \
    TILE(3, 1)      \
    TILE(2, 8)      \
    TILE(2, 4)      \
    TILE(2, 2) TILE(2, 1) TILE(1, 8) TILE(1, 4) TILE(1, 2) TILE(1, 1)
#define MICRO_DOT_A 6
#define MICRO_DOT_B 4

#include "nn/micro-loops.h"

#else
typedef int micro_avx512_absent;
#endif
