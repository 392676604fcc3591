#include <config.h>

#include "nn/unpack.h"

#include <stdint.h>
#include <string.h>

#include "base/cpu.h"
#include "base/half.h"

size_t unpack_size(enum unpack_type type)
{
    return type == UNPACK_F16 ? 2 : type == UNPACK_F32 ? 4 : 8;
}

void unpack_portable(float *out, const void *in, size_t n)
{
    const unsigned char *bytes = in;

    for (size_t i = 0; i < n; i++) {
        uint16_t half;

        memcpy(&half, bytes + i * sizeof(half), sizeof(half));
        out[i] = half_float(half);
    }
}

static const struct {
    unsigned needs;
    unpack_halves *run;
} sets[] = {
#if CPU_X86
    {CPU_AVX512, unpack_avx512},
    {CPU_AVX2 | CPU_F16C, unpack_f16c},
#endif
    {0, unpack_portable},
};

unpack_halves *unpack_at(int i)
{
    int row = CPU_ROW(sets, i);

    return row < 0 ? NULL : sets[row].run;
}

void unpack(enum unpack_type type, float *out, const void *in, size_t n)
{
    const unsigned char *bytes = in;

    if (type == UNPACK_F16) {
        unpack_at(0)(out, in, n);
    } else if (type == UNPACK_F32) {
        memcpy(out, in, n * sizeof(float));
    } else {
        for (size_t i = 0; i < n; i++) {
            double number;

            memcpy(&number, bytes + i * sizeof(number), sizeof(number));
            out[i] = (float)number;
        }
    }
}
