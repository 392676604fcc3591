#include <config.h>

#include "formats/matrix.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "formats/mapping.h"
#include "formats/npyhead.h"
#include "formats/npz.h"

#define DIGEST_WHOLE (16u << 20) /* bytes */
#define DIGEST_ROWS  4096

static const struct {
    const char *name;
    char kind;
    unsigned width;
} types[MATRIX_TYPES] = {
    {"f2", 'f', 2}, {"f4", 'f', 4}, {"f8", 'f', 8}, {"i1", 'i', 1},
    {"i2", 'i', 2}, {"i4", 'i', 4}, {"i8", 'i', 8}, {"u1", 'u', 1},
    {"u2", 'u', 2}, {"u4", 'u', 4}, {"u8", 'u', 8},
};

static const char *const feature_names[] = {"features",   "X",     "x",
                                            "embeddings", "arr_0", NULL};
static const char *const label_names[] = {"labels", "y", "targets", "arr_1",
                                          NULL};

const char *matrix_type_name(enum matrix_type type)
{
    return types[type].name;
}

bool matrix_type_parse(enum matrix_type *out, const char *name)
{
    for (int i = 0; i < MATRIX_TYPES; i++)
        if (strcmp(types[i].name, name) == 0) {
            *out = (enum matrix_type)i;
            return true;
        }
    return false;
}

void matrix_release(struct matrix *matrix)
{
    mapping_close(matrix->file);
    free(matrix->inflated);
    memset(matrix, 0, sizeof(*matrix));
}

/* The whole file, mapped; size and mtime. */
static enum status map_file(struct matrix *m, const char *path, struct err *err)
{
    enum status status = mapping_open(&m->file, path, err);

    if (status != OK)
        return status;
    m->size = mapping_size(m->file);
    m->mtime = mapping_mtime(m->file);
    return OK;
}

enum status matrix_whole(const struct matrix *m, const char *path,
                         struct err *err)
{
    if (m->file == NULL || mapping_whole(m->file))
        return OK;
    return err_set(err, ERR_BAD_INPUT,
                   "%s was cut short, or could not be read, on the way: %llu "
                   "bytes are expected; put the whole file back and try "
                   "again",
                   path, (unsigned long long)m->size);
}

/* The .npy at bytes[0..n), which lie `base` bytes into the file. */
static enum status take_npy(struct matrix *m, const unsigned char *bytes,
                            size_t n, uint64_t base, const char *path,
                            struct err *err)
{
    struct npyhead h;
    enum status status = npyhead_parse(&h, bytes, n, path, err);

    if (status != OK)
        return status;
    if (h.swap)
        return err_set(err, ERR_BAD_INPUT,
                       "%s has its bytes in the other order: save it in this "
                       "machine's (a.astype(a.dtype.newbyteorder('=')))",
                       path);
    if (h.fortran && h.dims > 1)
        return err_set(err, ERR_BAD_INPUT,
                       "%s is in Fortran order: save it with "
                       "numpy.ascontiguousarray",
                       path);
    for (int i = 0; i < MATRIX_TYPES; i++)
        if (types[i].kind == h.kind && types[i].width == h.width)
            m->type = (enum matrix_type)i;
    m->rows = h.shape[0];
    m->columns = h.count / h.shape[0];
    m->stride = m->columns * h.width;
    m->data = bytes + h.offset;
    m->offset = base + h.offset;
    return OK;
}

static enum status take_npz(struct matrix *m, const char *const *names,
                            bool features, const char *path, struct err *err)
{
    const unsigned char *bytes = mapping_bytes(m->file);
    struct zip_member member;
    unsigned char *inflated;
    enum status status = npz_find(&member, bytes, mapping_size(m->file), names,
                                  features, path, err);

    if (status == ERR_NOT_FOUND)
        err->status = status = ERR_BAD_INPUT;
    if (status != OK)
        return status;
    if (member.stored)
        return take_npy(m, bytes + member.offset, (size_t)member.size,
                        member.offset, path, err);
    if (features)
        return err_set(err, ERR_BAD_INPUT,
                       "%s is compressed, and features are read where they "
                       "lie: save it with numpy.savez or numpy.save",
                       path);
    status =
        npz_inflate(&inflated, bytes, &member, MATRIX_INFLATED_MAX, path, err);
    if (status != OK)
        return status;
    m->inflated = inflated;
    status = take_npy(m, inflated, (size_t)member.size, 0, path, err);
    m->offset = 0;
    return status;
}

static enum status open_any(struct matrix *m, const char *path, bool features,
                            struct err *err)
{
    const char *const *names = features ? feature_names : label_names;
    enum status status = map_file(m, path, err);

    if (status != OK)
        return status;
    if (zip_is(mapping_bytes(m->file), mapping_size(m->file)))
        status = take_npz(m, names, features, path, err);
    else
        status = take_npy(m, mapping_bytes(m->file), mapping_size(m->file), 0,
                          path, err);
    return matrix_whole(m, path, err) == OK ? status : err->status;
}

enum status matrix_features(struct matrix *out, const char *path,
                            struct err *err)
{
    struct matrix m = {.file = NULL};
    enum status status = open_any(&m, path, true, err);

    if (status == ERR_NOT_FOUND)
        err->status = status = ERR_BAD_INPUT;
    if (status == OK && types[m.type].kind != 'f')
        status = err_set(err, ERR_BAD_INPUT,
                         "%s holds whole numbers (%s): features are float16, "
                         "float32 or float64 (a.astype('float32'))",
                         path, types[m.type].name);
    if (status == OK && m.columns > MATRIX_COLUMNS_MAX)
        status = err_set(err, ERR_BAD_INPUT,
                         "%s has %zu numbers a row: 1 to %d are taken", path,
                         m.columns, MATRIX_COLUMNS_MAX);
    if (status == OK && m.rows > UINT32_MAX - 1)
        status =
            err_set(err, ERR_BAD_INPUT, "%s has %zu rows: up to %u are taken",
                    path, m.rows, UINT32_MAX - 1);
    if (status == OK)
        *out = m;
    else
        matrix_release(&m);
    return status;
}

enum status matrix_labels(struct matrix *out, const char *path, struct err *err)
{
    struct matrix m = {.file = NULL};
    enum status status = open_any(&m, path, false, err);

    if (status == ERR_NOT_FOUND)
        err->status = status = ERR_BAD_INPUT;
    if (status == OK && types[m.type].kind == 'f')
        status = err_set(err, ERR_BAD_INPUT,
                         "%s holds %s numbers: labels are whole numbers "
                         "(a.astype('int64'))",
                         path, types[m.type].name);
    if (status == OK && m.columns != 1)
        status = err_set(err, ERR_BAD_INPUT,
                         "%s has %zu numbers a row: a label is one "
                         "(a.argmax(1), if they are scores)",
                         path, m.columns);
    if (status == OK)
        *out = m;
    else
        matrix_release(&m);
    return status;
}

enum matrix_file matrix_look(const char *path)
{
    unsigned char start[8];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    ssize_t n = fd < 0 ? -1 : read(fd, start, sizeof(start));

    if (fd >= 0)
        close(fd);
    if (n != (ssize_t)sizeof(start))
        return MATRIX_NONE;
    if (zip_is(start, sizeof(start)))
        return MATRIX_NPZ;
    return memcmp(start, "\x93NUMPY", 6) == 0 ? MATRIX_NPY : MATRIX_NONE;
}

static enum status another(const char *path, const struct matrix *want,
                           const char *why, struct err *err)
{
    return err_set(err, ERR_BAD_INPUT,
                   "%s is not what was imported (%s): %zu rows of %zu %s "
                   "numbers in %llu bytes are expected; put that file back, "
                   "or import this one into a data set of its own (--name)",
                   path, why, want->rows, want->columns, types[want->type].name,
                   (unsigned long long)want->size);
}

enum status matrix_again(struct matrix *out, const char *path,
                         const struct matrix *want, uint64_t digest,
                         struct err *err)
{
    struct matrix m = {.file = NULL};
    uint64_t bytes;
    enum status status = map_file(&m, path, err);

    if (status == ERR_NOT_FOUND)
        return err_set(err, ERR_NOT_FOUND,
                       "%s is gone: the features were imported from there and "
                       "stay there; put the file back (%zu rows of %zu %s "
                       "numbers, %llu bytes), or import it again from where "
                       "it is now",
                       path, want->rows, want->columns, types[want->type].name,
                       (unsigned long long)want->size);
    if (status != OK)
        return status;
    m.type = want->type;
    m.rows = want->rows;
    m.columns = want->columns;
    m.offset = want->offset;
    m.stride = want->stride;
    if (m.size != want->size) {
        status = another(path, want, "its size is another", err);
    } else if (__builtin_mul_overflow((uint64_t)m.rows, (uint64_t)m.stride,
                                      &bytes) ||
               m.offset > m.size || bytes > m.size - m.offset ||
               m.columns * types[m.type].width > m.stride) {
        status = another(path, want, "its rows don't fit", err);
    } else {
        m.data = mapping_bytes(m.file) + m.offset;
        if (m.mtime != want->mtime && matrix_digest(&m) != digest)
            status = another(path, want, "its content is another", err);
        if (matrix_whole(&m, path, err) != OK)
            status = err->status;
    }
    if (status == OK)
        *out = m;
    else
        matrix_release(&m);
    return status;
}

static uint64_t fnv(uint64_t hash, const void *bytes, size_t n)
{
    const unsigned char *p = bytes;

    for (size_t i = 0; i < n; i++)
        hash = (hash ^ p[i]) * 0x100000001b3u;
    return hash;
}

uint64_t matrix_digest(const struct matrix *m)
{
    uint64_t head[] = {(uint64_t)m->type, m->rows, m->columns};
    uint64_t hash = fnv(0xcbf29ce484222325u, head, sizeof(head));
    size_t row = m->columns * types[m->type].width, take = m->rows;

    if (m->rows > DIGEST_WHOLE / row && m->rows > DIGEST_ROWS)
        take = DIGEST_ROWS;
    for (size_t i = 0; i < take; i++) {
        size_t at = take == m->rows ? i : i * (m->rows - 1) / (take - 1);

        hash = fnv(hash, m->data + at * m->stride, row);
    }
    return hash;
}

int32_t matrix_label(const struct matrix *labels, size_t row)
{
    const unsigned char *p = labels->data + row * labels->stride;
    unsigned width = types[labels->type].width;
    uint64_t value = 0;

    memcpy((unsigned char *)&value +
               (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 8 - width : 0),
           p, width);
    /* a negative one has its highest bit set, and so is far too large: */
    if (value > MATRIX_LABEL_MAX ||
        (types[labels->type].kind == 'i' && value >> (8 * width - 1) != 0))
        return -1;
    return (int32_t)value;
}
