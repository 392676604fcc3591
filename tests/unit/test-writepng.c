#include <config.h>

#include <stdint.h>
#include <string.h>

#include "base/str.h"
#include "image/readpng.h"
#include "image/writepng.h"
#include "tap.h"

/* What is written is read back by libpng to the very pixels, for pictures that
 * each filter serves. */

enum content { FLAT, ACROSS, DOWN, SLOPE, NOISE, CONTENTS };

static const char *const contents[CONTENTS] = {"flat", "across", "down",
                                               "slope", "noise"};

static uint8_t pixel(enum content what, uint32_t x, uint32_t y, uint32_t c)
{
    switch (what) {
    case FLAT:
        return (uint8_t)(200 + c);
    case ACROSS:
        return (uint8_t)(3 * x + c);
    case DOWN:
        return (uint8_t)(5 * y + 40 * c);
    case SLOPE:
        return (uint8_t)(7 * x + 3 * y * y + c);
    default:
        return (uint8_t)(x * 2654435761u ^ y * 40503u ^ c * 97u) ^
               (uint8_t)(x * y * 31u);
    }
}

static void check(uint32_t width, uint32_t height, uint32_t channels,
                  enum content what)
{
    struct err err = {OK, ""};
    struct picture in, out = {0};
    struct str bytes = STR_INIT, again = STR_INIT;
    size_t n = (size_t)width * height * channels;
    bool same = false;

    if (picture_new(&in, width, height, channels, "test", &err) != OK)
        return;
    for (size_t i = 0; i < n; i++)
        in.pixels[i] =
            pixel(what, (uint32_t)(i / channels % width),
                  (uint32_t)(i / channels / width), (uint32_t)(i % channels));
    if (writepng_encode(&bytes, &in, &err) == OK &&
        writepng_encode(&again, &in, &err) == OK &&
        readpng_decode(&out, (const uint8_t *)bytes.text, bytes.length, "it",
                       &err) == OK) {
        same = out.width == width && out.height == height &&
               out.channels == channels &&
               memcmp(out.pixels, in.pixels, n) == 0;
        picture_release(&out);
    }
    tap_ok(same, "%u x %u x %u, %s: %s", width, height, channels,
           contents[what], err.text);
    tap_ok(bytes.length == again.length &&
               memcmp(bytes.text, again.text, bytes.length) == 0,
           "the same bytes");
    if (what != NOISE && n > 1000)
        tap_ok(bytes.length < n / 4, "packed: %zu of %zu", bytes.length, n);
    picture_release(&in);
    str_release(&bytes);
    str_release(&again);
}

int main(void)
{
    static const uint32_t sides[][2] = {
        {1, 1}, {1, 7}, {9, 1}, {28, 28}, {48, 31}};

    for (size_t i = 0; i < sizeof(sides) / sizeof(sides[0]); i++)
        for (int what = 0; what < CONTENTS; what++) {
            check(sides[i][0], sides[i][1], 1, (enum content)what);
            check(sides[i][0], sides[i][1], 3, (enum content)what);
        }
    return tap_done();
}
