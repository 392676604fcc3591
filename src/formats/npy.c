#include <config.h>

#include "formats/npy.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "formats/input.h"

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define HOST_ORDER '>'
#else
#define HOST_ORDER '<'
#endif

enum { MAGIC = 6, HEADER_MAX = 64 * 1024 };

static const struct {
    char letter;
    unsigned width;
} types[] = {
    [NPY_F32] = {'f', 4},
    [NPY_U8] = {'u', 1},
    [NPY_U64] = {'u', 8},
    [NPY_I64] = {'i', 8},
};

enum status npy_write_header(FILE *out, const char *name, enum npy_type type,
                             unsigned dims, const size_t *shape,
                             struct err *err)
{
    struct str s = STR_INIT;
    char order = types[type].width == 1 ? '|' : HOST_ORDER;
    size_t length;
    bool written;

    assert(dims >= 1 && dims <= NPY_DIMS_MAX);
    str_addf(&s, "{'descr': '%c%c%u', 'fortran_order': False, 'shape': (",
             order, types[type].letter, types[type].width);
    for (unsigned d = 0; d < dims; d++)
        str_addf(&s, d ? ", %zu" : "%zu", shape[d]);
    str_add(&s, dims == 1 ? ",), }" : "), }");
    /* Padded so that the elements begin at a multiple of 64 bytes. */
    while ((MAGIC + 4 + s.length + 1) % 64 != 0)
        str_add_char(&s, ' ');
    str_add_char(&s, '\n');
    length = s.length;
    written = fwrite("\x93NUMPY\x01\x00", 1, 8, out) == 8 &&
              putc((int)(length & 0xff), out) != EOF &&
              putc((int)(length >> 8), out) != EOF &&
              fwrite(s.text, 1, length, out) == length;
    str_release(&s);
    return written ? OK : err_sys(err, errno, "cannot write %s", name);
}

enum status npy_write(FILE *out, const char *name, enum npy_type type,
                      unsigned dims, const size_t *shape, const void *data,
                      struct err *err)
{
    size_t count = 1;
    enum status status = npy_write_header(out, name, type, dims, shape, err);

    if (status != OK)
        return status;
    for (unsigned d = 0; d < dims; d++)
        count *= shape[d];
    if (fwrite(data, types[type].width, count, out) != count)
        return err_sys(err, errno, "cannot write %s", name);
    return OK;
}

struct header {
    unsigned width; /* 4 or 8 */
    bool swap;
    bool fortran;
};

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

static enum status parse_type(struct header *h, const char *dict,
                              const char *name, struct err *err)
{
    const char *v = dict_value(dict, "descr");

    if (v == NULL || (*v != '\'' && *v != '"'))
        return err_set(err, ERR_BAD_INPUT, "%s: its header has no 'descr'",
                       name);
    v++;
    if ((v[0] != '<' && v[0] != '>') || v[1] != 'f' ||
        (v[2] != '4' && v[2] != '8') || (v[3] != '\'' && v[3] != '"'))
        return err_set(err, ERR_BAD_INPUT,
                       "%s: elements of type %.*s: save it as float32 "
                       "(a.astype('float32'))",
                       name, (int)strcspn(v, "'\""), v);
    h->width = v[2] == '4' ? 4 : 8;
    h->swap = v[0] != HOST_ORDER;
    return OK;
}

static enum status parse_order(struct header *h, const char *dict,
                               const char *name, struct err *err)
{
    const char *v = dict_value(dict, "fortran_order");

    if (v == NULL || (!str_starts(v, "True") && !str_starts(v, "False")))
        return err_set(err, ERR_BAD_INPUT,
                       "%s: its header has no 'fortran_order'", name);
    h->fortran = v[0] == 'T';
    return OK;
}

static enum status bad_shape(const char *name, const char *shape,
                             struct err *err)
{
    return err_set(err, ERR_BAD_INPUT,
                   "%s: shape %.*s: 1 to %d dimensions, none of them 0, and "
                   "at most %llu GiB are read",
                   name, (int)strcspn(shape, ")") + 1, shape, NPY_DIMS_MAX,
                   NPY_BYTES_MAX >> 30);
}

static enum status parse_shape(struct npy *npy, unsigned width,
                               const char *dict, const char *name,
                               struct err *err)
{
    const char *shape = dict_value(dict, "shape"), *p;

    if (shape == NULL || *shape != '(')
        return err_set(err, ERR_BAD_INPUT, "%s: its header has no 'shape'",
                       name);
    npy->dims = 0;
    npy->count = 1;
    for (int d = 0; d < NPY_DIMS_MAX; d++)
        npy->shape[d] = 1;
    for (p = shape + 1; *p != ')';) {
        unsigned long long side;
        char *end;

        if (*p < '0' || *p > '9' || npy->dims == NPY_DIMS_MAX)
            return bad_shape(name, shape, err);
        errno = 0;
        side = strtoull(p, &end, 10);
        if (errno != 0 || side == 0 || side > NPY_BYTES_MAX ||
            __builtin_mul_overflow(npy->count, (size_t)side, &npy->count) ||
            npy->count > NPY_BYTES_MAX / width)
            return bad_shape(name, shape, err);
        npy->shape[npy->dims++] = (size_t)side;
        p = end + strspn(end, " ");
        if (*p == ',')
            p += 1 + strspn(p + 1, " ");
        else if (*p != ')')
            return bad_shape(name, shape, err);
    }
    return npy->dims ? OK : bad_shape(name, shape, err);
}

/* The dict as text in *dict, which the caller frees. */
static enum status read_dict(struct input *in, char **dict, struct err *err)
{
    unsigned char m[12], *text;
    size_t got, length;
    enum status status = input_read(in, m, 8, &got, err);

    if (status != OK)
        return status;
    if (got < 8 || memcmp(m, "\x93NUMPY", MAGIC) != 0)
        return err_set(err, ERR_BAD_INPUT,
                       "%s is no .npy file: it must begin with \\x93NUMPY "
                       "(save it with numpy.save)",
                       in->name);
    if (m[6] < 1 || m[6] > 3)
        return err_set(err, ERR_BAD_INPUT,
                       "%s, byte 6: version %u of .npy: 1 to 3 are read",
                       in->name, m[6]);
    status = input_read(in, m, m[6] == 1 ? 2 : 4, &got, err);
    if (status != OK)
        return status;
    length = got == 2   ? m[0] | (size_t)m[1] << 8
             : got == 4 ? m[0] | (size_t)m[1] << 8 | (size_t)m[2] << 16 |
                              (size_t)m[3] << 24
                        : 0;
    if (length == 0 || length > HEADER_MAX)
        return err_set(err, ERR_BAD_INPUT,
                       "%s, byte 8: a header of %zu bytes: 1 to %d are read",
                       in->name, length, HEADER_MAX);
    status = input_take(in, length, &text, &got, err);
    if (status != OK)
        return status;
    if (got < length || memchr(text, '\0', length) != NULL) {
        free(text);
        return err_set(err, ERR_BAD_INPUT,
                       "%s: its header is cut off or damaged", in->name);
    }
    text[length - 1] = '\0'; /* a newline in every well-formed file */
    *dict = (char *)text;
    return OK;
}

static float element(const unsigned char *p, const struct header *h)
{
    unsigned char b[8];
    double d;
    float f;

    for (unsigned i = 0; i < h->width; i++)
        b[i] = h->swap ? p[h->width - 1 - i] : p[i];
    if (h->width == 4) {
        memcpy(&f, b, sizeof(f));
        return f;
    }
    memcpy(&d, b, sizeof(d));
    return (float)d;
}

static enum status convert(struct npy *npy, const struct header *h,
                           const unsigned char *raw, const char *name,
                           struct err *err)
{
    float *data = malloc(npy->count * sizeof(*data));

    if (data == NULL)
        return err_set(err, ERR_NOMEM, "%s: no memory for %zu numbers", name,
                       npy->count);
    for (size_t i = 0; i < npy->count; i++) {
        data[i] = element(raw + i * h->width, h);
        if (!isfinite(data[i])) {
            size_t row = npy->count / npy->shape[0];

            free(data);
            return err_set(err, ERR_BAD_INPUT,
                           "%s, row %zu, element %zu: not a finite number",
                           name, i / row, i % row);
        }
    }
    npy->data = data;
    return OK;
}

static enum status read_elements(struct npy *npy, const struct header *h,
                                 struct input *in, struct err *err)
{
    uint64_t want = (uint64_t)npy->count * h->width;
    unsigned char *raw, extra[1];
    size_t got, more;
    enum status status = input_take(in, want, &raw, &got, err);

    if (status != OK)
        return status;
    if (got < want)
        status = err_set(err, ERR_BAD_INPUT,
                         "%s is cut off: %zu of the %llu bytes of elements "
                         "its header announces: save it again",
                         in->name, got, (unsigned long long)want);
    if (status == OK)
        status = input_read(in, extra, 1, &more, err);
    if (status == OK && more)
        status = err_set(err, ERR_BAD_INPUT,
                         "%s goes on after its %zu elements: save it again",
                         in->name, npy->count);
    if (status == OK)
        status = convert(npy, h, raw, in->name, err);
    free(raw);
    return status;
}

static enum status read_input(struct npy *out, struct input *in,
                              struct err *err)
{
    struct npy npy = {.data = NULL};
    struct header h = {0};
    char *dict = NULL;
    enum status status = read_dict(in, &dict, err);

    if (status == OK)
        status = parse_type(&h, dict, in->name, err);
    if (status == OK)
        status = parse_order(&h, dict, in->name, err);
    if (status == OK)
        status = parse_shape(&npy, h.width, dict, in->name, err);
    if (status == OK && h.fortran && npy.dims > 1)
        status = err_set(err, ERR_BAD_INPUT,
                         "%s is in Fortran order: save it with "
                         "numpy.ascontiguousarray",
                         in->name);
    if (status == OK)
        status = read_elements(&npy, &h, in, err);
    free(dict);
    input_close(in);
    if (status == OK)
        *out = npy;
    return status;
}

enum status npy_read(struct npy *out, const char *path, struct err *err)
{
    struct input in;
    enum status status = input_open(&in, path, err);

    return status == OK ? read_input(out, &in, err) : status;
}

enum status npy_read_fd(struct npy *out, int fd, const char *name,
                        struct err *err)
{
    struct input in;
    enum status status = input_adopt(&in, fd, name, err);

    return status == OK ? read_input(out, &in, err) : status;
}

void npy_release(struct npy *npy)
{
    free(npy->data);
    npy->data = NULL;
}
