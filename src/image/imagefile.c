#include <config.h>

#include "image/imagefile.h"

#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "image/bmp.h"
#include "image/pnm.h"
#include "image/readgif.h"
#include "image/readjpeg.h"
#include "image/readpng.h"
#include "image/readwebp.h"

bool imagefile_named(const char *name)
{
    static const char *const tails[] = {"jpg",  "jpeg", "jpe", "jfif", "png",
                                        "webp", "gif",  "bmp", "dib",  "pnm",
                                        "pbm",  "pgm",  "ppm"};
    const char *dot = strrchr(name, '.');

    for (size_t i = 0; dot != NULL && i < ARRAY_SIZE(tails); i++)
        if (strcasecmp(dot + 1, tails[i]) == 0)
            return true;
    return false;
}

static bool starts(const uint8_t *bytes, size_t n, const char *magic,
                   size_t length)
{
    return n >= length && memcmp(bytes, magic, length) == 0;
}

enum status imagefile_decode(struct picture *out, const uint8_t *bytes,
                             size_t n, uint32_t least, const char *name,
                             struct err *err)
{
    if (starts(bytes, n, "\xff\xd8\xff", 3))
        return readjpeg_decode(out, bytes, n, least, name, err);
    if (starts(bytes, n, "\x89PNG\r\n\x1a\n", 8))
        return readpng_decode(out, bytes, n, name, err);
    if (n >= 12 && starts(bytes, n, "RIFF", 4) &&
        memcmp(bytes + 8, "WEBP", 4) == 0)
        return readwebp_decode(out, bytes, n, name, err);
    if (starts(bytes, n, "GIF87a", 6) || starts(bytes, n, "GIF89a", 6))
        return readgif_decode(out, bytes, n, name, err);
    if (starts(bytes, n, "BM", 2))
        return bmp_decode(out, bytes, n, name, err);
    if (n >= 2 && bytes[0] == 'P' && bytes[1] >= '1' && bytes[1] <= '6')
        return pnm_decode(out, bytes, n, name, err);
    if (n == 0)
        return err_set(err, ERR_BAD_INPUT, "%s is empty", name);
    return err_set(err, ERR_BAD_INPUT,
                   "%s is no picture that can be read: " IMAGEFILE_FORMATS
                   " are, by their first bytes",
                   name);
}
