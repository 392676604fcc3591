#include <config.h>

#include <string.h>

#include "base/half.h"
#include "formats/onnx.h"

/* Fields of TensorProto. */
enum {
    DIMS = 1,
    TYPE = 2,
    FLOATS = 4,
    INT32S = 5,
    INT64S = 7,
    RAW = 9,
    DOUBLES = 10,
    LOCATION = 14
};

static bool add_dim(struct onnx_tensor *t, uint64_t size)
{
    if (t->dims == ONNX_DIMS_MAX || size > ONNX_BYTES_MAX)
        return false;
    t->shape[t->dims++] = (size_t)size;
    return !__builtin_mul_overflow(t->count, (size_t)size, &t->count) &&
           t->count <= ONNX_BYTES_MAX;
}

static bool add_dims(struct onnx_tensor *t, struct proto_field *f)
{
    uint64_t size;

    if (!f->bytes)
        return add_dim(t, f->value);
    while (proto_varint(&f->inner, &size))
        if (!add_dim(t, size))
            return false;
    return f->inner.at == f->inner.end;
}

/* Elements follow their file: where they are is noted, no more. */
bool onnx_parse_tensor(struct onnx_tensor *out, struct proto bytes)
{
    struct onnx_tensor t = {.count = 1};
    struct proto p = bytes;
    struct proto_field f;

    while (proto_next(&p, &f)) {
        if (f.number == DIMS && !add_dims(&t, &f))
            return false;
        if (f.number == TYPE)
            t.type = (int)(f.value & 0xffff);
        if (f.number == LOCATION && f.value != 0)
            return false;
        if (f.number == RAW && f.bytes) {
            t.raw = true;
            t.elements = f.inner;
        } else if (f.number == FLOATS || f.number == INT32S ||
                   f.number == INT64S || f.number == DOUBLES) {
            t.field = f.number;
            if (!t.raw)
                t.elements = bytes;
        }
    }
    *out = t;
    return p.at == p.end;
}

/* A walk over the elements in repeated fields, packed or one by one. */
struct walk {
    const struct onnx_tensor *t;
    struct proto message, packed;
    bool whole; /* packed ones are varints */
    int width;  /* else bytes of a number */
};

static bool next_element(struct walk *w, uint64_t *out)
{
    struct proto_field f;

    for (;;) {
        if (w->packed.at < w->packed.end) {
            if (w->whole)
                return proto_varint(&w->packed, out);
            if (proto_length(&w->packed) < (size_t)w->width)
                return false;
            *out = 0;
            memcpy(out, w->packed.at, (size_t)w->width);
            w->packed.at += w->width;
            return true;
        }
        do {
            if (!proto_next(&w->message, &f))
                return false;
        } while (f.number != w->t->field);
        if (!f.bytes) {
            *out = f.value;
            return true;
        }
        w->packed = f.inner;
    }
}

static int raw_width(int type)
{
    switch (type) {
    case ONNX_FLOAT:
    case ONNX_INT32:
        return 4;
    case ONNX_DOUBLE:
    case ONNX_INT64:
        return 8;
    case ONNX_HALF:
    case ONNX_INT16:
        return 2;
    case ONNX_UINT8:
    case ONNX_INT8:
    case ONNX_BOOL:
        return 1;
    default:
        return 0;
    }
}

/* Starts a walk; false unless the elements can be there. */
static bool begin(struct walk *w, const struct onnx_tensor *t)
{
    int width = raw_width(t->type);

    *w = (struct walk){.t = t, .message = t->elements};
    if (width == 0)
        return false;
    if (t->raw) {
        w->message.at = w->message.end;
        w->packed = t->elements;
        w->width = width;
        return proto_length(&t->elements) == t->count * (size_t)width;
    }
    w->whole = t->field == INT32S || t->field == INT64S;
    w->width = t->field == DOUBLES ? 8 : 4;
    return t->count <= proto_length(&t->elements);
}

static float as_float(int type, uint64_t bits)
{
    uint32_t low = (uint32_t)bits;
    float f;
    double d;

    if (type == ONNX_HALF)
        return half_float((uint16_t)bits);
    if (type == ONNX_DOUBLE) {
        memcpy(&d, &bits, sizeof(d));
        return (float)d;
    }
    memcpy(&f, &low, sizeof(f));
    return f;
}

static int64_t as_whole(const struct walk *w, uint64_t bits)
{
    int width = w->t->raw ? w->width : 8;

    if (width == 1)
        return w->t->type == ONNX_INT8 ? (int8_t)bits : (int64_t)(bits & 0xff);
    if (width == 2)
        return (int16_t)bits;
    return width == 4 ? (int32_t)bits : (int64_t)bits;
}

bool onnx_floats(const struct onnx_tensor *tensor, float *out)
{
    struct walk w;
    uint64_t bits;

    if ((tensor->type != ONNX_FLOAT && tensor->type != ONNX_HALF &&
         tensor->type != ONNX_DOUBLE) ||
        !begin(&w, tensor))
        return false;
    for (size_t i = 0; i < tensor->count; i++) {
        if (!next_element(&w, &bits))
            return false;
        out[i] = as_float(tensor->type, bits);
    }
    return true;
}

bool onnx_wholes(const struct onnx_tensor *tensor, int64_t *out)
{
    struct walk w;
    uint64_t bits;

    if (tensor->type == ONNX_FLOAT || tensor->type == ONNX_HALF ||
        tensor->type == ONNX_DOUBLE || !begin(&w, tensor))
        return false;
    for (size_t i = 0; i < tensor->count; i++) {
        if (!next_element(&w, &bits))
            return false;
        out[i] = as_whole(&w, bits);
    }
    return true;
}
