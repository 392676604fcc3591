#include <config.h>

#include "nn/gemm.h"
#include "nn/infer-parts.h"

/*
 * Convolution as a product whose rows of A are found through pointers, a tap
 * each: no matrix of patches is ever written. A 1x1 has one tap. The picture
 * has its border in place, so a row of its taps is one piece of memory and
 * counts as one tap of size * ci values.
 */

#define TAPS_MAX 9

static int taps_of(const struct conv *conv, bool stem)
{
    return stem ? conv->size : conv->size * conv->size;
}

size_t infer_direct_packed(const struct micro *micro, const struct conv *conv)
{
    return gemm_packed(micro, conv->co, conv->size * conv->size * conv->ci);
}

struct pixel {
    int y, x;
};

static void stem_taps(const struct conv *conv, const float *image,
                      struct pixel at, const float **to)
{
    size_t ci = (size_t)conv->ci;
    size_t row = (size_t)(conv->w + 2 * conv->border) * ci;
    size_t off = (size_t)(conv->border - conv->size / 2);
    size_t y = (size_t)(at.y * conv->stride) + off;
    size_t x = (size_t)(at.x * conv->stride) + off;

    for (size_t t = 0; t < (size_t)conv->size; t++)
        to[t] = image + (y + t) * row + x * ci;
}

static void map_taps(const struct conv *conv, const float *image,
                     struct pixel at, const float *zeros, const float **to)
{
    int size = conv->size, first_y = at.y * conv->stride - size / 2;
    int first_x = at.x * conv->stride - size / 2;

    for (int y = first_y; y < first_y + size; y++)
        for (int x = first_x; x < first_x + size; x++)
            *to++ = y < 0 || y >= conv->h || x < 0 || x >= conv->w
                        ? zeros
                        : image + ((size_t)y * (size_t)conv->w + (size_t)x) *
                                      (size_t)conv->ci;
}

/* A walk over the output pixels of all images, one after the other. */
struct walk {
    const float *image; /* of x */
    struct pixel at;
};

static size_t image_floats(const struct conv *conv, bool stem)
{
    return stem ? conv_input(conv)
                : (size_t)conv->h * (size_t)conv->w * (size_t)conv->ci;
}

/* Pointers of the next `count` pixels. */
static void find_rows(const struct conv *conv, const struct infer_direct *run,
                      struct walk *walk, int count, const float **to)
{
    size_t taps = (size_t)taps_of(conv, run->stem);

    for (int i = 0; i < count; i++, to += taps) {
        if (run->stem)
            stem_taps(conv, walk->image, walk->at, to);
        else
            map_taps(conv, walk->image, walk->at, run->zeros, to);
        if (++walk->at.x < conv->ow)
            continue;
        walk->at.x = 0;
        if (++walk->at.y < conv->oh)
            continue;
        walk->at.y = 0;
        walk->image += image_floats(conv, run->stem);
    }
}

void infer_direct_run(const struct micro *micro, const struct conv *conv,
                      const struct infer_direct *run)
{
    const float *rows[GEMM_ROWS * TAPS_MAX];
    size_t co = (size_t)conv->co;
    size_t all = (size_t)conv->oh * (size_t)conv->ow * (size_t)run->images;
    struct walk walk = {run->x, {0, 0}};
    struct micro_strip strip = {
        .a = rows,
        .a_row = (size_t)taps_of(conv, run->stem),
        .c_row = co,
        .bias = run->bias,
        .rest_row = co,
        .taps = taps_of(conv, run->stem),
        .depth = run->stem ? conv->size * conv->ci : conv->ci,
        .relu = run->relu,
    };

    for (size_t p = 0; p < all; p += GEMM_ROWS) {
        strip.rows = all - p < GEMM_ROWS ? (int)(all - p) : GEMM_ROWS;
        find_rows(conv, run, &walk, strip.rows, rows);
        strip.c = run->y + p * co;
        strip.rest = run->rest == NULL ? NULL : run->rest + p * co;
        gemm_rows(micro, conv->co, run->packed, &strip);
    }
}
