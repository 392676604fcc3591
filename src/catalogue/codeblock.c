#include <config.h>

#include "catalogue/codeblock.h"

#include <string.h>

enum { FIXED_BYTES = 8 + 4 + 4 + 2 + 1 + 1 };

/* Where the columns of a block begin. */
struct columns {
    size_t codes, class_ids, decoded, low, split, distance, margins;
};

static struct columns columns_of(size_t n)
{
    return (struct columns){.codes = 0,
                            .class_ids = 8 * n,
                            .decoded = 12 * n,
                            .low = 16 * n,
                            .split = 18 * n,
                            .distance = 19 * n,
                            .margins = 20 * n};
}

size_t codeblock_size(int64_t n, int bits)
{
    return (size_t)n * (size_t)(FIXED_BYTES + bits);
}

static bool fits_32(int64_t id)
{
    return id >= 0 && id <= UINT32_MAX;
}

bool codeblock_write(void *data, const struct image_codes *codes)
{
    size_t n = (size_t)codes->n;
    struct columns at = columns_of(n);
    unsigned char *bytes = data;

    for (size_t i = 0; i < n; i++) {
        uint32_t class_id = (uint32_t)codes->class_ids[i];
        uint32_t decoded = (uint32_t)codes->decoded[i];
        uint16_t low = (uint16_t)(codes->ids[i] & (CODEBLOCK_IDS - 1));

        if (!fits_32(codes->class_ids[i]) || !fits_32(codes->decoded[i]))
            return false;
        memcpy(bytes + at.class_ids + 4 * i, &class_id, 4);
        memcpy(bytes + at.decoded + 4 * i, &decoded, 4);
        memcpy(bytes + at.low + 2 * i, &low, 2);
    }
    memcpy(bytes + at.codes, codes->codes, 8 * n);
    memcpy(bytes + at.split, codes->split, n);
    memcpy(bytes + at.distance, codes->distance, n);
    memcpy(bytes + at.margins, codes->margins, n * (size_t)codes->bits);
    return true;
}

/* What is read is used as an index elsewhere. */
static bool sound(const struct image_codes *c, size_t from, size_t n)
{
    uint64_t beyond = c->bits == 64 ? 0 : ~UINT64_C(0) << c->bits;
    uint64_t seen = 0;
    unsigned split = 0, distance = 0;
    bool ascending = true;

    for (size_t i = from; i < from + n; i++) {
        seen |= c->codes[i];
        split = c->split[i] > split ? c->split[i] : split;
        distance = c->distance[i] > distance ? c->distance[i] : distance;
    }
    for (size_t i = from + 1; i < from + n; i++)
        ascending &= c->ids[i - 1] < c->ids[i];
    return ascending && (seen & beyond) == 0 && split <= SPLIT_OOD &&
           distance <= (unsigned)c->bits;
}

bool codeblock_read(struct image_codes *codes, int64_t block, const void *data,
                    int64_t n, size_t size)
{
    struct columns at = columns_of((size_t)n);
    const unsigned char *bytes = data;
    size_t from = (size_t)codes->n, rows = (size_t)n;

    if (n < 1 || n > CODEBLOCK_IDS || size != codeblock_size(n, codes->bits))
        return false;
    for (size_t i = 0; i < rows; i++) {
        uint32_t class_id, decoded;
        uint16_t low;

        memcpy(&class_id, bytes + at.class_ids + 4 * i, 4);
        memcpy(&decoded, bytes + at.decoded + 4 * i, 4);
        memcpy(&low, bytes + at.low + 2 * i, 2);
        if (low >= CODEBLOCK_IDS)
            return false;
        codes->ids[from + i] = block * CODEBLOCK_IDS + low;
        codes->class_ids[from + i] = class_id;
        codes->decoded[from + i] = decoded;
    }
    memcpy(codes->codes + from, bytes + at.codes, 8 * rows);
    memcpy(codes->split + from, bytes + at.split, rows);
    memcpy(codes->distance + from, bytes + at.distance, rows);
    memcpy(codes->margins + from * (size_t)codes->bits, bytes + at.margins,
           rows * (size_t)codes->bits);
    if (!sound(codes, from, rows))
        return false;
    codes->n += n;
    return true;
}
