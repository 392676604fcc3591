#ifndef BITGROVE_FORMATS_ZIP_H
#define BITGROVE_FORMATS_ZIP_H

/*
 * The directory of a zip archive, and where the bytes of a member lie: NumPy's
 * .npz, PyTorch's .pth. Zip64 too. libzip does not tell where in the file a
 * member is, and so nothing could be mapped or read in place with it.
 *
 *     zip_begin(), then zip_next() for each member, zip_locate() for those
 *     that are wanted
 *
 * Works on the bytes of the archive, any bytes: nothing is believed beyond
 * them. Pure functions: any thread.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct zip {
    const unsigned char *bytes; /* the archive; all of these borrowed */
    size_t n;
    const char *name;        /* of the file, for messages */
    const char *remedy;      /* "save it with ...", for messages */
    const unsigned char *at; /* the next entry of the directory */
    uint64_t entries;        /* from there on */
};

struct zip_member {
    const char *text; /* its name, not ended; borrowed from the archive */
    size_t length;
    bool stored;     /* as it is: offset and size say where */
    uint64_t offset; /* of its bytes in the archive; zip_locate() */
    uint64_t packed; /* bytes in the archive */
    uint64_t size;   /* bytes when unpacked */
    uint32_t crc;    /* CRC-32 of these */
    uint64_t local;  /* offset of its local header */
    unsigned flags, method;
};

/* Whether the bytes begin as an archive does. */
bool zip_is(const unsigned char *bytes, size_t n);

/* ERR_BAD_INPUT says what is damaged; so do the others. */
enum status zip_begin(struct zip *out, const unsigned char *bytes, size_t n,
                      const char *name, const char *remedy,
                      struct err *err) MUST_USE;

/* The next of zip->entries, which are counted down; there must be one. */
enum status zip_next(struct zip_member *out, struct zip *zip,
                     struct err *err) MUST_USE;

/* Sets offset and stored. Refused: encrypted ones, and other compressions
 * than deflate. */
enum status zip_locate(struct zip_member *member, const struct zip *zip,
                       struct err *err) MUST_USE;

#endif
