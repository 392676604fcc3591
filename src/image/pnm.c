#include <config.h>

#include "image/pnm.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/mem.h"

struct reader {
    const unsigned char *bytes;
    size_t at, n;
    const char *name;
};

struct header {
    bool plain;
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

    if (kind != '2' && kind != '3' && kind != '5' && kind != '6')
        return err_set(err, ERR_BAD_INPUT,
                       "%s is no PGM or PPM picture: it must begin with P2, "
                       "P3, P5 or P6 (convert it, e.g. with pngtopnm)",
                       r->name);
    h->plain = kind == '2' || kind == '3';
    h->channels = kind == '3' || kind == '6' ? 3 : 1;
    r->at = 2;
    status = read_number(r, &h->width, "the width", 1, PNM_SIDE_MAX, err);
    if (status == OK)
        status = read_number(r, &h->height, "the height", 1, PNM_SIDE_MAX, err);
    if (status == OK)
        status = read_number(r, &h->top, "the highest value", 1, 65535, err);
    if (status != OK)
        return status;
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

enum status pnm_decode(struct picture *out, const void *bytes, size_t n,
                       const char *name, struct err *err)
{
    struct reader r = {.bytes = bytes, .n = n, .name = name};
    struct header h;
    size_t samples, least;
    uint8_t *pixels;
    enum status status = read_header(&h, &r, err);

    if (status != OK)
        return status;
    samples = (size_t)h.width * h.height * h.channels;
    /* Plain samples take a digit and a space each, but for the last. */
    least = h.plain ? 2 * samples - 1 : samples * (h.top > 255 ? 2 : 1);
    if (n - r.at < least)
        return err_set(err, ERR_BAD_INPUT,
                       "%s is cut off: %u x %u pixels need %zu bytes after "
                       "the header, and %zu are there",
                       name, h.width, h.height, least, n - r.at);
    pixels = mem_large(samples, 1);
    if (pixels == NULL)
        return err_set(err, ERR_NOMEM, "%s: no memory for %u x %u pixels", name,
                       h.width, h.height);
    for (size_t i = 0; i < samples; i++) {
        uint32_t value;

        status = read_sample(&r, &h, &value, err);
        if (status != OK) {
            free(pixels);
            return status;
        }
        pixels[i] = (uint8_t)((value * 255u + h.top / 2) / h.top);
    }
    out->width = h.width;
    out->height = h.height;
    out->channels = h.channels;
    out->pixels = pixels;
    return OK;
}
