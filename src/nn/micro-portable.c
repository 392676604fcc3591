#include <config.h>

#include "nn/micro-sets.h"

/* registers of 4 floats, 16 of them at least: SSE2, NEON, VSX */
#define VEC_NAME portable
#define VEC_TARGET
#define VEC_LANES     4
#define MICRO_VECTORS 2
#define MICRO_TILES \
    TILE(2, 6)      \
    TILE(2, 4)      \
    TILE(2, 2) TILE(2, 1) TILE(1, 8) TILE(1, 4) TILE(1, 2) TILE(1, 1)
#define MICRO_DOT_A 3
#define MICRO_DOT_B 4

#include "nn/micro-loops.h"
