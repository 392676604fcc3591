#ifndef BITGROVE_TAXONOMY_BITSUM_KERNELS_H
#define BITGROVE_TAXONOMY_BITSUM_KERNELS_H

/*
 * The kernels behind taxonomy/bitsum.h, one file each. Only the dispatcher
 * calls them; a kernel other than the portable one may be called only on a
 * processor that has its instructions. Contract of each: bitsum_dots().
 */

#include "taxonomy/bitsum.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define BITSUM_X86 1
#endif

bitsum_kernel_fn bitsum_dots_portable;
#ifdef BITSUM_X86
bitsum_kernel_fn bitsum_dots_avx2;
bitsum_kernel_fn bitsum_dots_avx512; /* AVX-512F, BW (2017) */
#endif

#endif
