#ifndef BITGROVE_IMAGE_PICTURE_H
#define BITGROVE_IMAGE_PICTURE_H

/*
 * A decoded picture: bytes of shape (H,W,C), row-major, the channels of a
 * pixel side by side; C is 1 (grey) or 3 (red, green, blue). Any thread.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct picture {
    uint32_t width, height; /* > 0 */
    uint32_t channels;      /* 1 or 3 */
    uint8_t *pixels;        /* owned */
};

/* The most pixels a picture may have, decoded: a claim beyond it is refused
 * before anything is allocated. */
#define PICTURE_PIXELS_MAX (1u << 27)

/*
 * Storage for a picture, zeroed. ERR_BAD_INPUT when a side is 0 or there are
 * more than PICTURE_PIXELS_MAX; ERR_NOMEM. name is for messages.
 */
enum status MUST_USE picture_new(struct picture *out, uint32_t width,
                                 uint32_t height, uint32_t channels,
                                 const char *name, struct err *err);
void picture_release(struct picture *picture);

/* A byte of colour under opacity `alpha`, over white. */
static inline uint8_t picture_over_white(unsigned colour, unsigned alpha)
{
    return (uint8_t)((colour * alpha + 255u * (255u - alpha) + 127u) / 255u);
}

/*
 * Turns the picture as EXIF's orientation says: 1 leaves it as it is, 2
 * mirrors, 3 turns by 180 degrees, 4 flips, 5 to 8 swap the sides. ERR_NOMEM.
 */
enum status MUST_USE picture_orient(struct picture *picture, int orientation,
                                    struct err *err);

/*
 * (H,W,C) to (C,H,W), the order the catalogue keeps: out has as many bytes as
 * in, apart from it.
 */
void picture_planes(uint8_t *out, const uint8_t *in, size_t pixels,
                    uint32_t channels);

/*
 * Makes *out, which the caller releases, a copy of the picture at width x
 * height with the channels asked for: colour becomes grey by its luma
 * (0.299 R + 0.587 G + 0.114 B, ITU-R BT.601), grey is repeated three times.
 * The shape of the picture is not kept: it is stretched. Every pixel of *out
 * is the mean of the area of the source it covers, computed in whole numbers
 * and rounded to nearest, so the result is the same on every machine.
 */
enum status MUST_USE picture_fit(struct picture *out,
                                 const struct picture *picture, uint32_t width,
                                 uint32_t height, uint32_t channels,
                                 struct err *err);

#endif
