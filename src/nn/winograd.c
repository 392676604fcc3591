#include <config.h>

#include "nn/winograd.h"

#include "nn/gemm.h"

enum { SIDE = 6, OUT = 4, F = WINOGRAD_FREQUENCIES };

/*
 * Tiles are taken in blocks. The frequencies of a tile are written to 36
 * matrices at once; a cache line between these keeps them off each other's
 * places in the cache.
 */
#define APART 16

static int tiles_across(int pixels)
{
    return (pixels + OUT - 1) / OUT;
}

static int tiles_of(const struct conv *conv)
{
    return tiles_across(conv->h) * tiles_across(conv->w);
}

/* As many tiles as keep the matrices of a narrow layer in the second cache;
 * a wide one has so many weights that it wants all the tiles it can get. */
static int block_of(const struct conv *conv, int images)
{
    int all = tiles_of(conv) * images;
    int some = (1 << 18) / (F * (conv->ci + conv->co));

    some = some < 48 ? GEMM_ROWS : some - some % 6;
    some = some > GEMM_ROWS ? GEMM_ROWS : some;
    return some < all ? some : all;
}

static size_t step_of(int block, int channels)
{
    return (size_t)block * (size_t)channels + APART;
}

size_t winograd_packed(const struct micro *micro, const struct conv *conv)
{
    return F * gemm_packed(micro, conv->co, conv->ci);
}

size_t winograd_room(const struct conv *conv, int images)
{
    int block = block_of(conv, images);

    return F * (step_of(block, conv->ci) + step_of(block, conv->co));
}

/* out (6, 6) = G w G^T of one pair of channels, w[3 * i + j] its taps. */
static void transform_taps(const double *w, double *out)
{
    static const double g[SIDE][3] = {{1.0 / 4, 0, 0},
                                      {-1.0 / 6, -1.0 / 6, -1.0 / 6},
                                      {-1.0 / 6, 1.0 / 6, -1.0 / 6},
                                      {1.0 / 24, 1.0 / 12, 1.0 / 6},
                                      {1.0 / 24, -1.0 / 12, 1.0 / 6},
                                      {0, 0, 1}};
    double half[SIDE][3] = {{0}};

    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < 3; j++)
            for (int k = 0; k < 3; k++)
                half[i][j] += g[i][k] * w[3 * k + j];
    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < SIDE; j++) {
            out[SIDE * i + j] = 0;
            for (int k = 0; k < 3; k++)
                out[SIDE * i + j] += half[i][k] * g[j][k];
        }
}

void winograd_pack(const struct micro *micro, const struct conv *conv,
                   const float *w, const float *scale, float *packed)
{
    size_t ci = (size_t)conv->ci, co = (size_t)conv->co;
    size_t panel = (size_t)micro->panel;
    size_t step = gemm_packed(micro, conv->co, conv->ci);

    for (size_t i = 0; i < ci; i++)
        for (size_t o = 0; o < (co + panel - 1) / panel * panel; o++) {
            size_t at = o / panel * panel * ci + i * panel + o % panel;
            double taps[9] = {0}, out[F];

            for (size_t t = 0; t < 9 && o < co; t++)
                taps[t] = (double)w[(t * ci + i) * co + o] * (double)scale[o];
            transform_taps(taps, out);
            for (size_t f = 0; f < F; f++)
                packed[f * step + at] = (float)out[f];
        }
}

/* Where tile number i of all images begins. */
struct place {
    int image, y, x; /* of its first output */
};

static struct place place_of(const struct conv *conv, int i)
{
    int across = tiles_across(conv->w), in_image = i % tiles_of(conv);

    return (struct place){i / tiles_of(conv), in_image / across * OUT,
                          in_image % across * OUT};
}

static void load_tile(const struct micro *micro, const struct conv *conv,
                      const struct winograd *run, int tile, float *to,
                      size_t step)
{
    struct place at = place_of(conv, tile);
    size_t ci = (size_t)conv->ci, row = (size_t)conv->w * ci;
    const float *image = run->x + (size_t)at.image * (size_t)conv->h * row;
    const float *from[F];

    for (int i = 0; i < SIDE; i++) {
        int y = at.y + i - 1;

        for (int j = 0; j < SIDE; j++) {
            int x = at.x + j - 1;

            from[SIDE * i + j] = y < 0 || y >= conv->h || x < 0 || x >= conv->w
                                     ? run->zeros
                                     : image + (size_t)y * row + (size_t)x * ci;
        }
    }
    micro->winograd_in(from, conv->ci, to, step);
}

static void store_tile(const struct micro *micro, const struct conv *conv,
                       const struct winograd *run, int tile, const float *from,
                       size_t step)
{
    struct place at = place_of(conv, tile);
    size_t co = (size_t)conv->co, row = (size_t)conv->w * co;
    size_t first = ((size_t)at.image * (size_t)conv->h + (size_t)at.y) * row +
                   (size_t)at.x * co;
    struct micro_out out = {
        .from = from,
        .step = step,
        .to = run->y + first,
        .bias = run->bias,
        .rest = run->rest == NULL ? NULL : run->rest + first,
        .row = row,
        .height = conv->h - at.y < OUT ? conv->h - at.y : OUT,
        .width = conv->w - at.x < OUT ? conv->w - at.x : OUT,
        .channels = conv->co,
        .relu = run->relu,
    };

    micro->winograd_out(&out);
}

static void multiply(const struct micro *micro, const struct conv *conv,
                     const float *packed, const float *v, size_t v_step,
                     float *m, size_t m_step, int tiles)
{
    size_t step = gemm_packed(micro, conv->co, conv->ci);
    const float *rows[GEMM_ROWS];
    struct micro_strip strip = {
        .a = rows,
        .a_row = 1,
        .c_row = (size_t)conv->co,
        .rows = tiles,
        .taps = 1,
        .depth = conv->ci,
    };

    for (size_t f = 0; f < F; f++) {
        for (int r = 0; r < tiles; r++)
            rows[r] = v + f * v_step + (size_t)r * (size_t)conv->ci;
        strip.c = m + f * m_step;
        gemm_rows(micro, conv->co, packed + f * step, &strip);
    }
}

static double now(const struct winograd_watch *watch)
{
    return watch->now == NULL ? 0 : watch->now();
}

void winograd_run(const struct micro *micro, const struct conv *conv,
                  const struct winograd *run, struct winograd_watch *watch)
{
    int all = tiles_of(conv) * run->images, block = block_of(conv, run->images);
    size_t v_step = step_of(block, conv->ci), m_step = step_of(block, conv->co);
    float *v = run->room, *m = v + F * v_step;

    for (int first = 0; first < all; first += block) {
        int tiles = all - first < block ? all - first : block;
        double began = now(watch), loaded, multiplied;

        for (int i = 0; i < tiles; i++)
            load_tile(micro, conv, run, first + i,
                      v + (size_t)i * (size_t)conv->ci, v_step);
        loaded = now(watch);
        multiply(micro, conv, run->packed, v, v_step, m, m_step, tiles);
        multiplied = now(watch);
        for (int i = 0; i < tiles; i++)
            store_tile(micro, conv, run, first + i,
                       m + (size_t)i * (size_t)conv->co, m_step);
        watch->in += loaded - began;
        watch->product += multiplied - loaded;
        watch->out += now(watch) - multiplied;
    }
}
