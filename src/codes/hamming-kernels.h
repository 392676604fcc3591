#ifndef BITGROVE_CODES_HAMMING_KERNELS_H
#define BITGROVE_CODES_HAMMING_KERNELS_H

/*
 * The kernels behind codes/hamming.h, one file each. Only the dispatcher and
 * its test call them; a kernel other than the portable one may be called only
 * on a processor that has its instructions. Contract of each: hamming_scan().
 */

#include "base/cpu.h"
#include "codes/hamming.h"

hamming_kernel_fn hamming_scan_portable;
#if CPU_X86
hamming_kernel_fn hamming_scan_popcnt; /* POPCNT (2008) */
hamming_kernel_fn hamming_scan_avx512; /* AVX-512F, VPOPCNTDQ (2017) */
#endif

#endif
