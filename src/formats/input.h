#ifndef BITGROVE_FORMATS_INPUT_H
#define BITGROVE_FORMATS_INPUT_H

/*
 * The bytes of a file, gzip or not, read from front to back. What a file
 * claims about its size is never believed: memory grows with the bytes that
 * really arrive, so that a forged header can't claim gigabytes. Errors name
 * the file, and the byte when there is one (counted after decompression).
 * One thread at a time.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct gzFile_s;

struct input {
    struct gzFile_s *gz;
    const char *name; /* borrowed: for messages */
    uint64_t size;    /* bytes of the file, as it lies there */
    uint64_t offset;  /* bytes given out so far */
};

/* path is borrowed until input_close(). Regular files that hold something. */
enum status MUST_USE input_open(struct input *out, const char *path,
                                struct err *err);

void input_close(struct input *in);

/*
 * Up to want bytes into buffer; *got < want only where the file ends. A gzip
 * stream that is damaged or cut off is an error, not an end.
 */
enum status MUST_USE input_read(struct input *in, void *buffer, size_t want,
                                size_t *got, struct err *err);

/*
 * The next want bytes, or fewer where the file ends, in *data, which the
 * caller frees (also when *got is 0). ERR_NOMEM when they don't fit.
 */
enum status MUST_USE input_take(struct input *in, uint64_t want,
                                unsigned char **data, size_t *got,
                                struct err *err);

/* All of a file, for small ones; more than max bytes is ERR_BAD_INPUT. */
enum status MUST_USE input_whole(const char *path, size_t max,
                                 unsigned char **data, size_t *got,
                                 struct err *err);

#endif
