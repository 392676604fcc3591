#include <config.h>

#include "nn/conv.h"

#include <assert.h>

struct conv conv_make(int ci, int co, int h, int w, int size, int stride)
{
    assert((size == 7 || size == 3 || size == 1) &&
           (stride == 1 || stride == 2));
    assert(co % KERNEL_LANES == 0);
    return (struct conv){.ci = ci,
                         .co = co,
                         .h = h,
                         .w = w,
                         .oh = (h + stride - 1) / stride,
                         .ow = (w + stride - 1) / stride,
                         .size = size,
                         .stride = stride,
                         .border = size / 2,
                         .border_out = size == 3};
}

size_t conv_weights(const struct conv *conv)
{
    return (size_t)conv->size * (size_t)conv->size * (size_t)conv->ci *
           (size_t)conv->co;
}

static size_t row_in(const struct conv *conv)
{
    return (size_t)(conv->w + 2 * conv->border) * (size_t)conv->ci;
}

static size_t row_out(const struct conv *conv)
{
    return (size_t)(conv->ow + 2 * conv->border_out) * (size_t)conv->co;
}

size_t conv_input(const struct conv *conv)
{
    return (size_t)(conv->h + 2 * conv->border) * row_in(conv);
}

size_t conv_output(const struct conv *conv)
{
    return (size_t)(conv->oh + 2 * conv->border_out) * row_out(conv);
}

struct kernel_plane conv_plane(const struct conv *conv)
{
    return kernel_plane(conv->oh, conv->ow, conv->co, conv->border_out);
}

bool conv_flat(const struct conv *conv)
{
    return conv->size == 1 && conv->stride == 1 && conv->border == 0 &&
           conv->border_out == 0;
}

struct conv conv_flatten(const struct conv *conv, int n)
{
    struct conv flat = *conv;

    flat.h = flat.oh = 1;
    flat.w = flat.ow = n * conv->h * conv->w;
    return flat;
}

/* Floats from x to the first tap of the first output. */
static size_t first_tap(const struct conv *conv)
{
    size_t skip = (size_t)(conv->border - conv->size / 2);

    return skip * (row_in(conv) + (size_t)conv->ci);
}

/* Floats from x or y to its first pixel inside the border. */
static size_t inner_in(const struct conv *conv)
{
    return (size_t)conv->border * (row_in(conv) + (size_t)conv->ci);
}

static size_t inner_out(const struct conv *conv)
{
    return (size_t)conv->border_out * (row_out(conv) + (size_t)conv->co);
}

void conv_forward(const struct conv *conv, const struct kernel *kernel,
                  const float *w, const float *x, float *y)
{
    struct kernel_band band = {
        .in_row = row_in(conv),
        .in_step = (size_t)conv->stride * (size_t)conv->ci,
        .w = w,
        .out_step = (size_t)conv->co,
        .rows = conv->size,
        .depth = conv->size * conv->ci,
        .channels = conv->co,
        .pixels = conv->ow,
    };

    x += first_tap(conv);
    y += inner_out(conv);
    for (int i = 0; i < conv->oh; i++) {
        band.in = x + (size_t)(i * conv->stride) * row_in(conv);
        band.out = y + (size_t)i * row_out(conv);
        kernel->band(&band);
    }
}

/*
 * The gradient of an input pixel sums over the outputs that saw it. With
 * stride 1 these are its 3x3 neighbours, under the taps turned by 180
 * degrees. With stride 2 it depends on whether its row and its column are
 * even: along an axis, an even one was seen through tap 1 alone, an odd one
 * through tap 2 of the output before it and tap 0 of the output after.
 * So w is packed as one small kernel for each of these cases.
 */
struct taps {
    int count;
    int tap[3]; /* in the order of the outputs */
};

static struct taps taps_of(const struct conv *conv, int odd)
{
    if (conv->size == 1)
        return (struct taps){odd ? 0 : 1, {0}};
    if (conv->stride == 1)
        return (struct taps){3, {2, 1, 0}};
    return odd ? (struct taps){2, {2, 0}} : (struct taps){1, {1}};
}

static float *pack_tap(const struct conv *conv, const float *w, float *to)
{
    for (int o = 0; o < conv->co; o++)
        for (int i = 0; i < conv->ci; i++)
            *to++ = w[(size_t)i * (size_t)conv->co + (size_t)o];
    return to;
}

void conv_pack(const struct conv *conv, const float *w, float *packed)
{
    size_t tap = (size_t)conv->ci * (size_t)conv->co;

    for (int oddy = 0; oddy < conv->stride; oddy++)
        for (int oddx = 0; oddx < conv->stride; oddx++) {
            struct taps ty = taps_of(conv, oddy), tx = taps_of(conv, oddx);

            for (int y = 0; y < ty.count; y++)
                for (int x = 0; x < tx.count; x++)
                    packed = pack_tap(
                        conv,
                        w + tap * (size_t)(ty.tap[y] * conv->size + tx.tap[x]),
                        packed);
        }
}

/* The first output, counted in dy with its border, that saw input i. */
static size_t first_output(const struct conv *conv, int i)
{
    int before = conv->size == 3 && conv->stride == 1;

    return (size_t)(i / conv->stride - before + conv->border_out);
}

void conv_backward_data(const struct conv *conv, const struct kernel *kernel,
                        const float *packed, const float *dy, float *dx,
                        bool add)
{
    size_t ci = (size_t)conv->ci, co = (size_t)conv->co;
    struct kernel_band band = {
        .in_row = row_out(conv),
        .in_step = co,
        .out_step = (size_t)conv->stride * ci,
        .channels = conv->ci,
        .add = add,
    };

    assert(conv->size <= 3 && conv->border_out >= conv->size / 2);
    assert(add || conv->size == 3 || conv->stride == 1);
    dx += inner_in(conv);
    for (int oddy = 0; oddy < conv->stride; oddy++)
        for (int oddx = 0; oddx < conv->stride; oddx++) {
            struct taps ty = taps_of(conv, oddy), tx = taps_of(conv, oddx);

            if (ty.count == 0 || tx.count == 0)
                continue;
            band.w = packed;
            band.rows = ty.count;
            band.depth = tx.count * conv->co;
            band.pixels = (conv->w - oddx + conv->stride - 1) / conv->stride;
            for (int y = oddy; y < conv->h; y += conv->stride) {
                band.in = dy + first_output(conv, y) * row_out(conv) +
                          first_output(conv, oddx) * co;
                band.out = dx + (size_t)y * row_in(conv) + (size_t)oddx * ci;
                kernel->band(&band);
            }
            packed += (size_t)(ty.count * tx.count) * ci * co;
        }
}

void conv_backward_weights(const struct conv *conv, const struct kernel *kernel,
                           const float *x, const float *dy, float *dw, bool add)
{
    int depth = conv->size * conv->ci;
    struct kernel_outer outer = {
        .in_row = (size_t)conv->stride * row_in(conv),
        .in_step = (size_t)conv->stride * (size_t)conv->ci,
        .dy = dy + inner_out(conv),
        .dy_row = row_out(conv),
        .height = conv->oh,
        .width = conv->ow,
        .depth = depth,
        .channels = conv->co,
        .add = add,
    };

    x += first_tap(conv);
    for (int t = 0; t < conv->size; t++) {
        outer.in = x + (size_t)t * row_in(conv);
        outer.dw = dw + (size_t)t * (size_t)depth * (size_t)conv->co;
        kernel->outer(&outer);
    }
}
