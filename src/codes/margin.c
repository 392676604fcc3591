#include <config.h>

#include "codes/margin.h"

#include <math.h>
#include <stdlib.h>

#include "codes/code.h"

float margin_scale(const float *margins, size_t n)
{
    float largest = 0, scale;

    for (size_t i = 0; i < n; i++) {
        float size = fabsf(margins[i]);

        if (isfinite(size) && size > largest)
            largest = size;
    }
    scale = largest / MARGIN_MAX;
    return scale > 0 ? scale : 1;
}

void margin_quantise(int8_t *out, const float *margins, size_t n, float scale)
{
    for (size_t i = 0; i < n; i++) {
        float value = margins[i] / scale;

        if (margins[i] >= 0)
            out[i] = (int8_t)lrintf(fminf(value, MARGIN_MAX));
        else if (value > -MARGIN_MAX)
            out[i] = (int8_t)lrintf(fminf(value, -1));
        else
            out[i] = value <= -MARGIN_MAX ? -MARGIN_MAX : -1;
    }
}

uint64_t margin_code(const int8_t *values, int bits)
{
    uint64_t code = 0;

    for (int i = 0; i < bits; i++)
        code |= (uint64_t)(values[i] >= 0) << i;
    return code;
}

int margin_smallest(const int8_t *values, int bits)
{
    int least = abs(values[0]);

    for (int i = 1; i < bits; i++) {
        if (abs(values[i]) < least)
            least = abs(values[i]);
    }
    return least;
}

int margin_sum(const int8_t *values, int bits, uint64_t code, uint64_t mask)
{
    int sum = 0;

    for (int i = 0; i < bits; i++) {
        if (code_bit(mask, i))
            sum += code_bit(code, i) ? values[i] : -values[i];
    }
    return sum;
}
