/*
 * The loops of kernel.h, compiled once for every instruction set. The file
 * that includes this one defines
 *     VEC_NAME, VEC_TARGET, VEC_LANES    as nn/vec.h says
 *     KERNEL_TILES   the tiles of a band as TILE(vectors, pixels) terms,
 *                    widest first, pixels down to 1 for each width
 *     KERNEL_SPAN    most vectors of channels taken at once by a band
 *     KERNEL_OUTERS  the same for dw, as OUTER(rows of dw, vectors) terms
 * Tiles are chosen so that the sums of a tile fill the registers: a weight
 * vector is loaded once for all its pixels.
 */

#include <stdint.h>
#include <string.h>

#include "nn/kernel.h"
#include "nn/vec.h"

/* `pixels` outputs of `vectors` registers of channels; both constants. */
INLINE void tile(const struct kernel_band *b, const float *in, const float *w,
                 float *out, const size_t step, const int vectors,
                 const int pixels)
{
    vec acc[28];
    size_t out_step = b->out_step, channels = (size_t)b->channels;

    UNROLL
    for (int i = 0; i < vectors * pixels; i++)
        acc[i] = (vec){0};
    for (int t = 0; t < b->rows; t++) {
        const float *x = in + (size_t)t * b->in_row;

        for (int r = 0; r < b->depth; r++, w += channels) {
            vec weight[4];

            UNROLL
            for (int v = 0; v < vectors; v++)
                weight[v] = load(w + v * W);
            UNROLL
            for (int p = 0; p < pixels; p++) {
                float value = x[(size_t)p * step + (size_t)r];

                UNROLL
                for (int v = 0; v < vectors; v++)
                    acc[p * vectors + v] += weight[v] * value;
            }
        }
    }
    UNROLL
    for (int p = 0; p < pixels; p++) {
        float *to = out + (size_t)p * out_step;

        UNROLL
        for (int v = 0; v < vectors; v++) {
            vec sum = acc[p * vectors + v];

            store(to + v * W, b->add ? sum + load(to + v * W) : sum);
        }
    }
}

/*
 * Each tile is a function of its own: the registers are its own, too. A long
 * one is compiled for its commonest step as well, where the addresses of the
 * pixels are constants and not one more load each.
 */
#define TILE(vectors, pixels)                                         \
    static __attribute__((noinline)) VEC_TARGET void FN(              \
        tile_##vectors##_##pixels)(const struct kernel_band *b,       \
                                   const float *in, const float *w,   \
                                   float *out)                        \
    {                                                                 \
        if (pixels > 7 && b->in_step == (size_t)vectors * W)          \
            tile(b, in, w, out, (size_t)vectors *W, vectors, pixels); \
        else                                                          \
            tile(b, in, w, out, b->in_step, vectors, pixels);         \
    }
KERNEL_TILES
#undef TILE

typedef void tile_fn(const struct kernel_band *b, const float *in,
                     const float *w, float *out);

struct tile_row {
    int vectors, pixels;
    tile_fn *run;
};

#define TILE(vectors, pixels) {vectors, pixels, FN(tile_##vectors##_##pixels)},
static const struct tile_row tiles[] = {KERNEL_TILES};
#undef TILE

VEC_TARGET static void FN(band)(const struct kernel_band *b)
{
    int left = b->channels / W, c = 0;

    while (left > 0) {
        int vectors = left < KERNEL_SPAN ? left : KERNEL_SPAN, p = 0;
        const struct tile_row *row = tiles;

        while (row->vectors > vectors)
            row++;
        vectors = row->vectors;
        for (; p < b->pixels; p += row->pixels) {
            while (row->pixels > b->pixels - p)
                row++;
            row->run(b, b->in + (size_t)p * b->in_step, b->w + c,
                     b->out + (size_t)p * b->out_step + c);
        }
        c += vectors * W;
        left -= vectors;
    }
}

/* dw[0..deep)[0..vectors * W), both constants. */
INLINE void outer_tile(const struct kernel_outer *o, int first, int c,
                       const int deep, const int vectors)
{
    vec acc[28];
    size_t channels = (size_t)o->channels;
    float *dw = o->dw + (size_t)first * channels + c;

    UNROLL
    for (int i = 0; i < deep * vectors; i++)
        acc[i] = (vec){0};
    for (int y = 0; y < o->height; y++) {
        const float *x = o->in + (size_t)y * o->in_row + first;
        const float *g = o->dy + (size_t)y * o->dy_row + c;

        for (int i = 0; i < o->width; i++) {
            vec slope[4];

            UNROLL
            for (int v = 0; v < vectors; v++)
                slope[v] = load(g + v * W);
            UNROLL
            for (int r = 0; r < deep; r++) {
                float value = x[r];

                UNROLL
                for (int v = 0; v < vectors; v++)
                    acc[r * vectors + v] += slope[v] * value;
            }
            x += o->in_step;
            g += channels;
        }
    }
    UNROLL
    for (int r = 0; r < deep; r++) {
        UNROLL
        for (int v = 0; v < vectors; v++) {
            float *to = dw + (size_t)r * channels + v * W;

            vec total = acc[r * vectors + v];

            store(to, o->add ? load(to) + total : total);
        }
    }
}

#define OUTER(deep, vectors)                                               \
    static __attribute__((noinline)) VEC_TARGET void FN(                   \
        outer_##deep##_##vectors)(const struct kernel_outer *o, int first, \
                                  int c)                                   \
    {                                                                      \
        outer_tile(o, first, c, deep, vectors);                            \
    }
KERNEL_OUTERS
#undef OUTER

struct outer_row {
    int deep, vectors;
    void (*run)(const struct kernel_outer *o, int first, int c);
};

#define OUTER(deep, vectors) {deep, vectors, FN(outer_##deep##_##vectors)},
static const struct outer_row outers[] = {KERNEL_OUTERS};
#undef OUTER

VEC_TARGET static void FN(outer)(const struct kernel_outer *o)
{
    int left = o->channels / W, c = 0;

    while (left > 0) {
        const struct outer_row *row = outers;

        while (row->vectors > left)
            row++;
        c += row->vectors * W;
        left -= row->vectors;
        for (int first = 0; first < o->depth; first += row->deep) {
            while (row->deep > o->depth - first)
                row++;
            row->run(o, first, c - row->vectors * W);
        }
    }
}

/* Runs the statement for every vector of the interior; i is its place. */
#define EACH_PIXEL(plane)                                                    \
    for (int y_ = 0; y_ < (plane)->height; y_++)                             \
        for (size_t                                                          \
                 i = (plane)->first + (size_t)y_ * (plane)->row + (size_t)c, \
                 end_ =                                                      \
                     i + (size_t)(plane)->width * (size_t)(plane)->channels; \
             i < end_; i += (size_t)(plane)->channels)

#define EACH_VECTOR(plane) for (int c = 0; c < (plane)->channels; c += W)

VEC_TARGET static void FN(moments)(const struct kernel_plane *plane,
                                   const float *x, float *sum, float *squares)
{
    EACH_VECTOR(plane)
    {
        vec s = {0}, q = {0};

        EACH_PIXEL(plane)
        {
            vec v = load(x + i);

            s += v;
            q += v * v;
        }
        store(sum + c, s);
        store(squares + c, q);
    }
}

VEC_TARGET static void FN(activate)(const struct kernel_plane *plane,
                                    float *out, const float *x,
                                    const struct kernel_affine *map,
                                    const float *rest,
                                    const struct kernel_affine *rest_map)
{
    EACH_VECTOR(plane)
    {
        vec scale = load(map->scale + c), shift = load(map->shift + c);

        if (rest == NULL) {
            EACH_PIXEL(plane)
            store(out + i, positive(load(x + i) * scale + shift));
        } else if (rest_map == NULL) {
            EACH_PIXEL(plane)
            store(out + i,
                  positive(load(x + i) * scale + shift + load(rest + i)));
        } else {
            vec scale2 = load(rest_map->scale + c);

            shift += load(rest_map->shift + c);
            EACH_PIXEL(plane)
            store(out + i, positive(load(x + i) * scale + shift +
                                    load(rest + i) * scale2));
        }
    }
}

VEC_TARGET static void FN(slopes)(const struct kernel_plane *plane, float *g,
                                  const float *a, const float *x,
                                  const float *mean, float *sum, float *product)
{
    EACH_VECTOR(plane)
    {
        vec s = {0}, q = {0}, m = load(mean + c);

        if (a == NULL) {
            EACH_PIXEL(plane)
            {
                vec v = load(g + i);

                s += v;
                q += v * (load(x + i) - m);
            }
        } else {
            EACH_PIXEL(plane)
            {
                mask keep = load(a + i) > 0;
                vec v = (vec)((mask)load(g + i) & keep);

                store(g + i, v);
                s += v;
                q += v * (load(x + i) - m);
            }
        }
        store(sum + c, s);
        store(product + c, q);
    }
}

VEC_TARGET static void FN(normback)(const struct kernel_plane *plane,
                                    float *out, const float *g, const float *x,
                                    const struct kernel_slope *slope)
{
    EACH_VECTOR(plane)
    {
        vec a = load(slope->a + c), b = load(slope->b + c);
        vec d = load(slope->d + c), m = load(slope->mean + c);

        EACH_PIXEL(plane)
        store(out + i, a * load(g + i) + b * (load(x + i) - m) + d);
    }
}

VEC_TARGET static void FN(average)(const struct kernel_plane *plane,
                                   const float *x, float *mean)
{
    float part = 1.0f / ((float)plane->height * (float)plane->width);

    EACH_VECTOR(plane)
    {
        vec s = {0};

        EACH_PIXEL(plane)
        s += load(x + i);
        store(mean + c, s * part);
    }
}

/* Where the pool's window about 2 i begins and ends, of n. */
#define WINDOW(i, n)                                                   \
    {                                                                  \
        (i) > 0 ? 2 * (i)-1 : 0, 2 * (i) + 2 < (n) ? 2 * (i) + 2 : (n) \
    }

/* Runs the statement for every vector of to, at place o; wy and wx are its
 * window. */
#define EACH_WINDOW(from, to)                                      \
    for (int y_ = 0; y_ < (to)->height; y_++)                      \
        for (int x_ = 0; x_ < (to)->width; x_++)                   \
            for (size_t o = (to)->first + (size_t)y_ * (to)->row + \
                            (size_t)x_ * (size_t)(to)->channels,   \
                        end_ = o + (size_t)(to)->channels;         \
                 o < end_; o += W)

/* Its taps in order: i is the place of each. */
#define EACH_TAP(from, to)                                                  \
    for (int wy[2] = WINDOW(y_, (from)->height), ty_ = wy[0]; ty_ < wy[1];  \
         ty_++)                                                             \
        for (int wx[2] = WINDOW(x_, (from)->width), tx_ = wx[0], once_ = 1; \
             tx_ < wx[1]; tx_++, once_ = 1)                                 \
            for (size_t i = (from)->first + (size_t)ty_ * (from)->row +     \
                            (size_t)tx_ * (size_t)(from)->channels +        \
                            (size_t)(to)->channels - (end_ - o);            \
                 once_; once_ = 0)

VEC_TARGET static void FN(pool)(const struct kernel_plane *from,
                                const struct kernel_plane *to, const float *x,
                                float *out)
{
    EACH_WINDOW(from, to)
    {
        vec most = {0};
        bool first = true;

        EACH_TAP(from, to)
        {
            vec v = load(x + i);
            mask more = v > most;

            most = first ? v : choose(more, v, most);
            first = false;
        }
        store(out + o, most);
    }
}

VEC_TARGET static void FN(unpool)(const struct kernel_plane *from,
                                  const struct kernel_plane *to, const float *x,
                                  const float *out, const float *g, float *dx)
{
    EACH_WINDOW(from, to)
    {
        vec most = load(out + o);
        mask left = (mask)load(g + o);

        EACH_TAP(from, to)
        {
            mask here = load(x + i) == most;

            store(dx + i, load(dx + i) + (vec)(left & here));
            left &= ~here;
        }
    }
}

#include "nn/kernel-tiles.h"

const struct kernel FN(kernel) = {
    STRING(VEC_NAME), FN(band),        FN(outer),       FN(moments),
    FN(activate),     FN(slopes),      FN(normback),    FN(average),
    FN(pool),         FN(unpool),      FN(spread),      FN(spread_slopes),
    FN(gather),       FN(spread_taps), FN(gather_taps),
};
