/*
 * The loops of micro.h, compiled once for every instruction set. The file
 * that includes this one defines
 *     VEC_NAME, VEC_TARGET, VEC_LANES    as nn/vec.h says
 *     MICRO_VECTORS  vectors of a panel
 *     MICRO_TILES    TILE(vectors, rows) terms: vectors from MICRO_VECTORS
 *                    down to 1, rows down to 1 for each
 *     MICRO_DOT_A, MICRO_DOT_B  rows of both sides of a tile of dots
 * A tile holds its sums in registers: a vector of B is loaded once for all
 * its rows, a value of A once for all its vectors.
 */

#include <string.h>

#include "nn/vec.h"

/* What the sums of row r begin with. */
INLINE vec begin(const struct micro_strip *s, const float *c, size_t r, int j)
{
    vec v = {0};

    if (s->add)
        return load(c + r * s->c_row + j);
    if (s->bias != NULL)
        v = load(s->bias + j);
    if (s->rest != NULL)
        v += load(s->rest + r * s->rest_row + j);
    return v;
}

/* Asks for what the next tile begins with and writes to. */
INLINE void fetch(const struct micro_strip *s, size_t first, const int vectors,
                  const int rows, size_t next)
{
    const int lines = (vectors * W + 15) / 16;

    if (next == 0)
        return;
    UNROLL
    for (size_t r = first + next; r < first + next + (size_t)rows; r++) {
        UNROLL
        for (int v = 0; v < lines; v++)
            __builtin_prefetch(s->c + r * s->c_row + 16 * v, 1);
        if (s->rest != NULL && s->rest != s->c) {
            UNROLL
            for (int v = 0; v < lines; v++)
                __builtin_prefetch(s->rest + r * s->rest_row + 16 * v);
        }
    }
}

/* `rows` rows from number `first` on; vectors and rows are constants. */
INLINE void tile(const struct micro_strip *s, size_t first, const int vectors,
                 const int rows)
{
    vec acc[24];
    const float *const *a = s->a + first * s->a_row, *b = s->b;
    float *c = s->c + first * s->c_row;
    size_t next =
        first + 2 * (size_t)rows <= (size_t)s->rows ? (size_t)rows : 0;

    UNROLL
    for (int r = 0; r < rows; r++) {
        UNROLL
        for (int v = 0; v < vectors; v++)
            acc[r * vectors + v] = begin(s, s->c, first + (size_t)r, v * W);
    }
    fetch(s, first, vectors, rows, next);
    for (int t = 0; t < s->taps; t++) {
        const float *x[8];

        UNROLL
        for (int r = 0; r < rows; r++)
            x[r] = a[(size_t)r * s->a_row + (size_t)t] + s->skip;
        for (long i = 0, end; i < s->depth;) {
            end = s->depth - i < 16 ? s->depth : i + 16;
            UNROLL
            for (int r = 0; r < rows; r++)
                __builtin_prefetch(
                    a[((size_t)r + next) * s->a_row + (size_t)t] + s->skip + i);
            for (; i < end; i++, b += s->b_row) {
                vec weight[4];

                UNROLL
                for (int v = 0; v < vectors; v++)
                    weight[v] = load(b + v * W);
                UNROLL
                for (int r = 0; r < rows; r++) {
                    float value = x[r][i];

                    UNROLL
                    for (int v = 0; v < vectors; v++)
                        acc[r * vectors + v] += weight[v] * value;
                }
            }
        }
    }
    UNROLL
    for (int r = 0; r < rows; r++) {
        UNROLL
        for (int v = 0; v < vectors; v++) {
            vec sum = acc[r * vectors + v];

            store(c + (size_t)r * s->c_row + v * W,
                  s->relu ? positive(sum) : sum);
        }
    }
}

/* Each tile is a function of its own: the registers are its own, too. */
#define TILE(vectors, rows)                                             \
    static __attribute__((noinline)) VEC_TARGET void FN(                \
        tile_##vectors##_##rows)(const struct micro_strip *s, size_t r) \
    {                                                                   \
        tile(s, r, vectors, rows);                                      \
    }
MICRO_TILES
#undef TILE

struct tile_row {
    int vectors, rows;
    void (*run)(const struct micro_strip *s, size_t first);
};

#define TILE(vectors, rows) {vectors, rows, FN(tile_##vectors##_##rows)},
static const struct tile_row tiles[] = {MICRO_TILES};
#undef TILE

static void FN(strip)(const struct micro_strip *s, int vectors)
{
    const struct tile_row *row = tiles;

    while (row->vectors > vectors)
        row++;
    for (int r = 0; r < s->rows; r += row->rows) {
        while (row->rows > s->rows - r)
            row++;
        row->run(s, (size_t)r);
    }
}

/*
 * Rows of A times rows of B: each sum is spread over the lanes and added up at
 * the end. Blocks of DOT_DEPTH keep the rows of B in the first cache while
 * those of A pass by; the sums wait in memory meanwhile. Rows that a tile has
 * too many are the last one again, not stored.
 */
#define DOT_DEPTH   256
#define DOT_ROWS    24 /* whole tiles */
#define DOT_COLUMNS 64
#define DOT_TILE    (MICRO_DOT_A * MICRO_DOT_B)

/* acc = or += the products of one block, depth a multiple of W. */
VEC_TARGET static void FN(dots_tile)(const float *const *a,
                                     const float *const *b, size_t depth,
                                     bool add, vec *to)
{
    vec acc[DOT_TILE];

    UNROLL
    for (int t = 0; t < DOT_TILE; t++)
        acc[t] = add ? to[t] : (vec){0};
    for (size_t i = 0; i < depth; i += W) {
        vec y[MICRO_DOT_B];

        UNROLL
        for (int c = 0; c < MICRO_DOT_B; c++)
            y[c] = load(b[c] + i);
        UNROLL
        for (int r = 0; r < MICRO_DOT_A; r++) {
            vec x = load(a[r] + i);

            UNROLL
            for (int c = 0; c < MICRO_DOT_B; c++)
                acc[r * MICRO_DOT_B + c] += x * y[c];
        }
    }
    UNROLL
    for (int t = 0; t < DOT_TILE; t++)
        to[t] = acc[t];
}

/* Pointers to `tile` rows of which `some` are there, i floats on. */
static void FN(dots_rows)(const float **to, const float *from, size_t row,
                          int first, int some, int tile, size_t i)
{
    for (int r = 0; r < tile; r++)
        to[r] = from + (size_t)(first + (r < some ? r : some - 1)) * row + i;
}

INLINE int least(int a, int b)
{
    return a < b ? a : b;
}

/* Halves onto halves: a chain of additions would take longer than all. */
INLINE float lanes_sum(vec v)
{
    UNROLL
    for (int half = W / 2; half > 0; half /= 2) {
        UNROLL
        for (int l = 0; l < half; l++)
            v[l] += v[l + half];
    }
    return v[0];
}

/* The sums of a tile, with what is left of the depth. */
VEC_TARGET static void FN(dots_end)(const struct micro_dots *d, const vec *acc,
                                    int row, int column)
{
    int rows = least(d->rows - row, MICRO_DOT_A);
    int columns = least(d->columns - column, MICRO_DOT_B);
    size_t depth = (size_t)d->depth;

    for (int t = 0; t < DOT_TILE; t++) {
        int r = t / MICRO_DOT_B, c = t % MICRO_DOT_B;
        const float *a = d->a + (size_t)(row + r) * d->a_row;
        const float *b = d->b + (size_t)(column + c) * d->b_row;
        float sum;

        if (r >= rows || c >= columns)
            continue;
        sum = lanes_sum(acc[t]);
        for (size_t i = depth / W * W; i < depth; i++)
            sum += a[i] * b[i];
        d->c[(size_t)(row + r) * d->c_row + (size_t)(column + c)] = sum;
    }
}

/* The part of A's rows and B's that a set of sums is there for. */
VEC_TARGET static void FN(dots_part)(const struct micro_dots *d)
{
    vec acc[DOT_ROWS / MICRO_DOT_A][DOT_COLUMNS / MICRO_DOT_B][DOT_TILE];
    const float *a[MICRO_DOT_A], *b[MICRO_DOT_B];
    size_t whole = (size_t)d->depth / W * W;

    if (whole == 0)
        memset(acc, 0, sizeof(acc));
    for (size_t i = 0; i < whole; i += DOT_DEPTH) {
        size_t depth = whole - i < DOT_DEPTH ? whole - i : DOT_DEPTH;

        for (int r = 0; r < d->rows; r += MICRO_DOT_A) {
            FN(dots_rows)
            (a, d->a, d->a_row, r, least(d->rows - r, MICRO_DOT_A), MICRO_DOT_A,
             i);
            for (int c = 0; c < d->columns; c += MICRO_DOT_B) {
                FN(dots_rows)
                (b, d->b, d->b_row, c, least(d->columns - c, MICRO_DOT_B),
                 MICRO_DOT_B, i);
                FN(dots_tile)
                (a, b, depth, i > 0, acc[r / MICRO_DOT_A][c / MICRO_DOT_B]);
            }
        }
    }
    for (int r = 0; r < d->rows; r += MICRO_DOT_A)
        for (int c = 0; c < d->columns; c += MICRO_DOT_B)
            FN(dots_end)(d, acc[r / MICRO_DOT_A][c / MICRO_DOT_B], r, c);
}

static void FN(dots)(const struct micro_dots *d)
{
    for (int r = 0; r < d->rows; r += DOT_ROWS)
        for (int c = 0; c < d->columns; c += DOT_COLUMNS) {
            struct micro_dots part = *d;

            part.a += (size_t)r * d->a_row;
            part.b += (size_t)c * d->b_row;
            part.c += (size_t)r * d->c_row + (size_t)c;
            part.rows = d->rows - r < DOT_ROWS ? d->rows - r : DOT_ROWS;
            part.columns =
                d->columns - c < DOT_COLUMNS ? d->columns - c : DOT_COLUMNS;
            FN(dots_part)(&part);
        }
}

/*
 * Winograd's F(4x4, 3x3) with the points 0, 1, -1, 2, -2 and infinity
 * (Lavin and Gray 2016): B^T d B of a patch d, A^T m A of the products m.
 */
INLINE void in_six(vec *d, const size_t step)
{
    vec d0 = d[0], d1 = d[step], d2 = d[2 * step], d3 = d[3 * step];
    vec d4 = d[4 * step], d5 = d[5 * step];
    vec even = d4 - d2 * 4, odd = d3 - d1 * 4;
    vec evens = d4 - d2, odds = (d3 - d1) * 2;

    d[0] = (d0 - d2) * 4 + evens;
    d[step] = even + odd;
    d[2 * step] = even - odd;
    d[3 * step] = evens + odds;
    d[4 * step] = evens - odds;
    d[5 * step] = (d1 - d3) * 4 + (d5 - d3);
}

VEC_TARGET static void FN(winograd_in)(const float *const *from, int channels,
                                       float *to, size_t step)
{
    for (int c = 0; c < channels; c += W) {
        vec d[36];

        UNROLL
        for (size_t j = 0; j < 6; j++) {
            UNROLL
            for (size_t i = 0; i < 6; i++)
                d[6 * i + j] = load(from[6 * i + j] + c);
            in_six(d + j, 6);
        }
        UNROLL
        for (size_t i = 0; i < 6; i++) {
            in_six(d + 6 * i, 1);
            UNROLL
            for (size_t j = 0; j < 6; j++)
                store(to + (6 * i + j) * step + c, d[6 * i + j]);
        }
    }
}

INLINE void out_six(const vec *m, const size_t step, vec *y, const size_t to)
{
    vec sum = m[step] + m[2 * step], off = m[step] - m[2 * step];
    vec sums = m[3 * step] + m[4 * step], offs = m[3 * step] - m[4 * step];

    y[0] = m[0] + sum + sums;
    y[to] = off + offs * 2;
    y[2 * to] = sum + sums * 4;
    y[3 * to] = off + offs * 8 + m[5 * step];
}

VEC_TARGET static void FN(winograd_out)(const struct micro_out *out)
{
    size_t channels = (size_t)out->channels;

    for (size_t c = 0; c < channels; c += W) {
        vec m[6], half[24], bias = load(out->bias + c);

        UNROLL
        for (size_t j = 0; j < 6; j++) {
            UNROLL
            for (size_t i = 0; i < 6; i++)
                m[i] = load(out->from + (6 * i + j) * out->step + c);
            out_six(m, 1, half + j, 6);
        }
        for (size_t i = 0; i < (size_t)out->height; i++) {
            vec y[4];
            size_t at = i * out->row + c;

            out_six(half + 6 * i, 1, y, 1);
            for (int j = 0; j < out->width; j++, at += channels) {
                vec v = y[j] + bias;

                if (out->rest != NULL)
                    v += load(out->rest + at);
                store(out->to + at, out->relu ? positive(v) : v);
            }
        }
    }
}

VEC_TARGET static void FN(largest)(const float *const *from, int count,
                                   int channels, float *to)
{
    for (int c = 0; c < channels; c += W) {
        vec most = load(from[0] + c);

        for (int i = 1; i < count; i++) {
            vec v = load(from[i] + c);

            mask more = v > most;

            most = choose(more, v, most);
        }
        store(to + c, most);
    }
}

VEC_TARGET static void FN(mean)(const float *from, int pixels, int channels,
                                float *to)
{
    vec part = (vec){0} + 1 / (float)pixels;

    for (int c = 0; c < channels; c += W) {
        vec sum = {0};

        for (int p = 0; p < pixels; p++)
            sum += load(from + (size_t)p * (size_t)channels + c);
        store(to + c, sum * part);
    }
}

const struct micro FN(micro) = {
    .name = STRING(VEC_NAME),
    .lanes = W,
    .panel = W * MICRO_VECTORS,
    .strip = FN(strip),
    .dots = FN(dots),
    .winograd_in = FN(winograd_in),
    .winograd_out = FN(winograd_out),
    .largest = FN(largest),
    .mean = FN(mean),
};
