#include <config.h>

#include "nn/winograd2.h"

#define POSITIONS 16
#define PLANE_APART \
    16 /* floats, lest planes lie 4096 bytes apart: there they
                          would push each other out of the cache */

/*
 * Tiles that are multiplied at once: as many rows of them as keep both sides
 * of the product near the processor.
 */
#define TILES_MOST  28
#define VALUES_MOST 1024 /* of a position */

static int across(const struct conv *conv)
{
    return (conv->ow + 1) / 2;
}

static int rows_at_once(const struct conv *conv)
{
    int tiles = VALUES_MOST / (conv->ci + conv->co);
    int all = (conv->oh + 1) / 2, rows;

    tiles = tiles > TILES_MOST ? TILES_MOST : tiles < 16 ? 16 : tiles;
    rows = tiles / across(conv);
    return rows < 1 ? 1 : rows > all ? all : rows;
}

bool winograd2_fits(const struct conv *conv)
{
    return conv->size == 3 && conv->stride == 1 && conv->ci % KERNEL_LANES == 0;
}

size_t winograd2_weights(const struct conv *conv)
{
    return POSITIONS * (size_t)conv->ci * (size_t)conv->co;
}

size_t winograd2_room(const struct conv *conv)
{
    size_t tiles = (size_t)rows_at_once(conv) * (size_t)across(conv);

    return POSITIONS *
           (tiles * (size_t)(conv->ci + conv->co) + 2 * PLANE_APART);
}

void winograd2_spread(const struct conv *conv, const struct kernel *kernel,
                      const float *w, float *u)
{
    kernel->spread_taps((size_t)conv->ci * (size_t)conv->co, w, u);
}

void winograd2_gather(const struct conv *conv, const struct kernel *kernel,
                      const float *du, float *dw)
{
    kernel->gather_taps((size_t)conv->ci * (size_t)conv->co, du, dw);
}

/* A picture of the sides of y, in its border; the conv keeps the sides. */
struct side {
    int channels, border;
    size_t row;
};

static struct side side_of(int channels, int border, int width)
{
    return (struct side){channels, border,
                         (size_t)(width + 2 * border) * (size_t)channels};
}

/* The floats before pixel (y, x), which -1 counts into the border. */
static size_t place(const struct side *side, int y, int x)
{
    return (size_t)(y + side->border) * side->row +
           (size_t)(x + side->border) * (size_t)side->channels;
}

/* The tiles of rows first and on of a picture; pixels from (y, x) on. */
static struct kernel_tiles tiles_of(const struct conv *conv,
                                    const struct side *side, int first,
                                    int before, float *planes)
{
    int all = (conv->oh + 1) / 2, rows = rows_at_once(conv);
    size_t tiles;

    rows = all - first < rows ? all - first : rows;
    tiles = (size_t)rows * (size_t)across(conv);
    return (struct kernel_tiles){
        .row = side->row,
        .height = conv->oh + before * 2 - 2 * first,
        .width = conv->ow + before * 2,
        .channels = side->channels,
        .rows = rows,
        .across = across(conv),
        .planes = planes,
        .plane = tiles * (size_t)side->channels + PLANE_APART,
    };
}

/* y (+)= the conv of x with u, a side each. */
static void run(const struct conv *conv, const struct kernel *kernel,
                const struct side *in, const struct side *out, const float *u,
                const float *x, float *y, const float *base, float *room)
{
    size_t pairs = (size_t)conv->ci * (size_t)conv->co;
    int step = rows_at_once(conv);

    for (int first = 0; first < (conv->oh + 1) / 2; first += step) {
        struct kernel_tiles from = tiles_of(conv, in, first, 1, room);
        struct kernel_tiles to =
            tiles_of(conv, out, first, 0, room + POSITIONS * from.plane);
        struct kernel_band band = {
            .in_step = (size_t)in->channels,
            .out_step = (size_t)out->channels,
            .rows = 1,
            .depth = in->channels,
            .channels = out->channels,
            .pixels = from.rows * from.across,
        };

        from.in = x + place(in, 2 * first - 1, -1);
        to.out = y + place(out, 2 * first, 0);
        kernel->spread(&from);
        for (size_t p = 0; p < POSITIONS; p++) {
            band.in = from.planes + p * from.plane;
            band.w = u + p * pairs;
            band.out = to.planes + p * to.plane;
            kernel->band(&band);
        }
        to.base = base == NULL ? NULL : base + place(out, 2 * first, 0);
        kernel->gather(&to);
    }
}

static struct side input_of(const struct conv *conv)
{
    return side_of(conv->ci, conv->border, conv->w);
}

static struct side output_of(const struct conv *conv)
{
    return side_of(conv->co, conv->border_out, conv->ow);
}

void winograd2_forward(const struct conv *conv, const struct kernel *kernel,
                       const float *u, const float *x, float *y, float *room)
{
    struct side in = input_of(conv), out = output_of(conv);

    run(conv, kernel, &in, &out, u, x, y, NULL, room);
}

void winograd2_backward_data(const struct conv *conv,
                             const struct kernel *kernel, const float *u,
                             const float *dy, float *dx, const float *base,
                             float *room)
{
    struct side in = input_of(conv), out = output_of(conv);

    run(conv, kernel, &out, &in, u, dy, dx, base, room);
}

void winograd2_backward_weights(const struct conv *conv,
                                const struct kernel *kernel, const float *x,
                                const float *dy, float *du, bool add,
                                float *room)
{
    struct side in = input_of(conv), out = output_of(conv);
    size_t pairs = (size_t)conv->ci * (size_t)conv->co;
    int step = rows_at_once(conv);

    for (int first = 0; first < (conv->oh + 1) / 2; first += step) {
        struct kernel_tiles from = tiles_of(conv, &in, first, 1, room);
        struct kernel_tiles slopes =
            tiles_of(conv, &out, first, 0, room + POSITIONS * from.plane);
        struct kernel_outer outer = {
            .in_step = (size_t)conv->ci,
            .height = 1,
            .width = from.rows * from.across,
            .depth = conv->ci,
            .channels = conv->co,
            .add = add || first > 0,
        };

        from.in = x + place(&in, 2 * first - 1, -1);
        slopes.in = dy + place(&out, 2 * first, 0);
        kernel->spread(&from);
        kernel->spread_slopes(&slopes);
        for (size_t p = 0; p < POSITIONS; p++) {
            outer.in = from.planes + p * from.plane;
            outer.dy = slopes.planes + p * slopes.plane;
            outer.dw = du + p * pairs;
            kernel->outer(&outer);
        }
    }
}
