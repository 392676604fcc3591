#ifndef BITGROVE_FORMATS_MATRIX_H
#define BITGROVE_FORMATS_MATRIX_H

/*
 * Matrices of numbers that stay in their file: an .npy, or a member of an
 * .npz, mapped into memory. Rows lie where the file has them, at any
 * alignment; nothing is copied but members that are compressed.
 *
 *     matrix_features() / matrix_labels()   from a file somebody names
 *     matrix_again()                        from what was noted of it
 *
 * The mapping is read-only (formats/mapping.h). Of a file that is cut short
 * while it is mapped rows become zeros in a process that guards against that;
 * ask matrix_whole() before keeping what was made of them.
 *
 * A struct matrix belongs to one thread; its rows may be read by any.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct mapping;

#define MATRIX_COLUMNS_MAX  65536
#define MATRIX_LABEL_MAX    999999
#define MATRIX_INFLATED_MAX (1ull << 30)

enum matrix_type {
    MATRIX_F16,
    MATRIX_F32,
    MATRIX_F64,
    MATRIX_I8,
    MATRIX_I16,
    MATRIX_I32,
    MATRIX_I64,
    MATRIX_U8,
    MATRIX_U16,
    MATRIX_U32,
    MATRIX_U64,
    MATRIX_TYPES
};

/* As NumPy writes it: "f2", "i8". Static. False: no such type. */
const char *matrix_type_name(enum matrix_type type);
bool matrix_type_parse(enum matrix_type *out, const char *name);

struct matrix {
    enum matrix_type type;
    size_t rows, columns;
    uint64_t offset;           /* of the first row in the file; 0 if inflated */
    size_t stride;             /* bytes from a row to the next */
    uint64_t size;             /* of the file, bytes */
    int64_t mtime;             /* of the file, nanoseconds since 1970 */
    const unsigned char *data; /* the first row */
    struct mapping *file;      /* owned, or NULL */
    void *inflated;            /* owned, or NULL */
};

/*
 * Features: a matrix (N, d) of float16, 32 or 64 in C order and this
 * machine's byte order; more dimensions behind the first are taken as one,
 * up to MATRIX_COLUMNS_MAX numbers a row. In an .npz the member features, X,
 * x, embeddings or arr_0, or the only one, and it must not be compressed. A
 * file of the other order is refused with the remedy.
 */
enum status matrix_features(struct matrix *out, const char *path,
                            struct err *err) MUST_USE;

/* Labels: (N) or (N, 1) whole numbers of 8 to 64 bits. In an .npz the member
 * labels, y, targets or arr_1. */
enum status matrix_labels(struct matrix *out, const char *path,
                          struct err *err) MUST_USE;

/* What the file begins as; what can't be read is none. */
enum matrix_file { MATRIX_NONE, MATRIX_NPY, MATRIX_NPZ };
enum matrix_file matrix_look(const char *path);

/*
 * The same features again: type, rows, columns, offset, stride and size as
 * *want notes them, and either mtime as well or content that has this digest.
 * ERR_NOT_FOUND when there is no such file, ERR_BAD_INPUT when it is another;
 * both say what was expected.
 */
enum status matrix_again(struct matrix *out, const char *path,
                         const struct matrix *want, uint64_t digest,
                         struct err *err) MUST_USE;
void matrix_release(struct matrix *matrix); /* zeroed is fine */

/* ERR_BAD_INPUT once its file, which is at path, was cut short. */
enum status matrix_whole(const struct matrix *matrix, const char *path,
                         struct err *err) MUST_USE;

/*
 * Of type, shape and content: FNV-1a over all rows up to 16 MiB, beyond that
 * over 4096 rows spread evenly, the first and the last among them. So it says
 * that a file is the same one, not that nobody touched any byte of it.
 */
uint64_t matrix_digest(const struct matrix *matrix);

/* A label: 0 to MATRIX_LABEL_MAX, or -1 if it is anything else. */
int32_t matrix_label(const struct matrix *labels, size_t row);

#endif
