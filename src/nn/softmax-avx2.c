#include <config.h>

#include "nn/softmax.h"

#include "base/cpu.h"

#if CPU_X86

#define VEC_NAME   avx2
#define VEC_TARGET __attribute__((target("avx2,fma")))
#define VEC_LANES  8

#include "nn/softmax-loops.h"

#else
typedef int softmax_avx2_absent;
#endif
