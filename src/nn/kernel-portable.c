#include <config.h>

#include "nn/kernel-sets.h"

/* registers of 4 floats, 16 of them at least: SSE2, NEON, VSX */
#define VEC_NAME portable
#define VEC_TARGET
#define VEC_LANES     4
#define KERNEL_SPAN   4
#define KERNEL_TILES  TILE(4, 3) TILE(4, 2) TILE(4, 1)
#define KERNEL_OUTERS OUTER(3, 4) OUTER(2, 4) OUTER(1, 4)

#include "nn/kernel-loops.h"
