#ifndef BITGROVE_FORMATS_SAFETENSORS_H
#define BITGROVE_FORMATS_SAFETENSORS_H

/*
 * safetensors: named arrays and a few strings about them, as PyTorch's users
 * exchange models. Everything is little-endian:
 *
 *     N: u64 | JSON header, N bytes | the elements of all tensors
 *
 *     {"__metadata__": {"key": "value"},
 *      "name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}}
 *
 * Offsets count from behind the header; the tensors fill that place without a
 * gap and without overlapping. Elements are in C order.
 *
 * Files may come from anywhere: what the header claims is checked before
 * anything is believed, and memory follows the bytes that really arrive.
 * Messages name file, tensor and remedy. Pure functions of the file, any
 * thread.
 */

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"

#define SAFETENSORS_DIMS_MAX   8
#define SAFETENSORS_COUNT_MAX  65536      /* tensors */
#define SAFETENSORS_HEADER_MAX (8u << 20) /* bytes */
#define SAFETENSORS_BYTES_MAX  (1ull << 32)

/* Types by their names in the header: "F32", "BF16", "I64", ... */
enum safetensors_kind {
    SAFETENSORS_FLOAT,
    SAFETENSORS_BRAIN, /* bfloat16 */
    SAFETENSORS_SIGNED,
    SAFETENSORS_UNSIGNED,
    SAFETENSORS_OTHER /* known by size alone */
};

struct safetensor {
    char *name; /* owned */
    const char *type;
    enum safetensors_kind kind;
    unsigned width; /* bytes of an element */
    int dims;       /* 0: one number */
    size_t shape[SAFETENSORS_DIMS_MAX];
    size_t count;               /* elements; may be 0 */
    size_t begin;               /* among the elements, bytes */
    const unsigned char *bytes; /* count * width, borrowed from the file */
};

struct safetensors_pair {
    char *key, *value;
};

struct safetensors {
    struct safetensor *items; /* in the order of their bytes; owned */
    int count;
    struct safetensors_pair *metadata; /* owned */
    int pairs;
    unsigned char *data; /* owned */
    char *name;          /* of the file, for messages; owned */
};

/* A file, gzip or not. ERR_BAD_INPUT, ERR_IO, ERR_NOMEM. */
enum status MUST_USE safetensors_read(struct safetensors *out, const char *path,
                                      struct err *err);
void safetensors_release(struct safetensors *file); /* zeroed is fine */

/* The tensor of that name, or NULL. Borrowed. */
const struct safetensor *safetensors_find(const struct safetensors *file,
                                          const char *name);

/* The value of a key of __metadata__, or NULL. Borrowed. */
const char *safetensors_value(const struct safetensors *file, const char *key);

/*
 * The elements as float32, out[count]: F16, BF16, F32 or F64. ERR_BAD_INPUT
 * names the tensor when it is of another type, or the element that is a NaN,
 * infinite or too large.
 */
enum status MUST_USE safetensors_floats(const struct safetensors *file,
                                        const struct safetensor *tensor,
                                        float *out, struct err *err);

/* What is to be written: an array of float32, borrowed. */
struct safetensors_out {
    const char *name;
    int dims;
    size_t shape[SAFETENSORS_DIMS_MAX];
    const float *data;
};

/*
 * Writes the tensors in this order. Keys and values are UTF-8. path is for
 * messages. ERR_BAD_INPUT if the header would be too large, ERR_IO.
 */
enum status MUST_USE safetensors_write(FILE *out, const char *path,
                                       const struct safetensors_out *tensors,
                                       int count,
                                       const struct safetensors_pair *metadata,
                                       int pairs, struct err *err);

#endif
