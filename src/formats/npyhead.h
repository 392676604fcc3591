#ifndef BITGROVE_FORMATS_NPYHEAD_H
#define BITGROVE_FORMATS_NPYHEAD_H

/*
 * The header of NumPy's .npy, versions 1 to 3: what the elements are, how
 * many, and where they begin. Any bytes may be given; nothing is believed
 * beyond them. Pure functions: any thread.
 *
 *     \x93NUMPY 1 0 | length | {'descr': '<f4', ...} ... \n | elements
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define NPYHEAD_DIMS_MAX  4
#define NPYHEAD_START     12          /* bytes up to the dict at most */
#define NPYHEAD_DICT_MAX  (64 * 1024) /* bytes of the dict */
#define NPYHEAD_BYTES_MAX (1ull << 46)

struct npyhead {
    char kind;                      /* 'f', 'i' or 'u', as NumPy names them */
    unsigned width;                 /* bytes of an element: 1, 2, 4, 8 */
    bool swap;                      /* of the other byte order */
    bool fortran;                   /* the first index runs fastest */
    unsigned dims;                  /* 1 to NPYHEAD_DIMS_MAX */
    size_t shape[NPYHEAD_DIMS_MAX]; /* all > 0; 1 beyond dims */
    size_t count;                   /* the product of the shape */
    size_t offset;                  /* of the elements, from the magic on */
};

/*
 * The first NPYHEAD_START bytes (or fewer, where the file ends): how long the
 * dict behind its length is, and where it begins. ERR_BAD_INPUT.
 */
enum status npyhead_start(const unsigned char *bytes, size_t n,
                          const char *name, size_t *dict_at,
                          size_t *dict_length, struct err *err) MUST_USE;

/*
 * The dict, a string. Refused with the remedy: Python objects, structures,
 * complex numbers and texts; more than most bytes of elements. *out->offset
 * is left alone.
 */
enum status npyhead_dict(struct npyhead *out, const char *dict,
                         const char *name, uint64_t most,
                         struct err *err) MUST_USE;

/* Both for bytes that hold the whole file. */
enum status npyhead_parse(struct npyhead *out, const unsigned char *bytes,
                          size_t n, const char *name, struct err *err) MUST_USE;

#endif
