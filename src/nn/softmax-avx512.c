#include <config.h>

#include "nn/softmax.h"

#if defined(__x86_64__) && defined(__GNUC__)

#define SOFTMAX_NAME   softmax_avx512
#define SOFTMAX_TARGET __attribute__((target("avx512f,avx512dq,avx2,fma")))
#define SOFTMAX_WIDTH  16

#include "nn/softmax-loops.h"

#else
typedef int softmax_avx512_absent;
#endif
