#include <config.h>

#include "image/resize.h"

/*
 * One axis: target pixel j covers [j*from, (j+1)*from) and source pixel i
 * covers [i*to, (i+1)*to) on a ruler of from*to units.
 */
struct span {
    uint32_t first, last; /* source pixels touched, both included */
    uint64_t start, end;  /* on the ruler */
};

static struct span span_of(uint32_t j, uint32_t from, uint32_t to)
{
    struct span s;

    s.start = (uint64_t)j * from;
    s.end = s.start + from;
    s.first = (uint32_t)(s.start / to);
    s.last = (uint32_t)((s.end - 1) / to);
    return s;
}

/* Units of source pixel i that lie inside the span. */
static uint64_t overlap(const struct span *s, uint32_t i, uint32_t to)
{
    uint64_t low = (uint64_t)i * to, high = low + to;

    if (low < s->start)
        low = s->start;
    if (high > s->end)
        high = s->end;
    return high - low;
}

static void one_pixel(uint8_t *out, const struct span *sx,
                      const struct span *sy, uint32_t width, uint32_t height,
                      const uint8_t *in, uint32_t from_width,
                      uint32_t from_height, uint32_t channels)
{
    uint64_t sum[4] = {0, 0, 0, 0};
    uint64_t area = (uint64_t)from_width * from_height;

    for (uint32_t y = sy->first; y <= sy->last; y++) {
        uint64_t wy = overlap(sy, y, height);

        for (uint32_t x = sx->first; x <= sx->last; x++) {
            uint64_t w = wy * overlap(sx, x, width);
            const uint8_t *p = in + ((uint64_t)y * from_width + x) * channels;

            for (uint32_t c = 0; c < channels; c++)
                sum[c] += w * p[c];
        }
    }
    for (uint32_t c = 0; c < channels; c++)
        out[c] = (uint8_t)((sum[c] + area / 2) / area);
}

void resize_area(uint8_t *out, uint32_t width, uint32_t height,
                 const uint8_t *in, uint32_t from_width, uint32_t from_height,
                 uint32_t channels)
{
    for (uint32_t y = 0; y < height; y++) {
        struct span sy = span_of(y, from_height, height);

        for (uint32_t x = 0; x < width; x++) {
            struct span sx = span_of(x, from_width, width);

            one_pixel(out, &sx, &sy, width, height, in, from_width, from_height,
                      channels);
            out += channels;
        }
    }
}

uint8_t resize_luma(uint8_t red, uint8_t green, uint8_t blue)
{
    return (uint8_t)((299u * red + 587u * green + 114u * blue + 500u) / 1000u);
}
