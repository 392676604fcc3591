#include <config.h>

#include "image/picture.h"

#include <stdlib.h>

#include "base/mem.h"
#include "image/resize.h"

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
