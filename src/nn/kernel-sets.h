#ifndef BITGROVE_NN_KERNEL_SETS_H
#define BITGROVE_NN_KERNEL_SETS_H

/* The sets of loops there are, for kernel.c to choose from. */

#include "base/cpu.h"
#include "nn/kernel.h"

#if CPU_X86
extern const struct kernel kernel_avx512;
extern const struct kernel kernel_avx2;
#endif
extern const struct kernel kernel_portable;

#endif
