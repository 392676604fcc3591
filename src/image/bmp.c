#include <config.h>

#include "image/bmp.h"

#include <stdbool.h>
#include <string.h>

enum { FILE_HEADER = 14, CORE_HEADER = 12, INFO_HEADER = 40, MASKS = 4 };
enum { PLAIN = 0, RLE8 = 1, RLE4 = 2, BITFIELDS = 3, ALPHAFIELDS = 6 };

/* Red, green, blue, alpha: where a sample lies in a pixel. */
struct mask {
    unsigned shift, bits;
};

struct bitmap {
    const uint8_t *bytes;
    size_t n, data; /* data: where the pixels begin */
    const char *name;
    uint32_t width, height, bits, packing;
    bool down; /* the first row is the upper one */
    uint32_t colours;
    uint8_t palette[256][3]; /* RGB */
    struct mask masks[MASKS];
    struct picture picture;
};

static uint32_t number(const struct bitmap *b, size_t at, int size)
{
    uint32_t value = 0;

    for (int i = size - 1; i >= 0; i--)
        value = value << 8 | b->bytes[at + (size_t)i];
    return value;
}

static enum status cut_off(const struct bitmap *b, const char *what,
                           struct err *err)
{
    return err_set(err, ERR_BAD_INPUT,
                   "%s is cut off: its %s would go beyond "
                   "its end at byte %zu",
                   b->name, what, b->n);
}

static enum status unknown(const struct bitmap *b, const char *what,
                           uint32_t value, struct err *err)
{
    return err_set(err, ERR_BAD_INPUT,
                   "%s is no BMP that can be read: its %s is %u", b->name, what,
                   value);
}

/* A mask must be of bits side by side. */
static bool set_mask(struct mask *mask, uint32_t value)
{
    struct mask m = {0, 0};

    for (; value != 0 && (value & 1) == 0; value >>= 1)
        m.shift++;
    for (; value & 1; value >>= 1)
        m.bits++;
    *mask = m;
    return value == 0;
}

/* The masks are the header's, or follow a header that has none. */
static enum status read_masks(struct bitmap *b, uint32_t header,
                              struct err *err)
{
    static const uint32_t usual[2][MASKS] = {{0x7c00, 0x3e0, 0x1f, 0},
                                             {0xff0000, 0xff00, 0xff, 0}};
    bool given = b->packing == BITFIELDS || b->packing == ALPHAFIELDS;
    int count = b->packing == ALPHAFIELDS || header >= 56 ? 4 : 3;

    if (given && FILE_HEADER + INFO_HEADER + (size_t)count * 4 > b->n)
        return cut_off(b, "header", err);
    for (int i = 0; i < MASKS; i++) {
        uint32_t value = usual[b->bits == 32][i];

        if (given)
            value =
                i < count
                    ? number(b, FILE_HEADER + INFO_HEADER + (size_t)i * 4, 4)
                    : 0;
        if (!set_mask(&b->masks[i], value))
            return unknown(b, "mask of colours", value, err);
    }
    return OK;
}

static enum status read_palette(struct bitmap *b, size_t at, size_t entry,
                                struct err *err)
{
    if (b->colours == 0 || b->colours > 1u << b->bits)
        b->colours = 1u << b->bits;
    if (at > b->n || (b->n - at) / entry < b->colours)
        return cut_off(b, "palette", err);
    for (uint32_t i = 0; i < b->colours; i++)
        for (size_t c = 0; c < 3; c++)
            b->palette[i][c] = b->bytes[at + i * entry + 2 - c];
    return OK;
}

static enum status check_packing(const struct bitmap *b, struct err *err)
{
    bool fits;

    switch (b->packing) {
    case PLAIN:
        fits = b->bits == 1 || b->bits == 4 || b->bits == 8 || b->bits == 16 ||
               b->bits == 24 || b->bits == 32;
        break;
    case RLE8:
        fits = b->bits == 8 && !b->down;
        break;
    case RLE4:
        fits = b->bits == 4 && !b->down;
        break;
    case BITFIELDS:
    case ALPHAFIELDS:
        fits = b->bits == 16 || b->bits == 32;
        break;
    default:
        return unknown(b, "compression", b->packing, err);
    }
    return fits ? OK : unknown(b, "number of bits a pixel", b->bits, err);
}

static enum status read_header(struct bitmap *b, struct err *err)
{
    uint32_t header, palette_entry = 4;
    size_t palette;
    enum status status;

    if (b->n < FILE_HEADER + CORE_HEADER)
        return cut_off(b, "header", err);
    b->data = number(b, 10, 4);
    header = number(b, FILE_HEADER, 4);
    if (header == CORE_HEADER) {
        b->width = number(b, 18, 2);
        b->height = number(b, 20, 2);
        b->bits = number(b, 24, 2);
        palette_entry = 3;
    } else if (header < INFO_HEADER || header > 1024) {
        return unknown(b, "size of a header", header, err);
    } else if (b->n < FILE_HEADER + INFO_HEADER) {
        return cut_off(b, "header", err);
    } else {
        b->width = number(b, 18, 4);
        b->height = number(b, 22, 4);
        b->down = b->height >> 31;
        if (b->down)
            b->height = ~b->height + 1;
        b->bits = number(b, 28, 2);
        b->packing = number(b, 30, 4);
        b->colours = number(b, 46, 4);
    }
    status = check_packing(b, err);
    if (status == OK && b->bits > 8 && b->bits != 24)
        status = read_masks(b, header, err);
    palette = FILE_HEADER + (size_t)header;
    if (status == OK && b->bits <= 8)
        status = read_palette(b, palette, palette_entry, err);
    return status;
}

static uint8_t *row_at(const struct bitmap *b, uint32_t y)
{
    uint32_t row = b->down ? y : b->height - 1 - y;

    return b->picture.pixels + (size_t)row * b->width * 3;
}

/* An index beyond the palette is black. */
static void put_index(const struct bitmap *b, uint8_t *to, uint32_t index)
{
    if (index < b->colours)
        memcpy(to, b->palette[index], 3);
    else
        memset(to, 0, 3);
}

static uint8_t sample(uint32_t pixel, struct mask mask)
{
    uint64_t top = (1ull << mask.bits) - 1;

    if (mask.bits == 0)
        return 0;
    return (uint8_t)((((pixel >> mask.shift) & top) * 255 + top / 2) / top);
}

/* True if some pixel is not wholly transparent: else alpha means nothing. */
static bool has_alpha(const struct bitmap *b, size_t stride)
{
    size_t bytes = b->bits / 8;

    if (b->masks[3].bits == 0)
        return false;
    for (uint32_t y = 0; y < b->height; y++)
        for (uint32_t x = 0; x < b->width; x++)
            if (sample(number(b, b->data + y * stride + x * bytes, (int)bytes),
                       b->masks[3]) != 0)
                return true;
    return false;
}

static void plain_row(const struct bitmap *b, uint8_t *to, size_t from,
                      bool alpha)
{
    for (uint32_t x = 0; x < b->width; x++, to += 3) {
        if (b->bits <= 8) {
            uint32_t per = 8 / b->bits, byte = b->bytes[from + x / per];

            put_index(b, to,
                      byte >> ((per - 1 - x % per) * b->bits) &
                          ((1u << b->bits) - 1));
        } else if (b->bits == 24) {
            for (size_t c = 0; c < 3; c++)
                to[c] = b->bytes[from + (size_t)x * 3 + 2 - c];
        } else {
            int bytes = (int)b->bits / 8;
            uint32_t pixel = number(b, from + (size_t)x * (size_t)bytes, bytes);

            for (int c = 0; c < 3; c++) {
                to[c] = sample(pixel, b->masks[c]);
                if (alpha)
                    to[c] =
                        picture_over_white(to[c], sample(pixel, b->masks[3]));
            }
        }
    }
}

static enum status read_plain(struct bitmap *b, struct err *err)
{
    uint64_t stride = ((uint64_t)b->width * b->bits + 31) / 32 * 4;
    bool alpha;

    if (b->data > b->n || (b->n - b->data) / stride < b->height)
        return cut_off(b, "pixels", err);
    alpha = b->bits > 8 && b->bits != 24 && has_alpha(b, stride);
    for (uint32_t y = 0; y < b->height; y++)
        plain_row(b, row_at(b, y), b->data + y * stride, alpha);
    return OK;
}

struct run {
    size_t at;
    uint32_t x, y;
};

/* count pixels of one or two indices in turn; what leaves the row is cut. */
static void put_run(const struct bitmap *b, struct run *r, uint32_t count,
                    uint32_t first, uint32_t second)
{
    for (uint32_t i = 0; i < count && r->x < b->width; i++, r->x++)
        put_index(b, row_at(b, r->y) + (size_t)r->x * 3,
                  i % 2 ? second : first);
}

/* Pixels as they are; false when they would go beyond the file's end. */
static bool put_literal(const struct bitmap *b, struct run *r, uint32_t count)
{
    bool nibbles = b->packing == RLE4;
    size_t bytes = nibbles ? (count + 1) / 2 : count;

    if (b->n - r->at < bytes)
        return false;
    for (uint32_t i = 0; i < count && r->x < b->width; i++, r->x++) {
        uint32_t byte = b->bytes[r->at + (nibbles ? i / 2 : i)];

        if (nibbles)
            byte = i % 2 ? byte & 15 : byte >> 4;
        put_index(b, row_at(b, r->y) + (size_t)r->x * 3, byte);
    }
    r->at += bytes;
    r->at += bytes % 2 && r->at < b->n;
    return true;
}

/* What the runs leave out has the first colour. */
static enum status read_runs(struct bitmap *b, struct err *err)
{
    struct run r = {b->data, 0, 0};
    size_t row = (size_t)b->width * 3;

    /* A few bytes may claim millions of pixels: row by row, not one by one. */
    for (uint32_t x = 0; x < b->width; x++)
        put_index(b, b->picture.pixels + (size_t)x * 3, 0);
    for (uint32_t y = 1; y < b->height; y++)
        memcpy(b->picture.pixels + y * row, b->picture.pixels, row);
    while (r.y < b->height) {
        uint32_t count, value;

        if (r.at > b->n || b->n - r.at < 2)
            return cut_off(b, "pixels", err);
        count = b->bytes[r.at];
        value = b->bytes[r.at + 1];
        r.at += 2;
        if (count > 0 && b->packing == RLE8) {
            put_run(b, &r, count, value, value);
        } else if (count > 0) {
            put_run(b, &r, count, value >> 4, value & 15);
        } else if (value == 0) { /* the row ends */
            r.x = 0;
            r.y++;
        } else if (value == 1) { /* all ends */
            break;
        } else if (value == 2) { /* moves */
            if (b->n - r.at < 2)
                return cut_off(b, "pixels", err);
            r.x += b->bytes[r.at];
            r.y += b->bytes[r.at + 1];
            r.at += 2;
        } else if (!put_literal(b, &r, value)) {
            return cut_off(b, "pixels", err);
        }
    }
    return OK;
}

enum status bmp_decode(struct picture *out, const uint8_t *bytes, size_t n,
                       const char *name, struct err *err)
{
    struct bitmap b = {.bytes = bytes, .n = n, .name = name};
    enum status status = read_header(&b, err);

    if (status == OK)
        status = picture_new(&b.picture, b.width, b.height, 3, name, err);
    if (status != OK)
        return status;
    status = b.packing == RLE8 || b.packing == RLE4 ? read_runs(&b, err)
                                                    : read_plain(&b, err);
    if (status == OK)
        *out = b.picture;
    else
        picture_release(&b.picture);
    return status;
}
