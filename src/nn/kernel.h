#ifndef BITGROVE_NN_KERNEL_H
#define BITGROVE_NN_KERNEL_H

/*
 * The inner loops of the network, one set of them for every kind of vector
 * unit; kernel_best() picks the widest that the processor has. Pure functions
 * over float arrays, no allocation: any thread.
 *
 * Activations of an image are (height + 2 b, width + 2 b, channels), row-major,
 * with a border of zeros b pixels wide where a convolution needs it, so that
 * it has no edge cases and the inputs of a row of taps are contiguous.
 * Channels are a multiple of KERNEL_LANES (but the depth of a sum may be
 * anything: the picture itself has 1 or 3 channels).
 *
 * Why not im2col and sgemm for these: with 16 to 64 output channels the
 * product is so narrow that packing the im2col matrix costs more than
 * multiplying it; tests/bench/conv3x3 shows the ratio.
 */

#include <stdbool.h>
#include <stddef.h>

#define KERNEL_LANES 16

/*
 * A row of output pixels of a convolution, or of its transpose:
 *     out[p][c] (+)= sum over t < rows, r < depth of
 *                    in[t * in_row + p * in_step + r] * w[t][r][c]
 * for p < pixels, c < channels; out has out_step floats between pixels.
 */
struct kernel_band {
    const float *in;
    size_t in_row, in_step;
    const float *w; /* (rows, depth, channels), 64-byte aligned */
    float *out;
    size_t out_step;
    int rows, depth, channels, pixels;
    bool add; /* accumulate into out instead of overwriting it */
};

/*
 * The gradient of one row t of taps over a whole image:
 *     dw[r][c] += sum over y < height, x < width of
 *                 in[y * in_row + x * in_step + r] * dy[y * dy_row + x * c]
 */
struct kernel_outer {
    const float *in;
    size_t in_row, in_step;
    const float *dy; /* pixels are channels floats apart */
    size_t dy_row;
    float *dw; /* (depth, channels) */
    int height, width, depth, channels;
    bool add; /* accumulate into dw instead of overwriting it */
};

/* An activation with its border; the passes below visit the interior. */
struct kernel_plane {
    int height, width, channels;
    size_t row;   /* floats between rows */
    size_t first; /* floats before the first pixel of the interior */
};

/* The plane of (height, width, channels) within a border so wide. */
struct kernel_plane kernel_plane(int height, int width, int channels,
                                 int border);

/*
 * Batch norm as an affine map of each channel, x * scale + shift; the three
 * coefficients of its gradient, dx = a * g + b * (x - mean) + d.
 */
struct kernel_affine {
    const float *scale, *shift; /* (channels) */
};
struct kernel_slope {
    const float *a, *b, *d, *mean; /* (channels) */
};

/*
 * Tiles of nn/winograd2.h: rows times across of them, 2x2 pixels each, and for
 * each a value in each of 16 planes (rows * across, channels).
 */
struct kernel_tiles {
    const float *in;   /* the first pixel, where they are read */
    float *out;        /* or written */
    const float *base; /* what is added to them, NULL or as out */
    size_t row;        /* floats between rows of pixels */
    int height, width; /* pixels there are; others count as 0 */
    int channels, rows, across;
    float *planes;
    size_t plane; /* floats between planes */
};

struct kernel {
    const char *name; /* "avx512", "avx2", "portable" */
    void (*band)(const struct kernel_band *band);
    void (*outer)(const struct kernel_outer *outer);

    /* sum[c] = sum of x, squares[c] = sum of x * x; both overwritten */
    void (*moments)(const struct kernel_plane *plane, const float *x,
                    float *sum, float *squares);

    /* out = max(0, affine(x) + rest); rest: NULL for 0, or taken through
     * rest_map unless that is NULL. out may be x. */
    void (*activate)(const struct kernel_plane *plane, float *out,
                     const float *x, const struct kernel_affine *map,
                     const float *rest, const struct kernel_affine *rest_map);

    /* sum[c] = sum of g, product[c] = sum of g * (x - mean[c]); before that,
     * unless a is NULL, g = a > 0 ? g : 0, in place */
    void (*slopes)(const struct kernel_plane *plane, float *g, const float *a,
                   const float *x, const float *mean, float *sum,
                   float *product);

    /* out = a * g + b * (x - mean) + d */
    void (*normback)(const struct kernel_plane *plane, float *out,
                     const float *g, const float *x,
                     const struct kernel_slope *slope);

    /* mean[c] = mean of x over the plane */
    void (*average)(const struct kernel_plane *plane, const float *x,
                    float *mean);

    /* Max pool 3x3, stride 2: to's pixel is the largest of the nine about
     * from's pixel (2 y, 2 x), those outside left out. to has the sides of
     * from, halved and rounded up. */
    void (*pool)(const struct kernel_plane *from, const struct kernel_plane *to,
                 const float *x, float *out);

    /* dx += g at the first of the nine, row by row, that is the largest; out
     * is what pool() made of x. */
    void (*unpool)(const struct kernel_plane *from,
                   const struct kernel_plane *to, const float *x,
                   const float *out, const float *g, float *dx);

    /* planes = B' d B of windows d of 4x4 pixels, two apart; planes = A z A' of
     * tiles z; tiles = A' m A of the planes' m, and the base */
    void (*spread)(const struct kernel_tiles *tiles);
    void (*spread_slopes)(const struct kernel_tiles *tiles);
    void (*gather)(const struct kernel_tiles *tiles);

    /* The same for weights, a multiple of KERNEL_LANES pairs of channels: u
     * (16, pairs) = G w G' of w (9, pairs); dw (9, pairs) = G' du G. */
    void (*spread_taps)(size_t pairs, const float *w, float *u);
    void (*gather_taps)(size_t pairs, const float *du, float *dw);
};

/* The best set for this processor. Static. */
const struct kernel *kernel_best(void);

/* Set number i this processor can run, best first, or NULL: for tests. */
const struct kernel *kernel_at(int i);

#endif
