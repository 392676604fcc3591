#ifndef BITGROVE_IMAGE_AUGMENT_H
#define BITGROVE_IMAGE_AUGMENT_H

/*
 * From the bytes of a picture to the normalised floats a network takes, with
 * random, mild changes while learning. Pure functions: any thread.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/rng.h"

#define AUGMENT_CHANNELS_MAX 3

/* Each value is the most that is drawn, either way; 0 leaves it be. */
struct augment {
    double shift;  /* pixels, whole ones unless rotate or scale is set */
    double rotate; /* degrees */
    double scale;  /* 0.1: from 1/1.1 to 1.1 times, each axis by itself */
    double shear;  /* pixels a pixel */
    bool flip;     /* left to right, one time in two */
};

/* How bytes become numbers: (byte - mean) * inverse, for each channel. */
struct augment_norm {
    float mean[AUGMENT_CHANNELS_MAX], inverse[AUGMENT_CHANNELS_MAX];
};

/*
 * pixels: (channels, height, width) bytes. out: (height + 2 border, width +
 * 2 border, channels) floats, row-major, of which the interior is overwritten
 * and the border left. What comes in from outside the picture repeats its edge.
 * rng: NULL for no change at all; otherwise a few numbers are drawn from it.
 */
void augment_apply(float *out, const uint8_t *pixels, int channels, int height,
                   int width, int border, const struct augment_norm *norm,
                   const struct augment *augment, struct rng *rng);

#endif
