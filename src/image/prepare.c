#include <config.h>

#include "image/prepare.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "image/resize.h"

enum { PRECISION = 32 - 8 - 2, LONGEST = 1 << 24 };

/*
 * One axis: `count` pixels of the result from `start` on. Pixel i is the sum
 * over weights[i * room + j] of the pixels first[i] + j of the source.
 */
struct axis {
    uint32_t count, room;
    uint32_t *first, *taps;
    int32_t *weights;
};

static void axis_release(struct axis *axis)
{
    free(axis->first);
    free(axis->taps);
    free(axis->weights);
}

static double triangle(double x)
{
    x = fabs(x);
    return x < 1.0 ? 1.0 - x : 0.0;
}

/* Weights of a pixel of the result in double, then in fixed point. */
static void set_weights(int32_t *weights, double *w, uint32_t first,
                        uint32_t taps, double centre, double width)
{
    double sum = 0.0;

    for (uint32_t j = 0; j < taps; j++) {
        w[j] = triangle(((double)j + (double)first - centre + 0.5) *
                        (1.0 / width));
        sum += w[j];
    }
    for (uint32_t j = 0; j < taps; j++) {
        if (sum != 0.0)
            w[j] /= sum;
        weights[j] = (int32_t)(w[j] * (1 << PRECISION) + 0.5);
    }
}

static enum status axis_init(struct axis *out, uint32_t from, uint32_t to,
                             uint32_t start, uint32_t count, struct err *err)
{
    double scale = (double)from / to, width = scale < 1.0 ? 1.0 : scale;
    struct axis axis = {.count = count};
    double *w;

    axis.room = (uint32_t)ceil(width) * 2 + 1;
    axis.first = mem_large(count, sizeof(*axis.first));
    axis.taps = mem_large(count, sizeof(*axis.taps));
    axis.weights = mem_large((size_t)count * axis.room, sizeof(*axis.weights));
    w = mem_large(axis.room, sizeof(*w));
    if (!axis.first || !axis.taps || !axis.weights || !w) {
        free(w);
        axis_release(&axis);
        return err_set(err, ERR_NOMEM, "no memory to resize a picture");
    }
    for (uint32_t i = 0; i < count; i++) {
        double centre = ((double)(start + i) + 0.5) * scale;
        double low = centre - width + 0.5, high = centre + width + 0.5;
        uint32_t end = high > (double)from ? from : (uint32_t)high;

        axis.first[i] = low < 0.0 ? 0 : (uint32_t)low;
        axis.taps[i] = end - axis.first[i];
        set_weights(axis.weights + (size_t)i * axis.room, w, axis.first[i],
                    axis.taps[i], centre, width);
    }
    free(w);
    *out = axis;
    return OK;
}

static uint8_t clip(int32_t sum)
{
    sum >>= PRECISION;
    return (uint8_t)(sum < 0 ? 0 : sum > 255 ? 255 : sum);
}

/* The same row with fewer pixels. */
static void shrink_row(uint8_t *to, const uint8_t *from,
                       const struct axis *axis, uint32_t channels)
{
    for (uint32_t i = 0; i < axis->count; i++, to += channels) {
        const int32_t *w = axis->weights + (size_t)i * axis->room;
        const uint8_t *p = from + (size_t)axis->first[i] * channels;
        int32_t sum[3] = {1 << (PRECISION - 1), 1 << (PRECISION - 1),
                          1 << (PRECISION - 1)};

        if (channels == 3)
            for (uint32_t j = 0; j < axis->taps[i]; j++, p += 3) {
                sum[0] += p[0] * w[j];
                sum[1] += p[1] * w[j];
                sum[2] += p[2] * w[j];
            }
        else
            for (uint32_t j = 0; j < axis->taps[i]; j++)
                sum[0] += p[j] * w[j];
        for (uint32_t c = 0; c < channels; c++)
            to[c] = clip(sum[c]);
    }
}

/* One row from those above each other; sums: (bytes) scratch. */
static void shrink_column(uint8_t *to, const uint8_t *from, size_t bytes,
                          const int32_t *weights, uint32_t taps, int32_t *sums)
{
    for (size_t x = 0; x < bytes; x++)
        sums[x] = 1 << (PRECISION - 1);
    for (uint32_t j = 0; j < taps; j++, from += bytes)
        for (size_t x = 0; x < bytes; x++)
            sums[x] += from[x] * weights[j];
    for (size_t x = 0; x < bytes; x++)
        to[x] = clip(sums[x]);
}

/* What of the resized picture is wanted. */
struct window {
    uint32_t width, height; /* of the whole resized picture */
    uint32_t left, top, size;
};

/* out: (size, size, channels). */
static enum status resample(uint8_t *out, const struct picture *in,
                            const struct window *w, struct err *err)
{
    struct axis across = {0}, down = {0};
    uint32_t c = in->channels, first, rows;
    size_t bytes = (size_t)w->size * c;
    uint8_t *middle = NULL;
    int32_t *sums = NULL;
    enum status status =
        axis_init(&across, in->width, w->width, w->left, w->size, err);

    if (status == OK)
        status = axis_init(&down, in->height, w->height, w->top, w->size, err);
    if (status != OK) {
        axis_release(&across);
        return status;
    }
    first = down.first[0];
    rows = down.first[w->size - 1] + down.taps[w->size - 1] - first;
    middle = mem_large(rows, bytes);
    sums = mem_large(bytes, sizeof(*sums));
    if (middle == NULL || sums == NULL)
        status = err_set(err, ERR_NOMEM, "no memory to resize a picture");
    for (uint32_t y = 0; y < rows && status == OK; y++)
        shrink_row(middle + y * bytes,
                   in->pixels + (size_t)(first + y) * in->width * c, &across,
                   c);
    for (uint32_t y = 0; y < w->size && status == OK; y++)
        shrink_column(out + y * bytes, middle + (down.first[y] - first) * bytes,
                      bytes, down.weights + (size_t)y * down.room, down.taps[y],
                      sums);
    free(middle);
    free(sums);
    axis_release(&across);
    axis_release(&down);
    return status;
}

/* Half of what is left over, halves to even, as Python's round() does. */
static uint32_t margin(uint32_t side, uint32_t size)
{
    uint32_t rest = side - size, half = rest / 2;

    return half + (rest % 2 == 1 && half % 2 == 1);
}

static void write_planes(uint8_t *out, const uint8_t *in, size_t pixels,
                         uint32_t from, uint32_t to)
{
    if (from == to)
        picture_planes(out, in, pixels, from);
    else
        for (uint32_t c = 0; c < to; c++)
            memcpy(out + c * pixels, in, pixels);
}

/* A grey copy of a picture in colour. */
static enum status grey(struct picture *out, const struct picture *in,
                        struct err *err)
{
    size_t pixels = (size_t)in->width * in->height;
    enum status status =
        picture_new(out, in->width, in->height, 1, "the picture", err);

    for (size_t i = 0; i < pixels && status == OK; i++)
        out->pixels[i] = resize_luma(in->pixels[i * 3], in->pixels[i * 3 + 1],
                                     in->pixels[i * 3 + 2]);
    return status;
}

enum status prepare_picture(uint8_t *out, const struct picture *in,
                            const struct prepare *how, struct err *err)
{
    bool tall = in->height > in->width;
    uint32_t brief = tall ? in->width : in->height;
    uint64_t longer =
        (uint64_t)how->resize * (tall ? in->height : in->width) / brief;
    struct window w = {.size = how->size};
    struct picture plain = *in, made = {.pixels = NULL};
    size_t pixels = (size_t)how->size * how->size;
    uint8_t *square;
    enum status status = OK;

    if (longer > LONGEST)
        return err_set(err, ERR_BAD_INPUT,
                       "a picture of %u x %u is too long and thin", in->width,
                       in->height);
    w.width = tall ? how->resize : (uint32_t)longer;
    w.height = tall ? (uint32_t)longer : how->resize;
    w.left = margin(w.width, how->size);
    w.top = margin(w.height, how->size);
    if (how->channels == 1 && in->channels == 3) {
        status = grey(&made, in, err);
        plain = made;
    }
    if (status != OK)
        return status;
    square = mem_large(pixels, plain.channels);
    if (square == NULL)
        status = err_set(err, ERR_NOMEM, "no memory for %u x %u pixels",
                         how->size, how->size);
    if (status == OK)
        status = resample(square, &plain, &w, err);
    if (status == OK)
        write_planes(out, square, pixels, plain.channels, how->channels);
    free(square);
    picture_release(&made);
    return status;
}
