#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "nn/conv.h"
#include "nn/kernel.h"
#include "nn/winograd2.h"

#include "tap.h"

/*
 * Every set of loops this processor can run against naive ones in double, on
 * shapes that reach every tile: odd sides, strides, 1 to 80 channels.
 */

static float *noise(size_t n, uint64_t seed)
{
    float *x = mem_large(n, sizeof(*x));
    struct rng rng;

    rng_init(&rng, seed, 7);
    for (size_t i = 0; x != NULL && i < n; i++)
        x[i] = (float)rng_normal(&rng);
    return x;
}

/* Zeros the border, b wide, of (h + 2 b, w + 2 b, c). */
static void clear_border(float *x, int h, int w, int c, int b)
{
    for (int y = 0; y < h + 2 * b; y++)
        for (int i = 0; i < w + 2 * b; i++)
            if (y < b || y >= h + b || i < b || i >= w + b)
                memset(x + ((size_t)y * (size_t)(w + 2 * b) + (size_t)i) *
                               (size_t)c,
                       0, (size_t)c * sizeof(*x));
}

struct naive {
    const struct conv *conv;
    const float *x, *w, *dy;
    double *y, *dx, *dw; /* any may be NULL */
};

/* One product of the sum: y += x w, dx += dy w, dw += dy x. */
static void naive_term(const struct naive *n, size_t x, size_t w, size_t y)
{
    if (n->y != NULL)
        n->y[y] += (double)n->x[x] * n->w[w];
    if (n->dx != NULL)
        n->dx[x] += (double)n->dy[y] * n->w[w];
    if (n->dw != NULL)
        n->dw[w] += (double)n->dy[y] * n->x[x];
}

static void naive_tap(const struct naive *n, int oy, int ox, int ky, int kx)
{
    const struct conv *c = n->conv;
    int skip = c->border - c->size / 2;
    int iy = oy * c->stride + ky + skip, ix = ox * c->stride + kx + skip;
    size_t x = ((size_t)iy * (size_t)(c->w + 2 * c->border) + (size_t)ix) *
               (size_t)c->ci;
    size_t y =
        ((size_t)(oy + c->border_out) * (size_t)(c->ow + 2 * c->border_out) +
         (size_t)(ox + c->border_out)) *
        (size_t)c->co;
    size_t w = (size_t)(ky * c->size + kx) * (size_t)c->ci * (size_t)c->co;

    for (size_t i = 0; i < (size_t)c->ci; i++)
        for (size_t o = 0; o < (size_t)c->co; o++)
            naive_term(n, x + i, w + i * (size_t)c->co + o, y + o);
}

static void naive_conv(const struct naive *n)
{
    const struct conv *c = n->conv;

    for (int oy = 0; oy < c->oh; oy++)
        for (int ox = 0; ox < c->ow; ox++)
            for (int ky = 0; ky < c->size; ky++)
                for (int kx = 0; kx < c->size; kx++)
                    naive_tap(n, oy, ox, ky, kx);
}

/* The largest difference over the interior, as a part of the largest value. */
static double difference(const float *got, const double *want, int h, int w,
                         int c, int border)
{
    double most = 0, largest = 1e-9;

    for (int y = border; y < h + border; y++)
        for (int i = border; i < w + border; i++)
            for (int j = 0; j < c; j++) {
                size_t at = ((size_t)y * (size_t)(w + 2 * border) + (size_t)i) *
                                (size_t)c +
                            (size_t)j;

                most = fmax(most, fabs(got[at] - want[at]));
                largest = fmax(largest, fabs(want[at]));
            }
    return most / largest;
}

/* Winograd's way on the same, where it goes; naive's sums are overwritten. */
static void check_winograd(const struct kernel *kernel, struct naive *n)
{
    const struct conv *c = n->conv;
    size_t nx = conv_input(c), ny = conv_output(c), nw = conv_weights(c);
    float *u = noise(winograd2_weights(c), 31), *packed = noise(nw, 32);
    float *room = noise(winograd2_room(c), 33), *y = noise(ny, 34);
    float *dx = noise(nx, 35), *base = noise(nx, 36), *dw = noise(nw, 37);
    double off = 0, largest = 1;

    memset(n->y, 0, ny * sizeof(*n->y));
    memset(n->dw, 0, nw * sizeof(*n->dw));
    for (size_t i = 0; i < nx; i++)
        n->dx[i] = base[i];
    naive_conv(n);
    winograd2_spread(c, kernel, n->w, u);
    winograd2_forward(c, kernel, u, n->x, y, room);
    tap_ok(difference(y, n->y, c->oh, c->ow, c->co, c->border_out) < 1e-5,
           "%s: Winograd's %dx%d, %d to %d", kernel->name, c->h, c->w, c->ci,
           c->co);
    winograd2_backward_weights(c, kernel, n->x, n->dy, u, false, room);
    winograd2_backward_weights(c, kernel, n->x, n->dy, u, true, room);
    winograd2_gather(c, kernel, u, dw);
    for (size_t i = 0; i < nw; i++) {
        off = fmax(off, fabs(dw[i] - 2 * n->dw[i]));
        largest = fmax(largest, fabs(2 * n->dw[i]));
    }
    tap_ok(off / largest < 1e-5, "its gradient of the weights, twice");
    conv_pack(c, n->w, packed);
    winograd2_spread(c, kernel, packed, u);
    winograd2_backward_data(c, kernel, u, n->dy, dx, base, room);
    tap_ok(difference(dx, n->dx, c->h, c->w, c->ci, c->border) < 1e-5,
           "its gradient of the input, added to another");
    memset(n->dx, 0, nx * sizeof(*n->dx));
    naive_conv(n);
    winograd2_backward_data(c, kernel, u, n->dy, dx, NULL, room);
    tap_ok(difference(dx, n->dx, c->h, c->w, c->ci, c->border) < 1e-5,
           "and alone");
    free(u), free(packed), free(room), free(y), free(dx), free(base), free(dw);
}

static void check_conv(const struct kernel *kernel, const struct conv *conv)
{
    size_t nx = conv_input(conv), ny = conv_output(conv);
    size_t nw = conv_weights(conv);
    float *x = noise(nx, 1), *w = noise(nw, 2), *dy = noise(ny, 3);
    float *y = noise(ny, 4), *dx = noise(nx, 5), *dw = noise(nw, 6);
    float *packed = noise(nw, 7);
    double *wy = mem_zalloc(ny, sizeof(double));
    double *wdx = mem_zalloc(nx, sizeof(double));
    double *wdw = mem_zalloc(nw, sizeof(double));
    struct naive naive = {conv, x, w, dy, wy, wdx, wdw};
    double off = 0, largest = 1;

    clear_border(x, conv->h, conv->w, conv->ci, conv->border);
    clear_border(dy, conv->oh, conv->ow, conv->co, conv->border_out);
    for (size_t i = 0; i < nx; i++)
        wdx[i] = dx[i]; /* both gradients accumulate */
    for (size_t i = 0; i < nw; i++)
        wdw[i] = dw[i];
    naive_conv(&naive);
    conv_forward(conv, kernel, w, x, y);
    tap_ok(difference(y, wy, conv->oh, conv->ow, conv->co, conv->border_out) <
               1e-5,
           "%s: forward %dx%d, %d to %d, %dx%d by %d", kernel->name, conv->h,
           conv->w, conv->ci, conv->co, conv->size, conv->size, conv->stride);
    conv_backward_weights(conv, kernel, x, dy, dw, true);
    for (size_t i = 0; i < nw; i++) {
        off = fmax(off, fabs(dw[i] - wdw[i]));
        largest = fmax(largest, fabs(wdw[i]));
    }
    tap_ok(off / largest < 1e-5, "its gradient of the weights");
    if (conv->ci % KERNEL_LANES == 0 && conv->size <= 3) {
        conv_pack(conv, w, packed);
        conv_backward_data(conv, kernel, packed, dy, dx, true);
        tap_ok(difference(dx, wdx, conv->h, conv->w, conv->ci, conv->border) <
                   1e-5,
               "its gradient of the input, added");
        if (conv->size == 3) {
            memset(wdx, 0, nx * sizeof(*wdx));
            naive_conv(&naive);
            conv_backward_data(conv, kernel, packed, dy, dx, false);
            tap_ok(difference(dx, wdx, conv->h, conv->w, conv->ci,
                              conv->border) < 1e-5,
                   "its gradient of the input");
        }
    }
    if (winograd2_fits(conv))
        check_winograd(kernel, &naive);
    free(x), free(w), free(dy), free(y), free(dx), free(dw), free(packed);
    free(wy), free(wdx), free(wdw);
}

static void test_conv(const struct kernel *kernel)
{
    static const int sizes[] = {3, 1, 7};
    static const int sides[][2] = {{1, 1}, {2, 3}, {7, 7}, {9, 8}, {28, 31}};
    static const int channels[][2] = {{1, 16},  {3, 32},  {16, 16}, {16, 32},
                                      {32, 64}, {48, 16}, {64, 48}, {16, 80}};

    for (size_t s = 0; s < ARRAY_SIZE(sides); s++)
        for (size_t c = 0; c < ARRAY_SIZE(channels); c++)
            for (int kind = 0; kind < 6; kind++) {
                struct conv conv =
                    conv_make(channels[c][0], channels[c][1], sides[s][0],
                              sides[s][1], sizes[kind / 2], 1 + kind % 2);

                conv.border += (int)(s + c) % 3; /* more does no harm */
                conv.border_out += (int)(s + c) / 3 % 2;
                if (s < 4 || c < 3)
                    check_conv(kernel, &conv);
            }
}

#define CH 48

/* The passes over a plane, value by value. */
struct plane_case {
    struct kernel_plane plane;
    size_t all;
    float *x, *g, *rest, *out;
    float scale[CH], shift[CH], scale2[CH], shift2[CH];
};

static struct plane_case plane_make(void)
{
    struct plane_case p = {.plane = kernel_plane(5, 7, CH, 1),
                           .all = 7 * 9 * CH};
    struct rng rng;

    p.x = noise(p.all, 11);
    p.g = noise(p.all, 12);
    p.rest = noise(p.all, 13);
    p.out = noise(p.all, 14);
    rng_init(&rng, 15, 0);
    for (int c = 0; c < CH; c++) {
        p.scale[c] = (float)rng_normal(&rng);
        p.shift[c] = (float)rng_normal(&rng);
        p.scale2[c] = (float)rng_normal(&rng);
        p.shift2[c] = (float)rng_normal(&rng);
    }
    return p;
}

/* The interior: pixels 1 to height, 1 to width of the bordered array. */
#define EACH(p, i, c)                                             \
    for (int y_ = 1; y_ <= (p)->plane.height; y_++)               \
        for (size_t i = (size_t)y_ * (p)->plane.row + CH, j_ = i; \
             i < j_ + (size_t)(p)->plane.width * CH; i++)         \
            for (size_t c = i % CH, once_ = 1; once_; once_ = 0)

static void test_activate(const struct kernel *kernel)
{
    struct plane_case p = plane_make();
    struct kernel_affine map = {p.scale, p.shift}, map2 = {p.scale2, p.shift2};
    double off = 0;

    for (int kind = 0; kind < 3; kind++) {
        kernel->activate(&p.plane, p.out, p.x, &map, kind ? p.rest : NULL,
                         kind == 2 ? &map2 : NULL);
        EACH(&p, i, c)
        {
            double want = (double)p.x[i] * p.scale[c] + p.shift[c];

            if (kind == 1)
                want += p.rest[i];
            if (kind == 2)
                want += (double)p.rest[i] * p.scale2[c] + p.shift2[c];
            off = fmax(off, fabs(p.out[i] - fmax(0, want)));
        }
    }
    tap_ok(off < 1e-5, "%s: activate", kernel->name);
    free(p.x), free(p.g), free(p.rest), free(p.out);
}

/* slopes() through relu: g is left only where rest is positive. */
static void test_relu(const struct kernel *kernel, struct plane_case *p)
{
    float sum[CH], product[CH];
    double s[CH] = {0}, q[CH] = {0}, off = 0;

    memcpy(p->out, p->g, p->all * sizeof(*p->g));
    kernel->slopes(&p->plane, p->out, p->rest, p->x, p->shift2, sum, product);
    EACH(p, i, c)
    {
        double g = p->rest[i] > 0 ? p->g[i] : 0;

        off = fmax(off, fabs(p->out[i] - g));
        s[c] += g;
        q[c] += g * (p->x[i] - p->shift2[c]);
    }
    tap_ok(off == 0, "%s: gradients through relu", kernel->name);
    for (int c = 0; c < CH; c++)
        off = fmax(off, fabs(sum[c] - s[c]) + fabs(product[c] - q[c]));
    tap_ok(off < 1e-4, "and their sums");
}

static void test_sums(const struct kernel *kernel)
{
    struct plane_case p = plane_make();
    float sum[CH], squares[CH], gsum[CH], product[CH], mean[CH];
    double s[CH] = {0}, q[CH] = {0}, gs[CH] = {0}, gp[CH] = {0}, off = 0;
    struct kernel_slope slope = {p.scale, p.shift, p.scale2, p.shift2};

    kernel->moments(&p.plane, p.x, sum, squares);
    kernel->slopes(&p.plane, p.g, NULL, p.x, p.shift2, gsum, product);
    kernel->average(&p.plane, p.x, mean);
    kernel->normback(&p.plane, p.out, p.g, p.x, &slope);
    EACH(&p, i, c)
    {
        s[c] += p.x[i];
        q[c] += (double)p.x[i] * p.x[i];
        gs[c] += p.g[i];
        gp[c] += (double)p.g[i] * (p.x[i] - p.shift2[c]);
        off = fmax(off, fabs(p.out[i] - ((double)p.scale[c] * p.g[i] +
                                         p.shift[c] * (p.x[i] - p.shift2[c]) +
                                         p.scale2[c])));
    }
    tap_ok(off < 1e-5, "%s: normback", kernel->name);
    off = 0;
    for (int c = 0; c < CH; c++) {
        off = fmax(off, fabs(sum[c] - s[c]) + fabs(squares[c] - q[c]));
        off = fmax(off, fabs(gsum[c] - gs[c]) + fabs(product[c] - gp[c]));
        off = fmax(off, fabs(mean[c] - s[c] / 35));
    }
    tap_ok(off < 1e-4, "%s: moments, slopes and average", kernel->name);
    test_relu(kernel, &p);
    free(p.x), free(p.g), free(p.rest), free(p.out);
}

/* The place of the first largest of the window about pixel (2 y, 2 x). */
static size_t naive_largest(const struct kernel_plane *p, const float *x, int y,
                            int i, int c)
{
    size_t best = 0;
    bool any = false;

    for (int wy = 2 * y - 1; wy <= 2 * y + 1; wy++)
        for (int wx = 2 * i - 1; wx <= 2 * i + 1; wx++) {
            size_t at =
                p->first + (size_t)wy * p->row + (size_t)(wx * p->channels + c);

            if (wy < 0 || wx < 0 || wy >= p->height || wx >= p->width)
                continue;
            if (!any || x[at] > x[best])
                best = at;
            any = true;
        }
    return best;
}

static void check_pool(const struct kernel *kernel, int h, int w, int border)
{
    struct kernel_plane from = kernel_plane(h, w, CH, border);
    struct kernel_plane to = kernel_plane((h + 1) / 2, (w + 1) / 2, CH, 1);
    size_t nx = (size_t)(h + 2 * border) * from.row;
    size_t ny = (size_t)(to.height + 2) * to.row;
    float *x = noise(nx, 21), *g = noise(ny, 22), *dx = noise(nx, 23);
    float *y = noise(ny, 24), *want = noise(nx, 23);
    bool same = true;

    for (size_t i = 0; i < nx; i++)
        x[i] = floorf(2 * x[i]); /* so that many are equal */
    kernel->pool(&from, &to, x, y);
    kernel->unpool(&from, &to, x, y, g, dx);
    for (int oy = 0; oy < to.height; oy++)
        for (int ox = 0; ox < to.width; ox++)
            for (int c = 0; c < CH; c++) {
                size_t at = naive_largest(&from, x, oy, ox, c);
                size_t o =
                    to.first + (size_t)oy * to.row + (size_t)(ox * CH + c);

                same &= y[o] == x[at];
                want[at] += g[o];
            }
    tap_ok(same, "%s: max pool of %dx%d", kernel->name, h, w);
    tap_ok(memcmp(want, dx, nx * sizeof(*dx)) == 0, "its gradient, added");
    free(x), free(g), free(dx), free(y), free(want);
}

int main(void)
{
    const struct kernel *kernel;

    for (int i = 0; (kernel = kernel_at(i)) != NULL; i++) {
        test_conv(kernel);
        test_activate(kernel);
        test_sums(kernel);
        check_pool(kernel, 1, 1, 1);
        check_pool(kernel, 6, 9, 0);
        check_pool(kernel, 7, 4, 1);
    }
    return tap_done();
}
