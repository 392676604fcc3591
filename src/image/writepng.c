#include <config.h>

#include "image/writepng.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/mem.h"

#define FILTERS 5 /* none, sub, up, average, Paeth */

static void add_u32(struct str *out, uint32_t value)
{
    const uint8_t bytes[4] = {(uint8_t)(value >> 24), (uint8_t)(value >> 16),
                              (uint8_t)(value >> 8), (uint8_t)value};

    str_add_bytes(out, bytes, sizeof(bytes));
}

static void add_chunk(struct str *out, const char *type, const void *bytes,
                      size_t n)
{
    size_t at;

    add_u32(out, (uint32_t)n);
    at = out->length;
    str_add(out, type);
    str_add_bytes(out, bytes, n);
    add_u32(out, (uint32_t)crc32(0, (const Bytef *)out->text + at,
                                 (uInt)(out->length - at)));
}

/* What of the bytes at the left, above, and above at the left foretells. */
static uint8_t foretold(int filter, uint8_t a, uint8_t b, uint8_t c)
{
    int p = a + b - c, pa = abs(p - a), pb = abs(p - b), pc = abs(p - c);

    switch (filter) {
    case 0:
        return 0;
    case 1:
        return a;
    case 2:
        return b;
    case 3:
        return (uint8_t)((a + b) / 2);
    default:
        return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
    }
}

/* One row behind the number of its filter; returns how far from zero its bytes
 * are, which tells how well they pack. above: NULL in the first row. */
static unsigned long filter_row(uint8_t *out, int filter, const uint8_t *row,
                                const uint8_t *above, size_t n, size_t step)
{
    unsigned long sum = 0;

    *out++ = (uint8_t)filter;
    for (size_t i = 0; i < n; i++) {
        uint8_t a = i < step ? 0 : row[i - step];
        uint8_t b = above == NULL ? 0 : above[i];
        uint8_t c = i < step || above == NULL ? 0 : above[i - step];

        out[i] = (uint8_t)(row[i] - foretold(filter, a, b, c));
        sum += out[i] < 128 ? out[i] : 256u - out[i];
    }
    return sum;
}

static void filter_picture(uint8_t *out, const struct picture *p)
{
    size_t n = (size_t)p->width * p->channels;
    uint8_t *tried = mem_alloc(n + 1);

    for (uint32_t y = 0; y < p->height; y++, out += n + 1) {
        const uint8_t *row = p->pixels + y * n;
        const uint8_t *above = y > 0 ? row - n : NULL;
        unsigned long least = filter_row(out, 0, row, above, n, p->channels);

        for (int filter = 1; filter < FILTERS; filter++) {
            unsigned long sum =
                filter_row(tried, filter, row, above, n, p->channels);

            if (sum < least) {
                least = sum;
                memcpy(out, tried, n + 1);
            }
        }
    }
    free(tried);
}

enum status writepng_encode(struct str *out, const struct picture *picture,
                            struct err *err)
{
    static const uint8_t signature[] = {0x89, 'P',  'N',  'G',
                                        '\r', '\n', 0x1a, '\n'};
    size_t n =
        (1 + (size_t)picture->width * picture->channels) * picture->height;
    uLongf room = compressBound(n);
    uint8_t *rows = mem_large(n, 1), *packed = mem_large(room, 1);
    struct str head = STR_INIT;
    enum status status = OK;

    if (rows == NULL || packed == NULL) {
        status = err_set(err, ERR_NOMEM, "no memory for a picture of %u x %u",
                         picture->width, picture->height);
    } else {
        filter_picture(rows, picture);
        if (compress2(packed, &room, rows, n, Z_BEST_COMPRESSION) != Z_OK)
            status = err_set(err, ERR_NOMEM, "no memory to pack a picture");
    }
    if (status == OK) {
        add_u32(&head, picture->width);
        add_u32(&head, picture->height);
        str_add_bytes(&head,
                      picture->channels == 3 ? "\10\2\0\0\0" : "\10\0\0\0", 5);
        str_add_bytes(out, signature, sizeof(signature));
        add_chunk(out, "IHDR", head.text, head.length);
        add_chunk(out, "IDAT", packed, room);
        add_chunk(out, "IEND", "", 0);
    }
    str_release(&head);
    free(rows);
    free(packed);
    return status;
}
