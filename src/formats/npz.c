#include <config.h>

#include "formats/npz.h"

#include <stdlib.h>
#include <string.h>

#include <zlib.h>

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
    FIRST_ROOM = 1 << 16,
};

static uint64_t number(const unsigned char *p, int bytes)
{
    uint64_t value = 0;

    for (int i = bytes - 1; i >= 0; i--)
        value = value << 8 | p[i];
    return value;
}

static enum status damaged(const char *name, const char *what, struct err *err)
{
    return err_set(err, ERR_BAD_INPUT,
                   "%s: its zip directory is damaged (%s): save it again "
                   "(numpy.savez)",
                   name, what);
}

bool npz_is(const unsigned char *bytes, size_t n)
{
    return n >= 4 && (number(bytes, 4) == LOCAL || number(bytes, 4) == END);
}

struct directory {
    const unsigned char *at; /* of the next entry */
    size_t left;             /* bytes from there to the end of the archive */
    uint64_t entries;
};

static enum status find_directory(struct directory *out,
                                  const unsigned char *bytes, size_t n,
                                  const char *name, struct err *err)
{
    size_t most = END_SIZE + COMMENT_MAX, end;
    uint64_t entries, offset;

    if (n < END_SIZE)
        return damaged(name, "no end", err);
    for (end = n - END_SIZE; number(bytes + end, 4) != END; end--)
        if (end == 0 || n - end >= most)
            return damaged(name, "no end", err);
    entries = number(bytes + end + 10, 2);
    offset = number(bytes + end + 16, 4);
    if (end >= LOCATOR_SIZE &&
        number(bytes + end - LOCATOR_SIZE, 4) == LOCATOR64) {
        uint64_t at = number(bytes + end - LOCATOR_SIZE + 8, 8);

        if (at > n || n - at < END64_SIZE || number(bytes + at, 4) != END64)
            return damaged(name, "no zip64 end", err);
        entries = number(bytes + at + 32, 8);
        offset = number(bytes + at + 48, 8);
    }
    if (offset > n || entries > (n - offset) / CENTRAL_SIZE)
        return damaged(name, "its entries don't fit", err);
    *out = (struct directory){bytes + offset, (size_t)(n - offset), entries};
    return OK;
}

struct entry {
    struct npz_member member;
    const char *text; /* its name, not ended */
    size_t length;
    uint64_t local; /* offset of its local header */
    unsigned flags, method;
};

/* Sizes that didn't fit 32 bits stand in an extra field, in this order. */
static bool widen(struct entry *e, const unsigned char *extra, size_t n)
{
    uint64_t *wide[] = {&e->member.size, &e->member.packed, &e->local};

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

static enum status next_entry(struct entry *out, struct directory *d,
                              const char *name, struct err *err)
{
    const unsigned char *p = d->at;
    size_t text, extra, all;

    if (d->left < CENTRAL_SIZE || number(p, 4) != CENTRAL)
        return damaged(name, "an entry is missing", err);
    text = number(p + 28, 2);
    extra = number(p + 30, 2);
    all = CENTRAL_SIZE + text + extra + number(p + 32, 2);
    if (all > d->left)
        return damaged(name, "an entry is cut off", err);
    *out = (struct entry){
        .member = {.packed = number(p + 20, 4),
                   .size = number(p + 24, 4),
                   .crc = (uint32_t)number(p + 16, 4)},
        .text = (const char *)p + CENTRAL_SIZE,
        .length = text,
        .local = number(p + 42, 4),
        .flags = (unsigned)number(p + 8, 2),
        .method = (unsigned)number(p + 10, 2),
    };
    if (!widen(out, p + CENTRAL_SIZE + text, extra))
        return damaged(name, "an extra field is cut off", err);
    d->at += all;
    d->left -= all;
    d->entries--;
    return OK;
}

/* Where the bytes begin: behind the local header, whose length is its own. */
static enum status locate(struct entry *e, const unsigned char *bytes, size_t n,
                          const char *name, struct err *err)
{
    uint64_t at = e->local;

    if (e->flags & ENCRYPTED)
        return err_set(err, ERR_BAD_INPUT,
                       "%s: %.*s is encrypted: save it with numpy.savez", name,
                       (int)e->length, e->text);
    if (e->method != STORED && e->method != DEFLATED)
        return err_set(err, ERR_BAD_INPUT,
                       "%s: %.*s is compressed in a way (%u) that is not "
                       "read: save it with numpy.savez",
                       name, (int)e->length, e->text, e->method);
    if (at > n || n - at < LOCAL_SIZE || number(bytes + at, 4) != LOCAL)
        return damaged(name, "a local header is missing", err);
    at += LOCAL_SIZE + number(bytes + at + 26, 2) + number(bytes + at + 28, 2);
    if (at > n || e->member.packed > n - at)
        return damaged(name, "a member is cut off", err);
    if (e->method == STORED && e->member.packed != e->member.size)
        return damaged(name, "a member has two sizes", err);
    e->member.offset = at;
    e->member.stored = e->method == STORED;
    return OK;
}

static bool is_called(const struct entry *e, const char *name)
{
    size_t n = strlen(name);

    return (e->length == n ||
            (e->length == n + 4 && memcmp(e->text + n, ".npy", 4) == 0)) &&
           memcmp(e->text, name, n) == 0;
}

enum status npz_find(struct npz_member *out, const unsigned char *bytes,
                     size_t n, const char *const *names, bool alone,
                     const char *name, struct err *err)
{
    struct directory d = {NULL, 0, 0};
    struct entry e, best = {.text = NULL};
    size_t rank = SIZE_MAX;
    struct str there = STR_INIT;
    enum status status = find_directory(&d, bytes, n, name, err);
    uint64_t entries = status == OK ? d.entries : 0;

    while (status == OK && d.entries > 0) {
        status = next_entry(&e, &d, name, err);
        if (status != OK)
            break;
        if (there.length < 256)
            str_addf(&there, "%s%.*s", there.length ? ", " : "",
                     (int)(e.length < 64 ? e.length : 64), e.text);
        if (alone && entries == 1)
            best = e;
        for (size_t i = 0; i < rank && names[i] != NULL; i++)
            if (is_called(&e, names[i])) {
                rank = i;
                best = e;
                break;
            }
    }
    if (status == OK && best.text == NULL)
        status = err_set(err, ERR_NOT_FOUND,
                         "%s has no member called %s.npy; it holds: %s", name,
                         names[0], there.text);
    str_release(&there);
    if (status == OK)
        status = locate(&best, bytes, n, name, err);
    if (status == OK)
        *out = best.member;
    return status;
}

/* Inflates into a buffer that grows with what arrives. */
static bool inflate_all(z_stream *z, unsigned char **data, uint64_t size)
{
    size_t room = size < FIRST_ROOM ? (size_t)size + 1 : FIRST_ROOM;
    size_t used = 0;
    int rc = Z_OK;

    *data = malloc(room);
    while (*data != NULL && rc == Z_OK) {
        size_t part;

        if (used == room) {
            unsigned char *grown;

            if (room > size)
                return false; /* more than it announced */
            room = room < (size + 1) / 2 ? room * 2 : (size_t)size + 1;
            grown = realloc(*data, room);
            if (grown == NULL)
                return false;
            *data = grown;
        }
        part = room - used < (1u << 30) ? room - used : 1u << 30;
        z->next_out = *data + used;
        z->avail_out = (uInt)part;
        rc = inflate(z, Z_NO_FLUSH);
        used += part - z->avail_out;
        if (rc == Z_OK && z->avail_out > 0 && z->avail_in == 0)
            return false; /* cut off */
    }
    return rc == Z_STREAM_END && used == size;
}

enum status npz_inflate(unsigned char **data, const unsigned char *bytes,
                        const struct npz_member *member, uint64_t most,
                        const char *name, struct err *err)
{
    z_stream z = {.next_in = NULL};
    unsigned char *out = NULL;
    bool whole;

    if (member->size > most || member->packed > UINT32_MAX)
        return err_set(err, ERR_BAD_INPUT,
                       "%s is compressed and too large to be inflated: save "
                       "it with numpy.savez or numpy.save",
                       name);
    if (inflateInit2(&z, -15) != Z_OK)
        return err_set(err, ERR_NOMEM, "no memory to inflate %s", name);
    /* zlib reads next_in only; its type lacks the const */
    memcpy(&z.next_in, &(const unsigned char *){bytes + member->offset},
           sizeof(z.next_in));
    z.avail_in = (uInt)member->packed;
    whole = inflate_all(&z, &out, member->size);
    inflateEnd(&z);
    if (whole && crc32_z(0, out, (size_t)member->size) == member->crc) {
        *data = out;
        return OK;
    }
    free(out);
    return err_set(err, ERR_BAD_INPUT,
                   "%s: what is compressed in it is damaged: save it again",
                   name);
}
