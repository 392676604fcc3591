#include <config.h>

#include "image/augment.h"

#include <math.h>
#include <stddef.h>

struct shape {
    int channels, height, width, border;
};

/* The first pixel of row y of the bordered picture. */
static float *row_of(float *out, const struct shape *shape, int y)
{
    size_t pixels = (size_t)(shape->width + 2 * shape->border);

    return out +
           ((size_t)(y + shape->border) * pixels + (size_t)shape->border) *
               (size_t)shape->channels;
}

/* A source coordinate for each target one: sx = xx x + xy y + x0, ... */
struct affine {
    double xx, xy, x0, yx, yy, y0;
};

static int clamp(int i, int n)
{
    return i < 0 ? 0 : i >= n ? n - 1 : i;
}

static void copy_moved(float *out, const uint8_t *pixels,
                       const struct shape *shape,
                       const struct augment_norm *norm, int dx, int dy,
                       bool flip)
{
    int c = shape->channels, h = shape->height, w = shape->width;
    size_t plane = (size_t)h * (size_t)w;

    for (int y = 0; y < h; y++) {
        const uint8_t *row = pixels + (size_t)clamp(y - dy, h) * (size_t)w;
        float *to = row_of(out, shape, y);

        for (int x = 0; x < w; x++) {
            int from = clamp(x - dx, w);

            from = flip ? w - 1 - from : from;
            for (int i = 0; i < c; i++)
                *to++ = ((float)row[(size_t)i * plane + (size_t)from] -
                         norm->mean[i]) *
                        norm->inverse[i];
        }
    }
}

static void sample(float *to, const uint8_t *pixels, const struct shape *shape,
                   const struct augment_norm *norm, double sx, double sy)
{
    int h = shape->height, w = shape->width;
    float fx = (float)sx, fy = (float)sy;
    int x0 = (int)floorf(fx), y0 = (int)floorf(fy);
    float ax = fx - (float)x0, ay = fy - (float)y0;
    int left = clamp(x0, w), right = clamp(x0 + 1, w);
    size_t above = (size_t)clamp(y0, h) * (size_t)w;
    size_t below = (size_t)clamp(y0 + 1, h) * (size_t)w;

    for (int i = 0; i < shape->channels; i++) {
        const uint8_t *p = pixels + (size_t)i * (size_t)h * (size_t)w;
        float top = (float)p[above + (size_t)left] * (1 - ax) +
                    (float)p[above + (size_t)right] * ax;
        float bottom = (float)p[below + (size_t)left] * (1 - ax) +
                       (float)p[below + (size_t)right] * ax;

        to[i] =
            (top * (1 - ay) + bottom * ay - norm->mean[i]) * norm->inverse[i];
    }
}

static void copy_warped(float *out, const uint8_t *pixels,
                        const struct shape *shape,
                        const struct augment_norm *norm,
                        const struct affine *map)
{
    for (int y = 0; y < shape->height; y++) {
        float *to = row_of(out, shape, y);

        for (int x = 0; x < shape->width; x++, to += shape->channels)
            sample(to, pixels, shape, norm, map->xx * x + map->xy * y + map->x0,
                   map->yx * x + map->yy * y + map->y0);
    }
}

/* Uniform in [-most, most]. */
static double draw(struct rng *rng, double most)
{
    return most * (2 * rng_uniform(rng) - 1);
}

/* The inverse map, about the centre of the picture. */
static struct affine draw_map(const struct augment *augment,
                              const struct shape *shape, double dx, double dy,
                              bool flip, struct rng *rng)
{
    double angle = draw(rng, augment->rotate) * 3.14159265358979323846 / 180;
    double shear = draw(rng, augment->shear);
    double grow = log1p(augment->scale);
    double sx = exp(draw(rng, grow)), sy = exp(draw(rng, grow));
    double cx = (shape->width - 1) / 2.0, cy = (shape->height - 1) / 2.0;
    double cosine = cos(angle), sine = sin(angle);
    struct affine m;

    m.xx = cosine * sx;
    m.xy = -sine * sx + shear;
    m.yx = sine * sy;
    m.yy = cosine * sy;
    if (flip) {
        m.xx = -m.xx;
        m.yx = -m.yx;
    }
    m.x0 = cx - m.xx * (cx + dx) - m.xy * (cy + dy);
    m.y0 = cy - m.yx * (cx + dx) - m.yy * (cy + dy);
    return m;
}

/* From [-1, 1) to -most .. most, each equally likely. */
static int whole(double part, int most)
{
    return (int)floor((part + 1) * (most + 0.5)) - most;
}

void augment_apply(float *out, const uint8_t *pixels, int channels, int height,
                   int width, int border, const struct augment_norm *norm,
                   const struct augment *augment, struct rng *rng)
{
    struct shape shape = {channels, height, width, border};
    double dx, dy;
    bool flip;

    if (rng == NULL) {
        copy_moved(out, pixels, &shape, norm, 0, 0, false);
        return;
    }
    dx = draw(rng, 1);
    dy = draw(rng, 1);
    flip = rng_uniform(rng) < 0.5 && augment->flip;
    if (augment->rotate > 0 || augment->scale > 0 || augment->shear > 0) {
        struct affine map = draw_map(augment, &shape, dx * augment->shift,
                                     dy * augment->shift, flip, rng);

        copy_warped(out, pixels, &shape, norm, &map);
        return;
    }
    copy_moved(out, pixels, &shape, norm, whole(dx, (int)augment->shift),
               whole(dy, (int)augment->shift), flip);
}
