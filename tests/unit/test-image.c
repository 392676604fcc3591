#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "image/picture.h"
#include "image/pnm.h"
#include "image/resize.h"
#include "tap.h"

#define B(s) s, sizeof(s) - 1

static void test_pnm_taken(void)
{
    static const struct {
        const char *bytes;
        size_t n;
        uint32_t width, height, channels;
        const char *pixels;
    } rows[] = {
        {B("P5\n2 2\n255\nabcd"), 2, 2, 1, "abcd"},
        {B("P5 2 1 255\n\n\n"), 2, 1, 1, "\n\n"},
        {B("P6\n# made by hand\n1 2 # more\n255\nabcdef"), 1, 2, 3, "abcdef"},
        {B("P2 3 1 255 97\n98 # two\n99"), 3, 1, 1, "abc"},
        {B("P3\n1\n1\n15\n15 5 10\n"), 1, 1, 3, "\xff\x55\xaa"},
        {B("P5 2 1 65535\n\xff\xff\x80\0"), 2, 1, 1, "\xff\x80"},
        {B("P5 1 1 3\n\2"), 1, 1, 1, "\xaa"},
        {B("P5 1 1 255\nxyz"), 1, 1, 1, "x"},
        {B("P1 2 2\n01 1\n0"), 2, 2, 1, "\xff\0\0\xff"},
        {B("P4 9 2\n\x7f\x80\x80\0"), 9, 2, 1,
         "\xff\0\0\0\0\0\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff"},
    };

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct picture p;
        struct err err = {OK, ""};

        if (!tap_int(pnm_decode(&p, rows[i].bytes, rows[i].n, "f", &err), OK,
                     "picture %zu", i)) {
            tap_note("%s", err.text);
            continue;
        }
        tap_int(p.width, rows[i].width, "width");
        tap_int(p.height, rows[i].height, "height");
        tap_int(p.channels, rows[i].channels, "channels");
        tap_ok(memcmp(p.pixels, rows[i].pixels,
                      (size_t)p.width * p.height * p.channels) == 0,
               "pixels %zu", i);
        picture_release(&p);
    }
}

static void test_pnm_refused(void)
{
    static const struct {
        const char *bytes;
        size_t n;
        const char *text;
    } rows[] = {
        {B(""), "no PBM, PGM or PPM"},
        {B("P"), "no PBM, PGM or PPM"},
        {B("P7 1 1\n\1"), "no PBM, PGM or PPM"},
        {B("\x89PNG\r\n"), "no PBM, PGM or PPM"},
        {B("P5"), "cut off at byte 2, where the width"},
        {B("P5 2"), "where the height"},
        {B("P5 2 2"), "where the highest value"},
        {B("P5 x 2 255\n"), "byte 3: the width should be a number"},
        {B("P5 0 2 255\n"), "byte 3: the width must be from 1 to 65535"},
        {B("P5 65536 2 255\n"), "byte 3: the width must be"},
        {B("P5 1 99999999999 255\n"), "byte 5: the height must be"},
        {B("P5 1 1 0\n"), "the highest value must be from 1 to 65535"},
        {B("P5 1 1 65536\n"), "the highest value must be"},
        {B("P5 1 1 255"), "byte 10: white space"},
        {B("P5 1 1 255x"), "byte 10: white space"},
        {B("P5 2 2 255\nabc"), "2 x 2 pixels need 4 bytes after the header, "
                               "and 3 are there"},
        {B("P5 2 1 256\nabc"), "need 4 bytes"},
        {B("P6 65535 65535 255\nabc"), "and 3 are there"},
        {B("P3 65535 65535 255\n1 2 3"), "and 5 are there"},
        {B("P2 2 1 255\n1\n\n\n"), "is cut off at byte 15, where a sample"},
        {B("P2 2 1 255\n1 x\n"), "byte 13: a sample should be a number"},
        {B("P2 2 1 15\n1 16\n"), "byte 12: a sample must be from 0 to 15"},
        {B("P5 2 1 15\n\1\20"), "byte 11: the sample 16 is above"},
    };

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct picture p = {.width = 77};
        struct err err = {OK, ""};

        tap_int(pnm_decode(&p, rows[i].bytes, rows[i].n, "q.ppm", &err),
                ERR_BAD_INPUT, "refused %zu", i);
        if (!tap_ok(strstr(err.text, rows[i].text) != NULL, "%s", rows[i].text))
            tap_note("%s", err.text);
        tap_ok(strstr(err.text, "q.ppm") != NULL, "names the file");
        tap_int(p.width, 77, "the result is left alone");
    }
}

static void test_resize_known(void)
{
    static const uint8_t square[] = {0, 100, 200, 50}; /* 2 x 2 */
    static const uint8_t strip[] = {0, 90, 240};       /* 3 x 1 */
    uint8_t out[16];

    resize_area(out, 1, 1, square, 2, 2, 1);
    tap_int(out[0], 88, "mean, 87.5 rounded up");
    resize_area(out, 2, 2, square, 2, 2, 1);
    tap_ok(memcmp(out, square, 4) == 0, "the same size is the same picture");
    resize_area(out, 4, 2, square, 2, 2, 1);
    tap_ok(memcmp(out, "\0\0\x64\x64\xc8\xc8\x32\x32", 8) == 0,
           "enlarging repeats");
    resize_area(out, 2, 1, strip, 3, 1, 1);
    tap_int(out[0], 30, "1 and a half pixels: (0 + 90/2) / 1.5");
    tap_int(out[1], 190, "the other half: (90/2 + 240) / 1.5");
    tap_int(resize_luma(255, 255, 255), 255, "white stays white");
    tap_int(resize_luma(255, 0, 0), 76, "red");
    tap_int(resize_luma(0, 255, 0), 150, "green");
    tap_int(resize_luma(0, 0, 255), 29, "blue");
}

/* Against the definition in floating point, pixel by pixel. */
static double mean_of(const uint8_t *in, uint32_t fw, uint32_t fh, double x0,
                      double x1, double y0, double y1)
{
    double sum = 0;

    for (uint32_t y = 0; y < fh; y++)
        for (uint32_t x = 0; x < fw; x++) {
            double lx = x > x0 ? x : x0, hx = x + 1 < x1 ? x + 1 : x1;
            double ly = y > y0 ? y : y0, hy = y + 1 < y1 ? y + 1 : y1;

            if (hx > lx && hy > ly)
                sum += (hx - lx) * (hy - ly) * in[y * fw + x];
        }
    return sum / ((x1 - x0) * (y1 - y0));
}

static void test_resize_random(void)
{
    struct rng rng;
    double worst = 0;

    rng_init(&rng, 7, 0);
    for (int round = 0; round < 200; round++) {
        uint8_t in[20 * 20], out[20 * 20];
        uint32_t fw = 1 + (uint32_t)rng_below(&rng, 20);
        uint32_t fh = 1 + (uint32_t)rng_below(&rng, 20);
        uint32_t w = 1 + (uint32_t)rng_below(&rng, 20);
        uint32_t h = 1 + (uint32_t)rng_below(&rng, 20);

        for (size_t i = 0; i < sizeof(in); i++)
            in[i] = (uint8_t)rng_next(&rng);
        resize_area(out, w, h, in, fw, fh, 1);
        for (uint32_t y = 0; y < h; y++)
            for (uint32_t x = 0; x < w; x++) {
                double want = mean_of(
                    in, fw, fh, (double)x * fw / w, (double)(x + 1) * fw / w,
                    (double)y * fh / h, (double)(y + 1) * fh / h);
                double off = out[y * w + x] - want;

                if (off < 0)
                    off = -off;
                if (off > worst)
                    worst = off;
            }
    }
    if (!tap_ok(worst < 0.5 + 1e-9, "the nearest whole number to the mean"))
        tap_note("worst %g", worst);
}

static void test_fit(void)
{
    uint8_t colour[] = {255, 0, 0, 0, 0, 255}, planes[6];
    struct picture in = {.width = 2, .height = 1, .channels = 3}, grey, back;
    struct err err = {OK, ""};

    in.pixels = colour;
    if (!tap_int(picture_fit(&grey, &in, 2, 2, 1, &err), OK, "to grey"))
        return;
    tap_ok(memcmp(grey.pixels, "\x4c\x1d\x4c\x1d", 4) == 0, "luma, stretched");
    if (tap_int(picture_fit(&back, &grey, 1, 1, 3, &err), OK, "to colour")) {
        tap_ok(memcmp(back.pixels, "\x35\x35\x35", 3) == 0, "grey thrice");
        picture_release(&back);
    }
    picture_release(&grey);
    picture_planes(planes, colour, 2, 3);
    tap_ok(memcmp(planes, "\xff\0\0\0\0\xff", 6) == 0, "planes");
}

int main(void)
{
    test_pnm_taken();
    test_pnm_refused();
    test_resize_known();
    test_resize_random();
    test_fit();
    return tap_done();
}
