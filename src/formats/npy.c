#include <config.h>

#include "formats/npy.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/half.h"
#include "base/str.h"
#include "formats/input.h"
#include "formats/npyhead.h"

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define HOST_ORDER '>'
#else
#define HOST_ORDER '<'
#endif

enum { MAGIC = 6 };

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

/* The header's dict as a string in *dict, which the caller frees. */
static enum status read_dict(struct input *in, char **dict, struct err *err)
{
    unsigned char m[NPYHEAD_START], *text;
    size_t got, more = 0, at, length;
    enum status status = input_read(in, m, 8, &got, err);

    if (status == OK && got == 8)
        status = input_read(in, m + 8, m[6] == 1 ? 2 : 4, &more, err);
    if (status == OK)
        status = npyhead_start(m, got + more, in->name, &at, &length, err);
    if (status == OK)
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

static float element(const unsigned char *p, const struct npyhead *h)
{
    unsigned char b[8];
    double d;
    float f;
    uint16_t half;

    for (unsigned i = 0; i < h->width; i++)
        b[i] = h->swap ? p[h->width - 1 - i] : p[i];
    if (h->width == 2) {
        memcpy(&half, b, sizeof(half));
        return half_float(half);
    }
    if (h->width == 4) {
        memcpy(&f, b, sizeof(f));
        return f;
    }
    memcpy(&d, b, sizeof(d));
    return (float)d;
}

static enum status convert(struct npy *npy, const struct npyhead *h,
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

static enum status read_elements(struct npy *npy, const struct npyhead *h,
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
    struct npyhead h = {0};
    char *dict = NULL;
    enum status status = read_dict(in, &dict, err);

    if (status == OK)
        status = npyhead_dict(&h, dict, in->name, NPY_BYTES_MAX, err);
    if (status == OK && h.kind != 'f')
        status = err_set(err, ERR_BAD_INPUT,
                         "%s: elements of type %c%u: save it as float32 "
                         "(a.astype('float32'))",
                         in->name, h.kind, h.width);
    if (status == OK && h.fortran && h.dims > 1)
        status = err_set(err, ERR_BAD_INPUT,
                         "%s is in Fortran order: save it with "
                         "numpy.ascontiguousarray",
                         in->name);
    if (status == OK) {
        npy.dims = h.dims;
        npy.count = h.count;
        memcpy(npy.shape, h.shape, sizeof(npy.shape));
        status = read_elements(&npy, &h, in, err);
    }
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

void npy_release(struct npy *npy)
{
    free(npy->data);
    npy->data = NULL;
}
