#include <config.h>

#include "image/picture.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "image/resize.h"

enum status picture_new(struct picture *out, uint32_t width, uint32_t height,
                        uint32_t channels, const char *name, struct err *err)
{
    uint8_t *pixels;

    if (width == 0 || height == 0)
        return err_set(err, ERR_BAD_INPUT, "%s has no pixels: %u x %u", name,
                       width, height);
    if ((uint64_t)width * height > PICTURE_PIXELS_MAX)
        return err_set(err, ERR_BAD_INPUT,
                       "%s has %u x %u pixels, more than %u million: make it "
                       "smaller",
                       name, width, height, PICTURE_PIXELS_MAX / 1000000);
    pixels = mem_large((size_t)width * height, channels);
    if (pixels == NULL)
        return err_set(err, ERR_NOMEM, "%s: no memory for %u x %u pixels", name,
                       width, height);
    *out = (struct picture){width, height, channels, pixels};
    return OK;
}

/* Where pixel (x, y) of the turned picture comes from. */
static size_t turned_from(const struct picture *p, int orientation, uint32_t x,
                          uint32_t y)
{
    uint32_t fx = orientation >= 5 ? y : x, fy = orientation >= 5 ? x : y;

    if (orientation == 2 || orientation == 3 || orientation == 7 ||
        orientation == 8)
        fx = p->width - 1 - fx;
    if (orientation == 3 || orientation == 4 || orientation == 6 ||
        orientation == 7)
        fy = p->height - 1 - fy;
    return (size_t)fy * p->width + fx;
}

enum status picture_orient(struct picture *picture, int orientation,
                           struct err *err)
{
    bool swap = orientation >= 5;
    uint32_t c = picture->channels;
    struct picture turned;
    uint8_t *to;
    enum status status;

    if (orientation <= 1 || orientation > 8)
        return OK;
    status = picture_new(&turned, swap ? picture->height : picture->width,
                         swap ? picture->width : picture->height, c,
                         "the picture", err);
    if (status != OK)
        return status;
    to = turned.pixels;
    for (uint32_t y = 0; y < turned.height; y++)
        for (uint32_t x = 0; x < turned.width; x++, to += c)
            memcpy(to,
                   picture->pixels +
                       turned_from(picture, orientation, x, y) * c,
                   c);
    picture_release(picture);
    *picture = turned;
    return OK;
}

void picture_release(struct picture *picture)
{
    free(picture->pixels);
    picture->pixels = NULL;
}

void picture_planes(uint8_t *out, const uint8_t *in, size_t pixels,
                    uint32_t channels)
{
    for (uint32_t c = 0; c < channels; c++)
        for (size_t i = 0; i < pixels; i++)
            *out++ = in[i * channels + c];
}

static void convert(uint8_t *out, uint32_t to, const uint8_t *in, uint32_t from,
                    size_t pixels)
{
    for (size_t i = 0; i < pixels; i++, in += from, out += to) {
        if (from == to)
            for (uint32_t c = 0; c < to; c++)
                out[c] = in[c];
        else if (to == 1)
            out[0] = resize_luma(in[0], in[1], in[2]);
        else
            out[0] = out[1] = out[2] = in[0];
    }
}

enum status picture_fit(struct picture *out, const struct picture *picture,
                        uint32_t width, uint32_t height, uint32_t channels,
                        struct err *err)
{
    size_t pixels = (size_t)width * height;
    uint8_t *small = mem_large(pixels, picture->channels);
    uint8_t *bytes = mem_large(pixels, channels);

    if (small == NULL || bytes == NULL) {
        free(small);
        free(bytes);
        return err_set(err, ERR_NOMEM, "no memory for a picture of %u x %u",
                       width, height);
    }
    resize_area(small, width, height, picture->pixels, picture->width,
                picture->height, picture->channels);
    convert(bytes, channels, small, picture->channels, pixels);
    free(small);
    out->width = width;
    out->height = height;
    out->channels = channels;
    out->pixels = bytes;
    return OK;
}
