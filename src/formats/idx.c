#include <config.h>

#include "formats/idx.h"

#include <stdlib.h>
#include <string.h>

#include "formats/input.h"

static unsigned type_width(unsigned type)
{
    switch (type) {
    case IDX_U8:
    case IDX_I8:
        return 1;
    case IDX_I16:
        return 2;
    case IDX_I32:
        return 4;
    default:
        return 0;
    }
}

static uint32_t big32(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 |
           p[3];
}

/* FNV-1a (Fowler, Noll and Vo): tells files apart, proves nothing. */
static uint64_t digest_add(uint64_t digest, const unsigned char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        digest = (digest ^ p[i]) * 0x100000001b3u;
    return digest;
}

static enum status cut_off(const struct input *in, uint64_t got, uint64_t want,
                           struct err *err)
{
    return err_set(err, ERR_BAD_INPUT,
                   "%s is cut off: %llu of the %llu bytes its header "
                   "announces: fetch the file again",
                   in->name, (unsigned long long)got, (unsigned long long)want);
}

/* The four bytes at the start. */
static enum status read_magic(struct idx *idx, struct input *in,
                              struct err *err)
{
    unsigned char m[4];
    size_t got;
    enum status status = input_read(in, m, sizeof(m), &got, err);

    if (status != OK)
        return status;
    if (got < sizeof(m) || m[0] != 0 || m[1] != 0)
        return err_set(err, ERR_BAD_INPUT,
                       "%s is no IDX file: it must begin with two zero bytes "
                       "(an IDX file, or one compressed with gzip, is meant)",
                       in->name);
    if (m[2] == 0x0d || m[2] == 0x0e)
        return err_set(err, ERR_BAD_INPUT,
                       "%s, byte 2: IDX type 0x%02x (floating point) is not "
                       "read: save it as unsigned bytes",
                       in->name, m[2]);
    if (type_width(m[2]) == 0)
        return err_set(err, ERR_BAD_INPUT,
                       "%s, byte 2: unknown IDX type 0x%02x: 0x08, 0x09, 0x0b "
                       "and 0x0c are read",
                       in->name, m[2]);
    if (m[3] < 1 || m[3] > IDX_DIMS_MAX)
        return err_set(err, ERR_BAD_INPUT,
                       "%s, byte 3: %u dimensions: 1 to %d are read", in->name,
                       m[3], IDX_DIMS_MAX);
    idx->type = m[2];
    idx->dims = m[3];
    idx->digest = digest_add(0xcbf29ce484222325u, m, sizeof(m));
    return OK;
}

static enum status read_sizes(struct idx *idx, struct input *in,
                              struct err *err)
{
    unsigned char raw[4 * IDX_DIMS_MAX];
    size_t want = 4 * (size_t)idx->dims, got;
    uint64_t count = 1;
    enum status status = input_read(in, raw, want, &got, err);

    if (status != OK)
        return status;
    if (got < want)
        return err_set(err, ERR_BAD_INPUT,
                       "%s is cut off inside its header, at byte %zu: fetch "
                       "the file again",
                       in->name, 4 + got);
    for (unsigned d = 0; d < IDX_DIMS_MAX; d++) {
        idx->size[d] = d < idx->dims ? big32(raw + 4 * (size_t)d) : 1;
        if (idx->size[d] == 0)
            return err_set(err, ERR_BAD_INPUT,
                           "%s, byte %u: dimension %u is 0: the file holds "
                           "nothing",
                           in->name, 4 + 4 * d, d);
        if (__builtin_mul_overflow(count, (uint64_t)idx->size[d], &count) ||
            count > IDX_BYTES_MAX / type_width(idx->type))
            return err_set(err, ERR_BAD_INPUT,
                           "%s, byte %u: dimension %u is %u, which makes the "
                           "data larger than the %llu GiB that are read: the "
                           "header is damaged, or split the file",
                           in->name, 4 + 4 * d, d, idx->size[d],
                           IDX_BYTES_MAX >> 30);
    }
    idx->count = (size_t)count;
    idx->digest = digest_add(idx->digest, raw, want);
    return OK;
}

static enum status read_data(struct idx *idx, struct input *in, struct err *err)
{
    uint64_t want = (uint64_t)idx->count * type_width(idx->type);
    uint64_t header = in->offset;
    size_t got, more;
    unsigned char extra[1];
    enum status status = input_take(in, want, &idx->data, &got, err);

    if (status != OK)
        return status;
    if (got < want)
        return cut_off(in, header + got, header + want, err);
    status = input_read(in, extra, 1, &more, err);
    if (status != OK)
        return status;
    if (more)
        return err_set(err, ERR_BAD_INPUT,
                       "%s goes on after byte %llu, where its header says it "
                       "ends: the sizes in the header don't fit the data",
                       in->name, (unsigned long long)(header + want));
    idx->digest = digest_add(idx->digest, idx->data, got);
    return OK;
}

static enum status read_input(struct idx *out, struct input *in,
                              struct err *err)
{
    struct idx idx = {.data = NULL};
    enum status status = read_magic(&idx, in, err);

    if (status == OK)
        status = read_sizes(&idx, in, err);
    if (status == OK)
        status = read_data(&idx, in, err);
    if (status == OK)
        *out = idx;
    else
        idx_release(&idx);
    input_close(in);
    return status;
}

enum status idx_read(struct idx *out, const char *path, struct err *err)
{
    struct input in;
    enum status status = input_open(&in, path, err);

    return status == OK ? read_input(out, &in, err) : status;
}

static enum status check_images(const struct idx *idx, const char *path,
                                struct err *err)
{
    if (idx->dims == 1)
        return err_set(err, ERR_BAD_INPUT,
                       "%s holds labels, not images: give it with --labels",
                       path);
    if (idx->dims == 2 || idx->type != IDX_U8)
        return err_set(err, ERR_BAD_INPUT,
                       "%s: images are unsigned bytes (type 0x08) with 3 or 4 "
                       "dimensions; this is type 0x%02x with %u",
                       path, idx->type, idx->dims);
    if (idx->size[1] > IDX_SIDE_MAX || idx->size[2] > IDX_SIDE_MAX)
        return err_set(err, ERR_BAD_INPUT,
                       "%s: images of %u rows and %u columns: at most %d of "
                       "each are read",
                       path, idx->size[1], idx->size[2], IDX_SIDE_MAX);
    if (idx->size[3] != 1 && idx->size[3] != 3)
        return err_set(err, ERR_BAD_INPUT,
                       "%s, byte 16: %u channels: the last dimension must be "
                       "1 (grey) or 3 (red, green, blue)",
                       path, idx->size[3]);
    return OK;
}

enum status idx_read_images(struct idx *out, const char *path, struct err *err)
{
    struct idx idx;
    enum status status = idx_read(&idx, path, err);

    if (status != OK)
        return status;
    status = check_images(&idx, path, err);
    if (status == OK)
        *out = idx;
    else
        idx_release(&idx);
    return status;
}

static enum status check_labels(const struct idx *idx, const char *path,
                                struct err *err)
{
    if (idx->dims != 1)
        return err_set(err, ERR_BAD_INPUT,
                       "%s has %u dimensions and labels have one: is it the "
                       "file of the images?",
                       path, idx->dims);
    for (size_t i = 0; i < idx->count; i++) {
        int32_t label = idx_at(idx, i);

        if (label < 0)
            return err_set(err, ERR_BAD_INPUT,
                           "%s, row %zu: the label is %d: labels start at 0 "
                           "(types 0x09, 0x0b and 0x0c are signed: save large "
                           "labels in a wider type)",
                           path, i, label);
        if (label > IDX_LABEL_MAX)
            return err_set(err, ERR_BAD_INPUT,
                           "%s, row %zu: the label is %d: labels go up to %d",
                           path, i, label, IDX_LABEL_MAX);
    }
    return OK;
}

enum status idx_read_labels(struct idx *out, const char *path, struct err *err)
{
    struct idx idx;
    enum status status = idx_read(&idx, path, err);

    if (status != OK)
        return status;
    status = check_labels(&idx, path, err);
    if (status == OK)
        *out = idx;
    else
        idx_release(&idx);
    return status;
}

void idx_release(struct idx *idx)
{
    free(idx->data);
    idx->data = NULL;
}

int32_t idx_at(const struct idx *idx, size_t i)
{
    const unsigned char *p = idx->data + i * type_width(idx->type);

    switch (idx->type) {
    case IDX_I8:
        return (int8_t)p[0];
    case IDX_I16:
        return (int16_t)((uint16_t)p[0] << 8 | p[1]);
    case IDX_I32:
        return (int32_t)big32(p);
    case IDX_U8:
    default:
        return p[0];
    }
}
