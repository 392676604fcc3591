#ifndef BITGROVE_CODES_HAMMING_KERNELS_H
#define BITGROVE_CODES_HAMMING_KERNELS_H

/*
 * The kernels behind codes/hamming.h, one file each. Only the dispatcher and
 * its test call them; a kernel other than the portable one may be called only
 * on a processor that has its instructions. Contract of each: hamming_scan()
 * and hamming_select().
 */

#include "base/cpu.h"
#include "codes/hamming.h"

#if defined(__aarch64__) && defined(__ARM_NEON)
#define HAMMING_NEON 1
#else
#define HAMMING_NEON 0
#endif

hamming_kernel_fn hamming_scan_portable;
hamming_select_fn hamming_select_portable;
#if CPU_X86
hamming_kernel_fn hamming_scan_popcnt; /* POPCNT (2008) */
hamming_select_fn hamming_select_popcnt;
hamming_kernel_fn hamming_scan_avx2; /* AVX2 (2013) */
hamming_select_fn hamming_select_avx2;
hamming_kernel_fn hamming_scan_avx512; /* AVX-512F, VPOPCNTDQ (2017) */
hamming_select_fn hamming_select_avx512;
#endif
#if HAMMING_NEON
hamming_kernel_fn hamming_scan_neon; /* every AArch64 */
hamming_select_fn hamming_select_neon;
#endif

#endif
