#ifndef BITGROVE_BASE_HALF_H
#define BITGROVE_BASE_HALF_H

/*
 * IEEE 754 half precision (binary16, NumPy's float16): a sign, 5 bits of
 * exponent, 10 of fraction. Every half is a float exactly. Pure: any thread.
 */

#include <stdint.h>
#include <string.h>

/* The float of a half's bits; subnormal numbers, infinities and NaNs too (a
 * signalling NaN becomes a quiet one, as processors convert it). */
static inline float half_float(uint16_t half)
{
    uint32_t magnitude = half & 0x7fffu, bits;
    float f;

    if (magnitude >= 0x7c00) { /* infinity, NaN */
        bits = 0x7f800000u | (magnitude & 0x3ff) << 13;
        if (magnitude > 0x7c00)
            bits |= 0x400000;
    } else if (magnitude >= 0x400) { /* normal: another bias */
        bits = (magnitude << 13) + ((127u - 15) << 23);
    } else { /* subnormal: a multiple of 2^-24 */
        f = (float)magnitude * 0x1p-24f;
        memcpy(&bits, &f, sizeof(bits));
    }
    bits |= (uint32_t)(half & 0x8000u) << 16;
    memcpy(&f, &bits, sizeof(f));
    return f;
}

#endif
