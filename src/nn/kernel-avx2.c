#include <config.h>

#include "nn/kernel-sets.h"

#if CPU_X86

/* 16 registers of 8 floats: 12 sums, 2 weights, a value */
#define VEC_NAME      avx2
#define VEC_TARGET    __attribute__((target("avx2,fma")))
#define VEC_LANES     8
#define KERNEL_SPAN   2
#define KERNEL_TILES  TILE(2, 6) TILE(2, 4) TILE(2, 2) TILE(2, 1)
#define KERNEL_OUTERS OUTER(6, 2) OUTER(4, 2) OUTER(3, 2) OUTER(1, 2)

#include "nn/kernel-loops.h"

#else
typedef int kernel_avx2_absent;
#endif
