#ifndef BITGROVE_TAXONOMY_BITSUM_KERNELS_H
#define BITGROVE_TAXONOMY_BITSUM_KERNELS_H

/*
 * The kernels behind taxonomy/bitsum.h, one file each. Only the dispatcher
 * calls them; a kernel other than the portable one may be called only on a
 * processor that has its instructions. Contract of each: bitsum_dots().
 */

#include "base/cpu.h"
#include "taxonomy/bitsum.h"

bitsum_kernel_fn bitsum_dots_portable;
#if CPU_X86
bitsum_kernel_fn bitsum_dots_avx2;
bitsum_kernel_fn bitsum_dots_avx512; /* AVX-512F, BW (2017) */
#endif

#endif
