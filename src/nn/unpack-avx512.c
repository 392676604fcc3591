#include <config.h>

#include "nn/unpack.h"

#include "base/cpu.h"

#if CPU_X86

#include <immintrin.h>

__attribute__((target("avx512f"))) void unpack_avx512(float *out,
                                                      const void *in, size_t n)
{
    const unsigned char *bytes = in;
    size_t i = 0;

    for (; i + 16 <= n; i += 16) {
        __m256i halves;

        __builtin_memcpy(&halves, bytes + i * 2, sizeof(halves));
        _mm512_storeu_ps(out + i, _mm512_cvtph_ps(halves));
    }
    unpack_portable(out + i, bytes + i * 2, n - i);
}

#else
typedef int unpack_avx512_absent;
#endif
