#include <config.h>

#include "formats/npz.h"

#include <stdlib.h>
#include <string.h>

#include <zlib.h>

enum { FIRST_ROOM = 1 << 16 };
#define REMEDY "save it with numpy.savez"

static bool is_called(const struct zip_member *e, const char *name)
{
    size_t n = strlen(name);

    return (e->length == n ||
            (e->length == n + 4 && memcmp(e->text + n, ".npy", 4) == 0)) &&
           memcmp(e->text, name, n) == 0;
}

enum status npz_find(struct zip_member *out, const unsigned char *bytes,
                     size_t n, const char *const *names, bool alone,
                     const char *name, struct err *err)
{
    struct zip zip = {.entries = 0};
    struct zip_member e, best = {.text = NULL};
    size_t rank = SIZE_MAX;
    struct str there = STR_INIT;
    enum status status = zip_begin(&zip, bytes, n, name, REMEDY, err);
    uint64_t entries = zip.entries;

    while (status == OK && zip.entries > 0) {
        status = zip_next(&e, &zip, err);
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
        status = zip_locate(&best, &zip, err);
    if (status == OK)
        *out = best;
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
                        const struct zip_member *member, uint64_t most,
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
