#include <config.h>

#include "fuzz/fuzz.h"

#include "image/exif.h"
#include "image/imagefile.h"
#include "image/prepare.h"

/* Any reader of pictures, as the first bytes choose. */
int fuzz_picture(const uint8_t *bytes, size_t n)
{
    struct picture picture = {.pixels = NULL};
    struct prepare how = {.resize = 12, .size = 9, .channels = 3};
    struct err err = {OK, ""};
    uint8_t square[3 * 9 * 9];
    unsigned sum = 0;

    FUZZ_PROMISE(exif_orientation(bytes, n) >= 1 &&
                 exif_orientation(bytes, n) <= 8);
    if (imagefile_decode(&picture, bytes, n, n % 3 ? 0 : 24, "file", &err) !=
        OK) {
        FUZZ_PROMISE(err.status != OK && err.text[0] != '\0');
        FUZZ_PROMISE(picture.pixels == NULL);
        return 0;
    }
    fuzz_taken++;
    FUZZ_PROMISE(picture.channels == 1 || picture.channels == 3);
    FUZZ_PROMISE((uint64_t)picture.width * picture.height <=
                 PICTURE_PIXELS_MAX);
    if (prepare_picture(square, &picture, &how, &err) == OK)
        for (size_t i = 0; i < sizeof(square); i++)
            sum += square[i];
    else
        FUZZ_PROMISE(err.text[0] != '\0');
    FUZZ_PROMISE(sum <= 255 * sizeof(square));
    picture_release(&picture);
    return 0;
}
