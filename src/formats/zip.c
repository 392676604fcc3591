#include <config.h>

#include "formats/zip.h"

/*
 * APPNOTE.TXT of PKWARE, 4.3: local headers with their data come first, then
 * the central directory, then its end record, which may have a comment of up
 * to 64 KiB behind it. Numbers are little-endian and unaligned.
 */
enum {
    LOCAL = 0x04034b50,
    CENTRAL = 0x02014b50,
    END = 0x06054b50,
    END64 = 0x06064b50,
    LOCATOR64 = 0x07064b50,
    LOCAL_SIZE = 30,
    CENTRAL_SIZE = 46,
    END_SIZE = 22,
    END64_SIZE = 56,
    LOCATOR_SIZE = 20,
    COMMENT_MAX = 65535,
    EXTRA_64 = 1, /* the extra field with sizes of 64 bits */
    STORED = 0,
    DEFLATED = 8,
    ENCRYPTED = 1, /* a flag */
};

static uint64_t number(const unsigned char *p, int bytes)
{
    uint64_t value = 0;

    for (int i = bytes - 1; i >= 0; i--)
        value = value << 8 | p[i];
    return value;
}

static enum status damaged(const struct zip *zip, const char *what,
                           struct err *err)
{
    return err_set(err, ERR_BAD_INPUT,
                   "%s: its zip directory is damaged (%s): %s", zip->name, what,
                   zip->remedy);
}

bool zip_is(const unsigned char *bytes, size_t n)
{
    return n >= 4 && (number(bytes, 4) == LOCAL || number(bytes, 4) == END);
}

enum status zip_begin(struct zip *out, const unsigned char *bytes, size_t n,
                      const char *name, const char *remedy, struct err *err)
{
    struct zip zip = {bytes, n, name, remedy, NULL, 0};
    size_t most = END_SIZE + COMMENT_MAX, end;
    uint64_t offset;

    if (n < END_SIZE)
        return damaged(&zip, "no end", err);
    for (end = n - END_SIZE; number(bytes + end, 4) != END; end--)
        if (end == 0 || n - end >= most)
            return damaged(&zip, "no end", err);
    zip.entries = number(bytes + end + 10, 2);
    offset = number(bytes + end + 16, 4);
    if (end >= LOCATOR_SIZE &&
        number(bytes + end - LOCATOR_SIZE, 4) == LOCATOR64) {
        uint64_t at = number(bytes + end - LOCATOR_SIZE + 8, 8);

        if (at > n || n - at < END64_SIZE || number(bytes + at, 4) != END64)
            return damaged(&zip, "no zip64 end", err);
        zip.entries = number(bytes + at + 32, 8);
        offset = number(bytes + at + 48, 8);
    }
    if (offset > n || zip.entries > (n - offset) / CENTRAL_SIZE)
        return damaged(&zip, "its entries don't fit", err);
    zip.at = bytes + offset;
    *out = zip;
    return OK;
}

/* Sizes that didn't fit 32 bits stand in an extra field, in this order. */
static bool widen(struct zip_member *e, const unsigned char *extra, size_t n)
{
    uint64_t *wide[] = {&e->size, &e->packed, &e->local};

    while (n >= 4) {
        size_t id = number(extra, 2), length = number(extra + 2, 2), at = 4;

        if (length > n - 4)
            return false;
        for (int i = 0; i < 3 && id == EXTRA_64; i++) {
            if (*wide[i] != 0xffffffff)
                continue;
            if (at + 8 > 4 + length)
                return false;
            *wide[i] = number(extra + at, 8);
            at += 8;
        }
        extra += 4 + length;
        n -= 4 + length;
    }
    return true;
}

enum status zip_next(struct zip_member *out, struct zip *zip, struct err *err)
{
    const unsigned char *p = zip->at;
    size_t left = zip->n - (size_t)(p - zip->bytes), text, extra, all;

    if (left < CENTRAL_SIZE || number(p, 4) != CENTRAL)
        return damaged(zip, "an entry is missing", err);
    text = number(p + 28, 2);
    extra = number(p + 30, 2);
    all = CENTRAL_SIZE + text + extra + number(p + 32, 2);
    if (all > left)
        return damaged(zip, "an entry is cut off", err);
    *out = (struct zip_member){
        .text = (const char *)p + CENTRAL_SIZE,
        .length = text,
        .packed = number(p + 20, 4),
        .size = number(p + 24, 4),
        .crc = (uint32_t)number(p + 16, 4),
        .local = number(p + 42, 4),
        .flags = (unsigned)number(p + 8, 2),
        .method = (unsigned)number(p + 10, 2),
    };
    if (!widen(out, p + CENTRAL_SIZE + text, extra))
        return damaged(zip, "an extra field is cut off", err);
    zip->at += all;
    zip->entries--;
    return OK;
}

/* The bytes begin behind the local header, whose length is its own. */
enum status zip_locate(struct zip_member *member, const struct zip *zip,
                       struct err *err)
{
    const unsigned char *bytes = zip->bytes;
    uint64_t at = member->local, n = zip->n;

    if (member->flags & ENCRYPTED)
        return err_set(err, ERR_BAD_INPUT, "%s: %.*s is encrypted: %s",
                       zip->name, (int)member->length, member->text,
                       zip->remedy);
    if (member->method != STORED && member->method != DEFLATED)
        return err_set(err, ERR_BAD_INPUT,
                       "%s: %.*s is compressed in a way (%u) that is not "
                       "read: %s",
                       zip->name, (int)member->length, member->text,
                       member->method, zip->remedy);
    if (at > n || n - at < LOCAL_SIZE || number(bytes + at, 4) != LOCAL)
        return damaged(zip, "a local header is missing", err);
    at += LOCAL_SIZE + number(bytes + at + 26, 2) + number(bytes + at + 28, 2);
    if (at > n || member->packed > n - at)
        return damaged(zip, "a member is cut off", err);
    if (member->method == STORED && member->packed != member->size)
        return damaged(zip, "a member has two sizes", err);
    member->offset = at;
    member->stored = member->method == STORED;
    return OK;
}
