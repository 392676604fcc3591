#ifndef BITGROVE_NN_MICRO_SETS_H
#define BITGROVE_NN_MICRO_SETS_H

/* The sets of loops there are, for micro.c to choose from. */

#include "base/cpu.h"
#include "nn/micro.h"

#if CPU_X86
extern const struct micro micro_avx512;
extern const struct micro micro_avx2;
#endif
extern const struct micro micro_portable;

#endif
