#include <config.h>

#include "formats/proto.h"

#include <string.h>

enum { VARINT, FIXED64, BYTES, FIXED32 = 5 };

size_t proto_length(const struct proto *p)
{
    return (size_t)(p->end - p->at);
}

bool proto_varint(struct proto *p, uint64_t *out)
{
    const unsigned char *at = p->at;
    uint64_t value = 0;

    for (int shift = 0; at < p->end && shift < 64; shift += 7) {
        value |= (uint64_t)(*at & 0x7f) << shift;
        if (*at++ & 0x80)
            continue;
        p->at = at;
        *out = value;
        return true;
    }
    return false;
}

static bool fixed(struct proto *p, int bytes, uint64_t *out)
{
    if (proto_length(p) < (size_t)bytes)
        return false;
    *out = 0;
    for (int i = bytes - 1; i >= 0; i--)
        *out = *out << 8 | p->at[i];
    p->at += bytes;
    return true;
}

bool proto_next(struct proto *p, struct proto_field *out)
{
    struct proto rest = *p;
    uint64_t key, length;
    bool good;

    if (!proto_varint(&rest, &key) || key >> 3 == 0 || key >> 3 > UINT32_MAX)
        return false;
    *out = (struct proto_field){.number = (uint32_t)(key >> 3)};
    switch (key & 7) {
    case VARINT:
        good = proto_varint(&rest, &out->value);
        break;
    case FIXED64:
        good = fixed(&rest, 8, &out->value);
        break;
    case FIXED32:
        good = fixed(&rest, 4, &out->value);
        break;
    case BYTES:
        good = proto_varint(&rest, &length) && length <= proto_length(&rest);
        if (good) {
            out->bytes = true;
            out->inner = (struct proto){rest.at, rest.at + length};
            rest.at += length;
        }
        break;
    default:
        good = false;
    }
    if (good)
        *p = rest;
    return good;
}
