#include <config.h>

#include "formats/safetensors.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/half.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "formats/input.h"

#define METADATA "__metadata__"

static const struct {
    const char *name;
    enum safetensors_kind kind;
    unsigned width;
} types[] = {
    {"F32", SAFETENSORS_FLOAT, 4},     {"F16", SAFETENSORS_FLOAT, 2},
    {"BF16", SAFETENSORS_BRAIN, 2},    {"F64", SAFETENSORS_FLOAT, 8},
    {"I64", SAFETENSORS_SIGNED, 8},    {"I32", SAFETENSORS_SIGNED, 4},
    {"I16", SAFETENSORS_SIGNED, 2},    {"I8", SAFETENSORS_SIGNED, 1},
    {"U64", SAFETENSORS_UNSIGNED, 8},  {"U32", SAFETENSORS_UNSIGNED, 4},
    {"U16", SAFETENSORS_UNSIGNED, 2},  {"U8", SAFETENSORS_UNSIGNED, 1},
    {"BOOL", SAFETENSORS_OTHER, 1},    {"F8_E4M3", SAFETENSORS_OTHER, 1},
    {"F8_E5M2", SAFETENSORS_OTHER, 1},
};

void safetensors_release(struct safetensors *file)
{
    for (int i = 0; i < file->count; i++)
        free(file->items[i].name);
    for (int i = 0; i < file->pairs; i++) {
        free(file->metadata[i].key);
        free(file->metadata[i].value);
    }
    free(file->items);
    free(file->metadata);
    free(file->data);
    free(file->name);
    memset(file, 0, sizeof(*file));
}

const struct safetensor *safetensors_find(const struct safetensors *file,
                                          const char *name)
{
    for (int i = 0; i < file->count; i++)
        if (strcmp(file->items[i].name, name) == 0)
            return &file->items[i];
    return NULL;
}

const char *safetensors_value(const struct safetensors *file, const char *key)
{
    for (int i = 0; i < file->pairs; i++)
        if (strcmp(file->metadata[i].key, key) == 0)
            return file->metadata[i].value;
    return NULL;
}

/* ---- the header ---- */

/* What is wrong with a tensor; its name may hold anything. */
static enum status bad(const struct safetensors *file, const char *tensor,
                       const char *what, struct err *err)
{
    struct str name = STR_INIT;

    utf8_escape(&name, tensor);
    err_set(err, ERR_BAD_INPUT,
            "%s: tensor %.80s %s: the file is damaged or no safetensors; take "
            "it from where it came from again",
            file->name, name.text, what);
    str_release(&name);
    return err->status;
}

/* A number of the header: not negative. */
static bool read_size(const json_t *value, size_t *out)
{
    json_int_t number = json_integer_value(value);

    if (!json_is_integer(value) || number < 0 ||
        (uint64_t)number > SAFETENSORS_BYTES_MAX)
        return false;
    *out = (size_t)number;
    return true;
}

static enum status read_type(const struct safetensors *file,
                             struct safetensor *t, const json_t *entry,
                             struct err *err)
{
    const char *type = json_string_value(json_object_get(entry, "dtype"));

    for (size_t i = 0; type != NULL && i < ARRAY_SIZE(types); i++)
        if (strcmp(type, types[i].name) == 0) {
            t->type = types[i].name;
            t->kind = types[i].kind;
            t->width = types[i].width;
            return OK;
        }
    return bad(file, t->name, "has no dtype that is known", err);
}

static enum status read_shape(const struct safetensors *file,
                              struct safetensor *t, const json_t *entry,
                              struct err *err)
{
    const json_t *shape = json_object_get(entry, "shape");
    size_t dims = json_array_size(shape);

    if (!json_is_array(shape) || dims > SAFETENSORS_DIMS_MAX)
        return bad(file, t->name, "has no shape of up to 8 dimensions", err);
    t->dims = (int)dims;
    t->count = 1;
    for (size_t d = 0; d < dims; d++) {
        if (!read_size(json_array_get(shape, d), &t->shape[d]))
            return bad(file, t->name, "has a size that is no such number", err);
        if (__builtin_mul_overflow(t->count, t->shape[d], &t->count) ||
            t->count > SAFETENSORS_BYTES_MAX)
            return bad(file, t->name, "is of more elements than fit", err);
    }
    return OK;
}

static enum status read_entry(const struct safetensors *file,
                              struct safetensor *t, const json_t *entry,
                              struct err *err)
{
    const json_t *offsets = json_object_get(entry, "data_offsets");
    size_t end;

    if (!json_is_object(entry))
        return bad(file, t->name, "is not described by an object", err);
    if (read_type(file, t, entry, err) != OK ||
        read_shape(file, t, entry, err) != OK)
        return err->status;
    if (json_array_size(offsets) != 2 ||
        !read_size(json_array_get(offsets, 0), &t->begin) ||
        !read_size(json_array_get(offsets, 1), &end) || end < t->begin)
        return bad(file, t->name, "has no two data_offsets within 4 GB", err);
    if (end - t->begin != t->count * t->width)
        return bad(file, t->name, "has data_offsets that don't fit its shape",
                   err);
    return OK;
}

static enum status read_metadata(struct safetensors *file, json_t *object,
                                 struct err *err)
{
    const char *key;
    json_t *value;

    if (!json_is_object(object))
        return err_set(err, ERR_BAD_INPUT,
                       "%s: " METADATA " is no object of strings", file->name);
    file->metadata =
        mem_zalloc(json_object_size(object) + 1, sizeof(*file->metadata));
    json_object_foreach(object, key, value)
    {
        if (!json_is_string(value))
            return err_set(err, ERR_BAD_INPUT,
                           "%s: " METADATA " holds something else than strings",
                           file->name);
        file->metadata[file->pairs++] = (struct safetensors_pair){
            mem_strdup(key), mem_strdup(json_string_value(value))};
    }
    return OK;
}

static int by_place(const void *a, const void *b)
{
    const struct safetensor *s = a, *t = b;

    if (s->begin != t->begin)
        return s->begin < t->begin ? -1 : 1;
    if (s->count * s->width != t->count * t->width)
        return s->count * s->width < t->count * t->width ? -1 : 1;
    return strcmp(s->name, t->name);
}

/* One behind the other, from 0 on. *size: where the last ends. */
static enum status check_places(struct safetensors *file, size_t *size,
                                struct err *err)
{
    size_t at = 0;

    qsort(file->items, (size_t)file->count, sizeof(*file->items), by_place);
    for (int i = 0; i < file->count; i++) {
        const struct safetensor *t = &file->items[i];

        if (t->begin < at)
            return bad(file, t->name, "overlaps the one before it", err);
        if (t->begin > at)
            return bad(file, t->name, "leaves a gap to the one before it", err);
        at += t->count * t->width;
    }
    *size = at;
    return OK;
}

static enum status read_object(struct safetensors *file, json_t *header,
                               size_t *size, struct err *err)
{
    const char *name;
    json_t *entry;

    if (!json_is_object(header) ||
        json_object_size(header) > SAFETENSORS_COUNT_MAX)
        return err_set(err, ERR_BAD_INPUT,
                       "%s: the header is no object of up to %d tensors",
                       file->name, SAFETENSORS_COUNT_MAX);
    file->items =
        mem_zalloc(json_object_size(header) + 1, sizeof(*file->items));
    json_object_foreach(header, name, entry)
    {
        struct safetensor *t = &file->items[file->count];

        if (strcmp(name, METADATA) == 0) {
            if (read_metadata(file, entry, err) != OK)
                return err->status;
            continue;
        }
        t->name = mem_strdup(name);
        file->count++;
        if (read_entry(file, t, entry, err) != OK)
            return err->status;
    }
    return check_places(file, size, err);
}

static enum status parse(struct safetensors *file, const char *text, size_t n,
                         size_t *size, struct err *err)
{
    json_error_t where;
    json_t *header = json_loadb(text, n, JSON_REJECT_DUPLICATES, &where);
    enum status status;

    if (header == NULL)
        return err_set(err, ERR_BAD_INPUT,
                       "%s: the header %s at byte %d: is it a model?",
                       file->name,
                       json_error_code(&where) == json_error_duplicate_key
                           ? "has a name twice"
                           : "is no JSON",
                       8 + where.position);
    status = read_object(file, header, size, err);
    json_decref(header);
    return status;
}

/* ---- the file ---- */

static enum status read_header(struct safetensors *file, struct input *in,
                               size_t *size, struct err *err)
{
    unsigned char length[8], *text = NULL;
    uint64_t n = 0;
    size_t got;
    enum status status = input_read(in, length, sizeof(length), &got, err);

    if (status != OK)
        return status;
    for (int i = 7; i >= 0; i--)
        n = n << 8 | length[i];
    if (got < sizeof(length) || n < 2 || n > SAFETENSORS_HEADER_MAX)
        return err_set(err, ERR_BAD_INPUT,
                       "%s is no safetensors file: it does not begin with the "
                       "length of a header of up to %u bytes",
                       file->name, SAFETENSORS_HEADER_MAX);
    status = input_take(in, n, &text, &got, err);
    if (status == OK && got < n)
        status = err_set(err, ERR_BAD_INPUT,
                         "%s ends within its header, at byte %zu of %llu: copy "
                         "it again",
                         file->name, 8 + got, 8 + (unsigned long long)n);
    if (status == OK)
        status = parse(file, (const char *)text, got, size, err);
    free(text);
    return status;
}

static enum status read_all(struct safetensors *file, struct input *in,
                            struct err *err)
{
    size_t size = 0, got;
    unsigned char more;
    enum status status = read_header(file, in, &size, err);

    if (status == OK)
        status = input_take(in, size, &file->data, &got, err);
    if (status == OK && got < size)
        return err_set(err, ERR_BAD_INPUT,
                       "%s ends after %zu of %zu bytes of tensors: copy it "
                       "again",
                       file->name, got, size);
    if (status == OK)
        status = input_read(in, &more, 1, &got, err);
    if (status == OK && got > 0)
        return err_set(err, ERR_BAD_INPUT,
                       "%s goes on behind its last tensor: the file is damaged",
                       file->name);
    for (int i = 0; status == OK && i < file->count; i++)
        file->items[i].bytes = file->data + file->items[i].begin;
    return status;
}

static enum status read_input(struct safetensors *out, struct input *in,
                              struct err *err)
{
    struct safetensors file = {.name = mem_strdup(in->name)};
    enum status status = read_all(&file, in, err);

    input_close(in);
    if (status == OK)
        *out = file;
    else
        safetensors_release(&file);
    return status;
}

enum status safetensors_read(struct safetensors *out, const char *path,
                             struct err *err)
{
    struct input in;
    enum status status = input_open(&in, path, err);

    return status == OK ? read_input(out, &in, err) : status;
}

/* ---- elements ---- */

static float element(const struct safetensor *t, size_t i)
{
    const unsigned char *at = t->bytes + i * t->width;
    uint64_t bits = 0;
    uint32_t low;
    double wide;
    float narrow;

    for (unsigned b = t->width; b-- > 0;)
        bits = bits << 8 | at[b];
    if (t->kind == SAFETENSORS_FLOAT && t->width == 2)
        return half_float((uint16_t)bits);
    if (t->kind == SAFETENSORS_FLOAT && t->width == 8) {
        memcpy(&wide, &bits, sizeof(wide));
        return (float)wide;
    }
    low = t->kind == SAFETENSORS_BRAIN ? (uint32_t)bits << 16 : (uint32_t)bits;
    memcpy(&narrow, &low, sizeof(narrow));
    return narrow;
}

enum status safetensors_floats(const struct safetensors *file,
                               const struct safetensor *tensor, float *out,
                               struct err *err)
{
    char what[64];

    if (tensor->kind != SAFETENSORS_FLOAT && tensor->kind != SAFETENSORS_BRAIN)
        return bad(file, tensor->name, "is not of floating point", err);
    for (size_t i = 0; i < tensor->count; i++) {
        out[i] = element(tensor, i);
        if (isfinite(out[i]))
            continue;
        snprintf(what, sizeof(what), "is not a finite number at element %zu",
                 i);
        return bad(file, tensor->name, what, err);
    }
    return OK;
}

/* ---- writing ---- */

static json_t *describe(const struct safetensors_out *t, size_t begin,
                        size_t end)
{
    json_t *shape = json_array();

    for (int d = 0; d < t->dims; d++)
        json_array_append_new(shape, json_integer((json_int_t)t->shape[d]));
    return json_pack("{s:s, s:o, s:[I,I]}", "dtype", "F32", "shape", shape,
                     "data_offsets", (json_int_t)begin, (json_int_t)end);
}

static size_t elements(const struct safetensors_out *t)
{
    size_t count = 1;

    for (int d = 0; d < t->dims; d++)
        count *= t->shape[d];
    return count;
}

/* The header, padded with spaces so that the elements are aligned. */
static char *make_header(const struct safetensors_out *tensors, int count,
                         const struct safetensors_pair *metadata, int pairs,
                         size_t *length)
{
    json_t *header = json_object(), *about = json_object();
    size_t at = 0, n;
    char *text;

    for (int i = 0; i < pairs; i++)
        json_object_set_new(about, metadata[i].key,
                            json_string(metadata[i].value));
    json_object_set_new(header, METADATA, about);
    for (int i = 0; i < count; i++) {
        size_t end = at + 4 * elements(&tensors[i]);

        json_object_set_new(header, tensors[i].name,
                            describe(&tensors[i], at, end));
        at = end;
    }
    text = json_dumps(header, JSON_COMPACT);
    json_decref(header);
    n = strlen(text);
    *length = (n + 7) / 8 * 8;
    text = mem_realloc(text, *length + 1, 1);
    memset(text + n, ' ', *length - n);
    return text;
}

/* As little-endian words, a few thousand at a time. */
static bool write_floats(FILE *out, const float *data, size_t count)
{
    unsigned char lot[4096 * 4];

    while (count > 0) {
        size_t some = count < 4096 ? count : 4096;

        for (size_t i = 0; i < some; i++) {
            uint32_t bits;

            memcpy(&bits, &data[i], sizeof(bits));
            for (int b = 0; b < 4; b++)
                lot[4 * i + (size_t)b] = (unsigned char)(bits >> (8 * b));
        }
        if (fwrite(lot, 4, some, out) != some)
            return false;
        data += some;
        count -= some;
    }
    return true;
}

enum status safetensors_write(FILE *out, const char *path,
                              const struct safetensors_out *tensors, int count,
                              const struct safetensors_pair *metadata,
                              int pairs, struct err *err)
{
    size_t length;
    char *header = make_header(tensors, count, metadata, pairs, &length);
    bool good = true;

    if (length > SAFETENSORS_HEADER_MAX) {
        free(header);
        return err_set(err, ERR_BAD_INPUT,
                       "%s: the names need %zu bytes, a header holds up to %u",
                       path, length, SAFETENSORS_HEADER_MAX);
    }
    for (int b = 0; good && b < 8; b++)
        good = putc((int)((uint64_t)length >> (8 * b) & 0xff), out) != EOF;
    good = good && fwrite(header, 1, length, out) == length;
    free(header);
    for (int i = 0; good && i < count; i++)
        good = write_floats(out, tensors[i].data, elements(&tensors[i]));
    return good ? OK : err_sys(err, errno, "cannot write %s", path);
}
