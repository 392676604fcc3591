#ifndef BITGROVE_NN_MICRO_H
#define BITGROVE_NN_MICRO_H

/*
 * The inner loops of inference and of nn/gemm.h, one set for every kind of
 * vector unit; micro_best() picks the widest that the processor has. Pure
 * functions over float arrays, no allocation: any thread.
 *
 * The one product here is a strip: rows of A times one panel of B, a panel
 * being as many columns as a tile of sums in registers is wide. Rows of A are
 * found through pointers, so that a matrix in place, the taps of a
 * convolution and the border around an image (a pointer to zeros) are all the
 * same to it.
 *
 * Every sum is taken in the order of depth, whatever the tile it falls into:
 * a row of C depends on nothing but its own row of A.
 */

#include <stdbool.h>
#include <stddef.h>

#define MICRO_PANEL_MAX 64 /* columns of a panel: 4 vectors of at most 16 */

/*
 * c[r][j] = [c[r][j] if add, or else bias[j] + rest[r][j]]
 *           + sum over t < taps, i < depth of a[r * a_row + t][skip + i]
 *                                             * b[(t * depth + i) * b_row + j]
 * and then its positive part if relu. bias and rest may be NULL. rest may be
 * c itself.
 */
struct micro_strip {
    const float *const *a;
    size_t a_row, skip;
    const float *b;
    size_t b_row;
    float *c;
    size_t c_row;
    const float *bias, *rest;
    size_t rest_row;
    int rows, taps, depth;
    bool add, relu;
};

/*
 * c[r][j] = sum over i < depth of a[r][i] * b[j][i], overwritten: the rows of
 * both lie whole, and depth is long. For few columns, where a panel would be
 * half empty. The order of a sum depends on depth alone.
 */
struct micro_dots {
    const float *a, *b;
    float *c;
    size_t a_row, b_row, c_row;
    int rows, columns, depth;
};

/* An output tile of Winograd's F(4x4, 3x3): rows 0 to height, columns 0 to
 * width of 4x4 pixels, `row` floats between rows, channels between pixels. */
struct micro_out {
    const float *from; /* frequency f is f * step floats on */
    size_t step;
    float *to;
    const float *bias, *rest; /* rest: as to, or NULL; may be to */
    size_t row;
    int height, width, channels;
    bool relu;
};

struct micro {
    const char *name; /* "avx512", "avx2", "portable" */
    int lanes;        /* floats of a vector */
    int panel;        /* columns of a panel, a multiple of lanes */

    /* vectors: of the panel, 1 to panel / lanes */
    void (*strip)(const struct micro_strip *strip, int vectors);

    void (*dots)(const struct micro_dots *dots);

    /* The 36 frequencies of a 6x6 patch, pixel (i, j) at from[6 * i + j]:
     * to[f * step + c] for c < channels, a multiple of 16. */
    void (*winograd_in)(const float *const *from, int channels, float *to,
                        size_t step);
    void (*winograd_out)(const struct micro_out *out);

    /* to[c] = the largest of from[0..count)[c] */
    void (*largest)(const float *const *from, int count, int channels,
                    float *to);

    /* to[c] = mean of from[p * channels + c] over p < pixels */
    void (*mean)(const float *from, int pixels, int channels, float *to);
};

/* The best set for this processor. Static. */
const struct micro *micro_best(void);

/* Set number i this processor can run, best first, or NULL: for tests. */
const struct micro *micro_at(int i);

#endif
