#include <config.h>

#include "formats/npyhead.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define HOST_ORDER '>'
#else
#define HOST_ORDER '<'
#endif

/* The value after 'KEY': in the header's dict, or NULL. */
static const char *dict_value(const char *dict, const char *key)
{
    size_t n = strlen(key);

    for (const char *p = dict; (p = strstr(p, key)) != NULL; p += n) {
        const char *q = p + n + 1;

        if (p == dict || (p[-1] != '\'' && p[-1] != '"') || p[n] != p[-1])
            continue;
        q += strspn(q, " ");
        if (*q == ':')
            return q + 1 + strspn(q + 1, " ");
    }
    return NULL;
}

static enum status refuse_type(const char *v, const char *name, struct err *err)
{
    if (*v == '[')
        return err_set(err, ERR_BAD_INPUT,
                       "%s: its elements are structures: save one field of "
                       "them as float32 (a['field'].astype('float32'))",
                       name);
    v += *v != '\0';
    if (*v == '|' && v[1] == 'O')
        return err_set(err, ERR_BAD_INPUT,
                       "%s: its elements are Python objects, which Python "
                       "alone can read: save numbers "
                       "(numpy.stack(a).astype('float32'))",
                       name);
    return err_set(err, ERR_BAD_INPUT,
                   "%s: elements of type %.*s: save it as float32 "
                   "(a.astype('float32'))",
                   name, (int)strcspn(v, "'\""), v);
}

/* '<f4', '|i1', ...: order, kind, width. */
static enum status parse_type(struct npyhead *h, const char *dict,
                              const char *name, struct err *err)
{
    const char *v = dict_value(dict, "descr");
    unsigned width;

    if (v == NULL || (*v != '\'' && *v != '"' && *v != '['))
        return err_set(err, ERR_BAD_INPUT, "%s: its header has no 'descr'",
                       name);
    if (*v == '[' || strchr("<>|=", v[1]) == NULL || v[1] == '\0' ||
        strchr("fiu", v[2]) == NULL || v[2] == '\0' || v[3] < '1' ||
        v[3] > '8' || (v[4] != '\'' && v[4] != '"'))
        return refuse_type(v, name, err);
    width = (unsigned)(v[3] - '0');
    if ((width & (width - 1)) != 0 || (v[2] == 'f' && width == 1) ||
        (v[1] == '|' && width != 1))
        return refuse_type(v, name, err);
    h->kind = v[2];
    h->width = width;
    h->swap = width > 1 && v[1] != '=' && v[1] != HOST_ORDER;
    return OK;
}

static enum status parse_order(struct npyhead *h, const char *dict,
                               const char *name, struct err *err)
{
    const char *v = dict_value(dict, "fortran_order");

    if (v == NULL || (!str_starts(v, "True") && !str_starts(v, "False")))
        return err_set(err, ERR_BAD_INPUT,
                       "%s: its header has no 'fortran_order'", name);
    h->fortran = v[0] == 'T';
    return OK;
}

static enum status bad_shape(const char *name, const char *shape, uint64_t most,
                             struct err *err)
{
    return err_set(err, ERR_BAD_INPUT,
                   "%s: shape %.*s: 1 to %d dimensions, none of them 0, and "
                   "at most %llu GiB are read",
                   name, (int)strcspn(shape, ")") + 1, shape, NPYHEAD_DIMS_MAX,
                   (unsigned long long)most >> 30);
}

static enum status parse_shape(struct npyhead *h, const char *dict,
                               const char *name, uint64_t most, struct err *err)
{
    const char *shape = dict_value(dict, "shape"), *p;

    if (shape == NULL || *shape != '(')
        return err_set(err, ERR_BAD_INPUT, "%s: its header has no 'shape'",
                       name);
    h->dims = 0;
    h->count = 1;
    for (int d = 0; d < NPYHEAD_DIMS_MAX; d++)
        h->shape[d] = 1;
    for (p = shape + 1; *p != ')';) {
        unsigned long long side;
        char *end;

        if (*p < '0' || *p > '9' || h->dims == NPYHEAD_DIMS_MAX)
            return bad_shape(name, shape, most, err);
        errno = 0;
        side = strtoull(p, &end, 10);
        if (errno != 0 || side == 0 || side > most ||
            __builtin_mul_overflow(h->count, (size_t)side, &h->count) ||
            h->count > most / h->width)
            return bad_shape(name, shape, most, err);
        h->shape[h->dims++] = (size_t)side;
        p = end + strspn(end, " ");
        if (*p == ',')
            p += 1 + strspn(p + 1, " ");
        else if (*p != ')')
            return bad_shape(name, shape, most, err);
    }
    return h->dims ? OK : bad_shape(name, shape, most, err);
}

static enum status cut_off(const char *name, struct err *err)
{
    return err_set(err, ERR_BAD_INPUT, "%s: its header is cut off or damaged",
                   name);
}

enum status npyhead_start(const unsigned char *bytes, size_t n,
                          const char *name, size_t *dict_at,
                          size_t *dict_length, struct err *err)
{
    size_t length;

    if (n < 8 || memcmp(bytes, "\x93NUMPY", 6) != 0)
        return err_set(err, ERR_BAD_INPUT,
                       "%s is no .npy file: it must begin with \\x93NUMPY "
                       "(save it with numpy.save)",
                       name);
    if (bytes[6] < 1 || bytes[6] > 3)
        return err_set(err, ERR_BAD_INPUT,
                       "%s, byte 6: version %u of .npy: 1 to 3 are read", name,
                       bytes[6]);
    if (n < (bytes[6] == 1 ? 10u : 12u))
        return cut_off(name, err);
    length = bytes[8] | (size_t)bytes[9] << 8;
    if (bytes[6] > 1)
        length |= (size_t)bytes[10] << 16 | (size_t)bytes[11] << 24;
    if (length < 1 || length > NPYHEAD_DICT_MAX)
        return err_set(err, ERR_BAD_INPUT,
                       "%s, byte 8: a header of %zu bytes: 1 to %d are read",
                       name, length, NPYHEAD_DICT_MAX);
    *dict_at = bytes[6] == 1 ? 10 : 12;
    *dict_length = length;
    return OK;
}

enum status npyhead_dict(struct npyhead *out, const char *dict,
                         const char *name, uint64_t most, struct err *err)
{
    struct npyhead h = *out;
    enum status status = parse_type(&h, dict, name, err);

    if (status == OK)
        status = parse_order(&h, dict, name, err);
    if (status == OK)
        status = parse_shape(&h, dict, name, most, err);
    if (status == OK)
        *out = h;
    return status;
}

enum status npyhead_parse(struct npyhead *out, const unsigned char *bytes,
                          size_t n, const char *name, struct err *err)
{
    struct npyhead h = {0};
    size_t at, length;
    char *dict;
    enum status status = npyhead_start(bytes, n, name, &at, &length, err);

    if (status != OK)
        return status;
    if (length > n - at)
        return cut_off(name, err);
    dict = mem_strndup((const char *)bytes + at, length);
    if (strlen(dict) != length)
        status = cut_off(name, err);
    else
        status = npyhead_dict(&h, dict, name, NPYHEAD_BYTES_MAX, err);
    free(dict);
    if (status != OK)
        return status;
    h.offset = at + length;
    if ((uint64_t)h.count * h.width > n - h.offset)
        return err_set(err, ERR_BAD_INPUT,
                       "%s is cut off: %zu of the %llu bytes of elements its "
                       "header announces: save it again",
                       name, n - h.offset,
                       (unsigned long long)h.count * h.width);
    *out = h;
    return OK;
}
