#ifndef BITGROVE_FORMATS_PROTO_H
#define BITGROVE_FORMATS_PROTO_H

/*
 * The wire format of Protocol Buffers, read in place: fields one after the
 * other, nothing copied or allocated, so no claim of a message costs memory.
 * Why not libprotobuf or protobuf-c: both build a copy of the whole message
 * before anybody can look at its sizes, weights included. Any bytes may be
 * given. Pure functions: any thread.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of a message that are still to be read; borrowed. */
struct proto {
    const unsigned char *at, *end;
};

struct proto_field {
    uint32_t number;
    bool bytes;         /* a text, bytes, a message or packed numbers */
    struct proto inner; /* these */
    uint64_t value;     /* or a number: 32 or 64 bits of it */
};

/* The next field; false at the end, and where the bytes are damaged, which
 * leaves at != end. */
bool proto_next(struct proto *p, struct proto_field *out);

/* The next number of packed ones; false at the end and where damaged. */
bool proto_varint(struct proto *p, uint64_t *out);

size_t proto_length(const struct proto *p);

#endif
