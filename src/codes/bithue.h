#ifndef BITGROVE_CODES_BITHUE_H
#define BITGROVE_CODES_BITHUE_H

/*
 * A colour for each bit, the same wherever bits are drawn: hues a golden angle
 * (137.5 degrees) apart, so that the next bit looks different and none comes
 * back early, at one lightness and chroma of OKLCH (Ottosson, "A perceptual
 * color space for image processing", 2020), so that none is louder than
 * another. Colour never says alone which bit it is: its number is beside it.
 * Pure; any thread.
 */

#include <stdbool.h>
#include <stdint.h>

/* 0xRRGGBB of sRGB, to stand out from a light or from a dark ground. */
uint32_t bithue(int bit, bool dark);

#endif
