#include <config.h>

#include "nn/softmax.h"

#define VEC_NAME portable
#define VEC_TARGET
#define VEC_LANES 4

#include "nn/softmax-loops.h"
