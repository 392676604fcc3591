#include <config.h>

#include "nn/softmax.h"

#include "base/cpu.h"

#if CPU_X86

#define VEC_NAME   avx512
#define VEC_TARGET __attribute__((target("avx512f,avx512dq,avx2,fma")))
#define VEC_LANES  16

#include "nn/softmax-loops.h"

#else
typedef int softmax_avx512_absent;
#endif
