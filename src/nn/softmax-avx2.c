#include <config.h>

#include "nn/softmax.h"

#if defined(__x86_64__) && defined(__GNUC__)

#define SOFTMAX_NAME   softmax_avx2
#define SOFTMAX_TARGET __attribute__((target("avx2,fma")))
#define SOFTMAX_WIDTH  8

#include "nn/softmax-loops.h"

#else
typedef int softmax_avx2_absent;
#endif
