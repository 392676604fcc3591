#include <config.h>

#include "nn/micro-sets.h"

#if CPU_X86

/* 16 registers of 8 floats: 12 sums, 2 of B, a value of A */
#define VEC_NAME      avx2
#define VEC_TARGET    __attribute__((target("avx2,fma")))
#define VEC_LANES     8
#define MICRO_VECTORS 2
#define MICRO_TILES \
    TILE(2, 6)      \
    TILE(2, 4)      \
    TILE(2, 2) TILE(2, 1) TILE(1, 8) TILE(1, 4) TILE(1, 2) TILE(1, 1)
#define MICRO_DOT_A 3
#define MICRO_DOT_B 4

#include "nn/micro-loops.h"

#else
typedef int micro_avx2_absent;
#endif
