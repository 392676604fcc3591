#ifndef BITGROVE_NN_KERNEL_SETS_H
#define BITGROVE_NN_KERNEL_SETS_H

/* The sets of loops there are, for kernel.c to choose from. */

#include "nn/kernel.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define KERNEL_X86 1
extern const struct kernel kernel_avx512;
extern const struct kernel kernel_avx2;
#else
#define KERNEL_X86 0
#endif
extern const struct kernel kernel_portable;

#endif
