#ifndef BITGROVE_LEARN_INPUTNORM_H
#define BITGROVE_LEARN_INPUTNORM_H

/* What the pictures of a network from elsewhere are normalised with. Pure. */

#include "base/err.h"
#include "image/augment.h"

/*
 * mean and deviation: a number from 0 to 1 a channel (1 or 3), commas between
 * them, of bytes divided by 255; NULL: ImageNet's of 3 channels, 0 and 1 of
 * one. ERR_BAD_INPUT names the option.
 */
enum status inputnorm_read(struct augment_norm *out, const char *mean,
                           const char *deviation, int channels,
                           struct err *err) MUST_USE;

#endif
