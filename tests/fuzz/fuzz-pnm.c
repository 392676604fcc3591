#include <config.h>

#include "fuzz/fuzz.h"

#include "image/pnm.h"

int fuzz_pnm(const uint8_t *bytes, size_t n)
{
    struct picture picture = {.pixels = NULL}, fitted;
    struct err err = {OK, ""};
    unsigned sum = 0;
    size_t samples;

    if (pnm_decode(&picture, bytes, n, "file", &err) != OK) {
        FUZZ_PROMISE(err.status != OK && err.text[0] != '\0');
        FUZZ_PROMISE(picture.pixels == NULL);
        return 0;
    }
    fuzz_taken++;
    FUZZ_PROMISE(picture.channels == 1 || picture.channels == 3);
    samples = (size_t)picture.width * picture.height * picture.channels;
    /* a bitmap has eight pixels in a byte */
    FUZZ_PROMISE(samples > 0 && samples <= 8 * n);
    for (size_t i = 0; i < samples; i++)
        sum += picture.pixels[i];
    FUZZ_PROMISE(sum <= 255 * samples);
    FUZZ_PROMISE(picture_fit(&fitted, &picture, 7, 5, 3, &err) == OK);
    picture_release(&fitted);
    picture_release(&picture);
    return 0;
}
