#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "image/augment.h"

#include "tap.h"

enum { C = 3, H = 9, W = 12, ROW = (W + 2) * C, ALL = (H + 2) * ROW };

static uint8_t pixels[C * H * W];
static const struct augment_norm norm = {{10, 20, 30}, {0.5f, 0.25f, 2}};

static float normal(int c, int y, int x)
{
    y = y < 0 ? 0 : y >= H ? H - 1 : y;
    x = x < 0 ? 0 : x >= W ? W - 1 : x;
    return ((float)pixels[(c * H + y) * W + x] - norm.mean[c]) *
           norm.inverse[c];
}

/* Is out the picture moved right by dx and down by dy, maybe mirrored? */
static bool is_moved(const float *out, int dx, int dy, bool flip)
{
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++)
            for (int c = 0; c < C; c++) {
                int from = x - dx < 0 ? 0 : x - dx >= W ? W - 1 : x - dx;
                float want = normal(c, y - dy, flip ? W - 1 - from : from);

                if (out[(y + 1) * ROW + (x + 1) * C + c] != want)
                    return false;
            }
    return true;
}

static bool border_is(const float *out, float value)
{
    for (int y = 0; y < H + 2; y++)
        for (int i = 0; i < ROW; i++)
            if ((y == 0 || y == H + 1 || i < C || i >= ROW - C) &&
                out[y * ROW + i] != value)
                return false;
    return true;
}

static void fill(float *out, float value)
{
    for (int i = 0; i < ALL; i++)
        out[i] = value;
}

static void test_still(void)
{
    struct augment none = {0};
    float out[ALL];
    struct rng rng;

    fill(out, 7);
    augment_apply(out, pixels, C, H, W, 1, &norm, NULL, NULL);
    tap_ok(is_moved(out, 0, 0, false), "without rng the picture as it is");
    tap_ok(border_is(out, 7), "the border is left");
    rng_init(&rng, 1, 1);
    fill(out, 7);
    augment_apply(out, pixels, C, H, W, 1, &norm, &none, &rng);
    tap_ok(is_moved(out, 0, 0, false), "nor do zeros change it");
}

static void test_shift(void)
{
    struct augment augment = {.shift = 2, .flip = true};
    int seen[5][5][2] = {{{0}}}, kinds = 0, unknown = 0;
    float out[ALL];

    for (uint64_t i = 0; i < 1000; i++) {
        struct rng rng;
        bool found = false;

        rng_init(&rng, 3, i);
        augment_apply(out, pixels, C, H, W, 1, &norm, &augment, &rng);
        for (int k = 0; k < 50 && !found; k++) {
            int dx = k % 5 - 2, dy = k / 5 % 5 - 2;

            found = is_moved(out, dx, dy, k >= 25);
            if (found)
                kinds += seen[dx + 2][dy + 2][k >= 25]++ == 0;
        }
        unknown += !found;
    }
    tap_int(unknown, 0, "whole shifts and flips, nothing else");
    tap_int(kinds, 50, "all of them occur");
}

static void test_warp(void)
{
    struct augment augment = {.rotate = 10, .scale = 0.1, .shear = 0.1};
    struct augment tiny = {.rotate = 1e-9};
    float out[ALL], again[ALL], low = 1e9f, high = -1e9f, off = 0;
    struct rng rng;

    fill(out, 7);
    rng_init(&rng, 5, 5);
    augment_apply(out, pixels, C, H, W, 1, &norm, &tiny, &rng);
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++)
            for (int c = 0; c < C; c++)
                off = fmaxf(off, fabsf(out[(y + 1) * ROW + (x + 1) * C + c] -
                                       normal(c, y, x)));
    tap_ok(off < 0.01f, "a turn by nothing is the picture: %g", (double)off);
    tap_ok(border_is(out, 7), "the border is left");
    rng_init(&rng, 5, 6);
    augment_apply(out, pixels, C, H, W, 1, &norm, &augment, &rng);
    rng_init(&rng, 5, 6);
    fill(again, 7);
    augment_apply(again, pixels, C, H, W, 1, &norm, &augment, &rng);
    tap_ok(memcmp(out + ROW + C, again + ROW + C, W * C * sizeof(float)) == 0,
           "the same numbers make the same picture");
    tap_ok(!is_moved(out, 0, 0, false), "which is another than before");
    for (int y = 1; y <= H; y++)
        for (int x = 1; x <= W; x++) {
            low = fminf(low, out[y * ROW + x * C]);
            high = fmaxf(high, out[y * ROW + x * C]);
        }
    tap_ok(low >= (0 - 10) * 0.5f && high <= (255 - 10) * 0.5f,
           "interpolated values stay within bytes");
}

int main(void)
{
    for (int i = 0; i < C * H * W; i++)
        pixels[i] = (uint8_t)(i * 37 + i / 7);
    test_still();
    test_shift();
    test_warp();
    return tap_done();
}
