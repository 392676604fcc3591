/*
 * The loops of nn/winograd2.h, a part of nn/kernel-loops.h: compiled once for
 * every instruction set with its macros.
 */

/* Pixel (y, x) of a tile, 0 where there is none; whole: all are there. */
INLINE vec pixel(const struct kernel_tiles *t, const float *at, int y, int x,
                 int height, int width, const bool whole)
{
    if (!whole && (y >= height || x >= width))
        return (vec){0};
    return load(at + (size_t)y * t->row + (size_t)(x * t->channels));
}

INLINE void spread_tile(const struct kernel_tiles *t, const float *at,
                        float *to, int height, int width, const bool whole)
{
    vec d[4][4];

    UNROLL
    for (int x = 0; x < 4; x++) {
        vec a = pixel(t, at, 0, x, height, width, whole);
        vec b = pixel(t, at, 1, x, height, width, whole);
        vec c = pixel(t, at, 2, x, height, width, whole);
        vec e = pixel(t, at, 3, x, height, width, whole);

        d[0][x] = a - c;
        d[1][x] = b + c;
        d[2][x] = c - b;
        d[3][x] = b - e;
    }
    UNROLL
    for (int y = 0; y < 4; y++) {
        float *row = to + (size_t)(4 * y) * t->plane;

        store(row, d[y][0] - d[y][2]);
        store(row + t->plane, d[y][1] + d[y][2]);
        store(row + 2 * t->plane, d[y][2] - d[y][1]);
        store(row + 3 * t->plane, d[y][1] - d[y][3]);
    }
}

INLINE void slopes_tile(const struct kernel_tiles *t, const float *at,
                        float *to, int height, int width, const bool whole)
{
    vec d[4][2];

    UNROLL
    for (int x = 0; x < 2; x++) {
        vec a = pixel(t, at, 0, x, height, width, whole);
        vec b = pixel(t, at, 1, x, height, width, whole);

        d[0][x] = a;
        d[1][x] = a + b;
        d[2][x] = a - b;
        d[3][x] = -b;
    }
    UNROLL
    for (int y = 0; y < 4; y++) {
        float *row = to + (size_t)(4 * y) * t->plane;

        store(row, d[y][0]);
        store(row + t->plane, d[y][0] + d[y][1]);
        store(row + 2 * t->plane, d[y][0] - d[y][1]);
        store(row + 3 * t->plane, -d[y][1]);
    }
}

INLINE void gather_tile(const struct kernel_tiles *t, const float *from,
                        float *at, int height, int width, const bool whole,
                        const bool add)
{
    vec d[2][4];

    UNROLL
    for (int x = 0; x < 4; x++) {
        const float *column = from + (size_t)x * t->plane;
        vec b = load(column + 4 * t->plane), c = load(column + 8 * t->plane);

        d[0][x] = load(column) + b + c;
        d[1][x] = b - c - load(column + 12 * t->plane);
    }
    UNROLL
    for (int y = 0; y < 2; y++) {
        float *to = at + (size_t)y * t->row;
        const float *base = add ? t->base + (to - t->out) : NULL;
        vec left = d[y][0] + d[y][1] + d[y][2];
        vec right = d[y][1] - d[y][2] - d[y][3];

        if (!whole && y >= height)
            continue;
        store(to, add ? left + load(base) : left);
        to += t->channels;
        if (whole || width > 1)
            store(to, add ? right + load(base + t->channels) : right);
    }
}

/*
 * Runs WHOLE for every vector of every tile whose `side` pixels are there, and
 * EDGE for the others; at is the pixel's place, p the planes', height and width
 * what there is from there on.
 */
#define EACH_TILE(t, side, WHOLE, EDGE)                                     \
    for (int y_ = 0; y_ < (t)->rows; y_++)                                  \
        for (int x_ = 0; x_ < (t)->across; x_++) {                          \
            int height = (t)->height - 2 * y_, width = (t)->width - 2 * x_; \
            size_t at = (size_t)(2 * y_) * (t)->row +                       \
                        (size_t)(2 * x_ * (t)->channels);                   \
            size_t p =                                                      \
                (size_t)(y_ * (t)->across + x_) * (size_t)(t)->channels;    \
            size_t end_ = p + (size_t)(t)->channels;                        \
                                                                            \
            if (height >= (side) && width >= (side))                        \
                for (; p < end_; p += W, at += W)                           \
                    WHOLE;                                                  \
            else                                                            \
                for (; p < end_; p += W, at += W)                           \
                    EDGE;                                                   \
        }

VEC_TARGET static void FN(spread)(const struct kernel_tiles *t){
    EACH_TILE(t, 4,
              spread_tile(t, t->in + at, t->planes + p, height, width, true),
              spread_tile(t, t->in + at, t->planes + p, height, width, false))}

VEC_TARGET static void FN(spread_slopes)(const struct kernel_tiles *t){
    EACH_TILE(t, 2,
              slopes_tile(t, t->in + at, t->planes + p, height, width, true),
              slopes_tile(t, t->in + at, t->planes + p, height, width, false))}

VEC_TARGET static void FN(gather)(const struct kernel_tiles *t)
{
    if (t->base != NULL) {
        EACH_TILE(t, 2,
                  gather_tile(t, t->planes + p, t->out + at, height, width,
                              true, true),
                  gather_tile(t, t->planes + p, t->out + at, height, width,
                              false, true))
    } else {
        EACH_TILE(t, 2,
                  gather_tile(t, t->planes + p, t->out + at, height, width,
                              true, false),
                  gather_tile(t, t->planes + p, t->out + at, height, width,
                              false, false))
    }
}

VEC_TARGET static void FN(spread_taps)(size_t pairs, const float *w, float *u)
{
    for (size_t i = 0; i < pairs; i += W) {
        vec d[4][3];

        UNROLL
        for (size_t x = 0; x < 3; x++) {
            vec a = load(w + x * pairs + i), b = load(w + (3 + x) * pairs + i);
            vec c = load(w + (6 + x) * pairs + i);

            d[0][x] = a;
            d[1][x] = 0.5f * (a + c) + 0.5f * b;
            d[2][x] = 0.5f * (a + c) - 0.5f * b;
            d[3][x] = c;
        }
        UNROLL
        for (size_t y = 0; y < 4; y++) {
            float *to = u + 4 * y * pairs + i;
            vec both = 0.5f * (d[y][0] + d[y][2]), middle = 0.5f * d[y][1];

            store(to, d[y][0]);
            store(to + pairs, both + middle);
            store(to + 2 * pairs, both - middle);
            store(to + 3 * pairs, d[y][2]);
        }
    }
}

VEC_TARGET static void FN(gather_taps)(size_t pairs, const float *du, float *dw)
{
    for (size_t i = 0; i < pairs; i += W) {
        vec d[3][4];

        UNROLL
        for (size_t x = 0; x < 4; x++) {
            const float *from = du + x * pairs + i;
            vec b = load(from + 4 * pairs), c = load(from + 8 * pairs);

            d[0][x] = load(from) + 0.5f * (b + c);
            d[1][x] = 0.5f * (b - c);
            d[2][x] = load(from + 12 * pairs) + 0.5f * (b + c);
        }
        UNROLL
        for (size_t y = 0; y < 3; y++) {
            float *to = dw + 3 * y * pairs + i;
            vec both = 0.5f * (d[y][1] + d[y][2]);

            store(to, d[y][0] + both);
            store(to + pairs, 0.5f * (d[y][1] - d[y][2]));
            store(to + 2 * pairs, d[y][3] + both);
        }
    }
}
