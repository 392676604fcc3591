#include <config.h>

#include "image/exif.h"

#include <stdbool.h>
#include <string.h>

enum { TAG_ORIENTATION = 0x0112, TYPE_SHORT = 3, ENTRY = 12 };

struct tiff {
    const uint8_t *bytes;
    size_t n;
    bool big; /* the most significant byte first */
};

/* size bytes at `at`, which must be inside. */
static uint32_t number(const struct tiff *t, size_t at, int size)
{
    uint32_t value = 0;

    for (int i = 0; i < size; i++)
        value |= (uint32_t)t->bytes[at + (size_t)i]
                 << (8 * (t->big ? size - 1 - i : i));
    return value;
}

int exif_orientation(const uint8_t *bytes, size_t n)
{
    struct tiff t = {bytes, n, false};
    size_t at, entries;

    if (n >= 6 && memcmp(bytes, "Exif\0\0", 6) == 0) {
        t.bytes += 6;
        t.n -= 6;
    }
    if (t.n < 8)
        return 1;
    t.big = memcmp(t.bytes, "MM\0*", 4) == 0;
    if (!t.big && memcmp(t.bytes, "II*\0", 4) != 0)
        return 1;
    at = number(&t, 4, 4);
    if (at > t.n - 2)
        return 1;
    entries = number(&t, at, 2);
    at += 2;
    for (; entries > 0 && at <= t.n && t.n - at >= ENTRY; entries--) {
        uint32_t value = number(&t, at + 8, 2);

        if (number(&t, at, 2) == TAG_ORIENTATION &&
            number(&t, at + 2, 2) == TYPE_SHORT && value >= 1 && value <= 8)
            return (int)value;
        at += ENTRY;
    }
    return 1;
}
