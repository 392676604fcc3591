#include <config.h>

#include "nn/unpack.h"

#include "base/cpu.h"

#if CPU_X86

#include <immintrin.h>

__attribute__((target("avx2,f16c"))) void unpack_f16c(float *out,
                                                      const void *in, size_t n)
{
    const unsigned char *bytes = in;
    size_t i = 0;

    for (; i + 8 <= n; i += 8) {
        __m128i halves;

        __builtin_memcpy(&halves, bytes + i * 2, sizeof(halves));
        _mm256_storeu_ps(out + i, _mm256_cvtph_ps(halves));
    }
    unpack_portable(out + i, bytes + i * 2, n - i);
}

#else
typedef int unpack_f16c_absent;
#endif
