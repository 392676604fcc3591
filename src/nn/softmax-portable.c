#include <config.h>

#include "nn/softmax.h"

#define SOFTMAX_NAME softmax_portable
#define SOFTMAX_TARGET
#define SOFTMAX_WIDTH 4

#include "nn/softmax-loops.h"
