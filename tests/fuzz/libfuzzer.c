#include <config.h>

#include "fuzz/fuzz.h"

/* FUZZ_TARGET names the function, see Makefile.am. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    return FUZZ_TARGET(bytes, n);
}
