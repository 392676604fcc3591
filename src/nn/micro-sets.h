#ifndef BITGROVE_NN_MICRO_SETS_H
#define BITGROVE_NN_MICRO_SETS_H

/* The sets of loops there are, for micro.c to choose from. */

#include "nn/micro.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define MICRO_X86 1
extern const struct micro micro_avx512;
extern const struct micro micro_avx2;
#else
#define MICRO_X86 0
#endif
extern const struct micro micro_portable;

#endif
