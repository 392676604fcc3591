#include <config.h>

#include "image/pnm.h"

#include <stdbool.h>

struct reader {
    const unsigned char *bytes;
    size_t at, n;
    const char *name;
};

struct header {
    bool plain;
    bool bits; /* PBM: 1 is black, and no highest sample is given */
    uint32_t width, height, channels, top; /* top: the highest sample */
};

static bool is_space(unsigned char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* White space, and comments from # to the end of the line. */
static void skip_space(struct reader *r)
{
    while (r->at < r->n) {
        if (r->bytes[r->at] == '#')
            while (r->at < r->n && r->bytes[r->at] != '\n')
                r->at++;
        else if (is_space(r->bytes[r->at]))
            r->at++;
        else
            break;
    }
}

/* A number from least to most; what names it in messages. */
static enum status read_number(struct reader *r, uint32_t *out,
                               const char *what, uint32_t least, uint32_t most,
                               struct err *err)
{
    uint32_t value = 0;
    size_t start;

    skip_space(r);
    start = r->at;
    while (r->at < r->n && r->bytes[r->at] >= '0' && r->bytes[r->at] <= '9') {
        value = value * 10 + (uint32_t)(r->bytes[r->at] - '0');
        if (value > most)
            break;
        r->at++;
    }
    if (r->at == start && start == r->n)
        return err_set(err, ERR_BAD_INPUT,
                       "%s is cut off at byte %zu, where %s should be", r->name,
                       start, what);
    if (r->at == start)
        return err_set(err, ERR_BAD_INPUT,
                       "%s, byte %zu: %s should be a number", r->name, start,
                       what);
    if (value < least || value > most)
        return err_set(err, ERR_BAD_INPUT,
                       "%s, byte %zu: %s must be from %u to %u", r->name, start,
                       what, least, most);
    *out = value;
    return OK;
}

static enum status read_header(struct header *h, struct reader *r,
                               struct err *err)
{
    char kind = r->n >= 2 && r->bytes[0] == 'P' ? (char)r->bytes[1] : '0';
    enum status status;

    if (kind < '1' || kind > '6')
        return err_set(err, ERR_BAD_INPUT,
                       "%s is no PBM, PGM or PPM picture: it must begin with "
                       "P1 to P6",
                       r->name);
    h->bits = kind == '1' || kind == '4';
    h->plain = kind <= '3';
    h->channels = kind == '3' || kind == '6' ? 3 : 1;
    r->at = 2;
    status = read_number(r, &h->width, "the width", 1, PNM_SIDE_MAX, err);
    if (status == OK)
        status = read_number(r, &h->height, "the height", 1, PNM_SIDE_MAX, err);
    h->top = 1;
    if (status == OK && !h->bits)
        status = read_number(r, &h->top, "the highest value", 1, 65535, err);
    if (status != OK)
        return status;
    if (h->bits && h->plain)
        return OK;
    if (r->at >= r->n || !is_space(r->bytes[r->at]))
        return err_set(err, ERR_BAD_INPUT,
                       "%s, byte %zu: white space should end the header",
                       r->name, r->at);
    r->at++;
    return OK;
}

static enum status read_sample(struct reader *r, const struct header *h,
                               uint32_t *value, struct err *err)
{
    size_t start = r->at;

    if (h->plain)
        return read_number(r, value, "a sample", 0, h->top, err);
    *value = r->bytes[r->at++];
    if (h->top > 255)
        *value = *value << 8 | r->bytes[r->at++];
    if (*value > h->top)
        return err_set(err, ERR_BAD_INPUT,
                       "%s, byte %zu: the sample %u is above the highest "
                       "value %u of its header",
                       r->name, start, *value, h->top);
    return OK;
}

/* Bytes of the samples, at least. Plain samples take a digit and a space each,
 * but for the last; plain bits need no space, and raw ones share bytes. */
static uint64_t least_bytes(const struct header *h)
{
    uint64_t samples = (uint64_t)h->width * h->height * h->channels;

    if (h->bits)
        return h->plain ? samples : (uint64_t)(h->width + 7) / 8 * h->height;
    return h->plain ? 2 * samples - 1 : samples * (h->top > 255 ? 2 : 1);
}

static enum status read_samples(uint8_t *to, const struct header *h,
                                struct reader *r, struct err *err)
{
    size_t samples = (size_t)h->width * h->height * h->channels;

    for (size_t i = 0; i < samples; i++) {
        uint32_t value;
        enum status status = read_sample(r, h, &value, err);

        if (status != OK)
            return status;
        to[i] = (uint8_t)((value * 255u + h->top / 2) / h->top);
    }
    return OK;
}

/* Ink is 1 and black. */
static enum status read_bits(uint8_t *to, const struct header *h,
                             struct reader *r, struct err *err)
{
    for (uint32_t y = 0; y < h->height; y++) {
        const unsigned char *row = r->bytes + r->at;

        for (uint32_t x = 0; x < h->width; x++) {
            unsigned ink;

            if (!h->plain) {
                ink = row[x / 8] >> (7 - x % 8) & 1u;
            } else {
                skip_space(r);
                if (r->at == r->n)
                    return err_set(err, ERR_BAD_INPUT,
                                   "%s is cut off at byte %zu, where a bit "
                                   "should be",
                                   r->name, r->n);
                ink = r->bytes[r->at] - (unsigned)'0';
                if (ink > 1)
                    return err_set(err, ERR_BAD_INPUT,
                                   "%s, byte %zu: a bit should be 0 or 1",
                                   r->name, r->at);
                r->at++;
            }
            *to++ = ink ? 0 : 255;
        }
        if (!h->plain)
            r->at += (h->width + 7) / 8;
    }
    return OK;
}

enum status pnm_decode(struct picture *out, const void *bytes, size_t n,
                       const char *name, struct err *err)
{
    struct reader r = {.bytes = bytes, .n = n, .name = name};
    struct picture picture;
    struct header h;
    uint64_t least;
    enum status status = read_header(&h, &r, err);

    if (status != OK)
        return status;
    least = least_bytes(&h);
    if (n - r.at < least)
        return err_set(err, ERR_BAD_INPUT,
                       "%s is cut off: %u x %u pixels need %llu bytes after "
                       "the header, and %zu are there",
                       name, h.width, h.height, (unsigned long long)least,
                       n - r.at);
    status = picture_new(&picture, h.width, h.height, h.channels, name, err);
    if (status != OK)
        return status;
    status = h.bits ? read_bits(picture.pixels, &h, &r, err)
                    : read_samples(picture.pixels, &h, &r, err);
    if (status == OK)
        *out = picture;
    else
        picture_release(&picture);
    return status;
}
