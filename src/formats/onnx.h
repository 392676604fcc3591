#ifndef BITGROVE_FORMATS_ONNX_H
#define BITGROVE_FORMATS_ONNX_H

/*
 * ONNX: a network as a graph of operators between named tensors, with its
 * weights. What is here is the file: names become numbers, nodes are put in an
 * order in which they can be computed, elements are left where they are. What
 * the operators mean is nn/graph.h's affair.
 *
 * Files may come from anywhere: a graph with a cycle, a tensor that is made
 * twice or never, sizes beyond the bytes there are, weights in other files and
 * nested graphs are refused. Memory is about that of the file. Pure functions
 * of the file, any thread.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "formats/proto.h"

#define ONNX_DIMS_MAX  8
#define ONNX_NODES_MAX 65536
#define ONNX_LIST_MAX  65536 /* numbers of an attribute, tensors of a node */
#define ONNX_BYTES_MAX (1ull << 31)

enum onnx_type {
    ONNX_FLOAT = 1,
    ONNX_UINT8 = 2,
    ONNX_INT8 = 3,
    ONNX_INT16 = 5,
    ONNX_INT32 = 6,
    ONNX_INT64 = 7,
    ONNX_BOOL = 9,
    ONNX_HALF = 10,
    ONNX_DOUBLE = 11
};

struct onnx_tensor {
    int type; /* enum onnx_type, or another number */
    int dims;
    size_t shape[ONNX_DIMS_MAX];
    size_t count;
    struct proto elements; /* raw_data, else repeated fields; borrowed */
    bool raw;
    uint32_t field; /* of the repeated fields, 0: there are no elements */
};

struct onnx_attribute {
    char *name;
    double real;
    int64_t whole;
    char *text;
    double *reals;
    int64_t *wholes;
    int count; /* of reals or wholes */
    bool has_tensor;
    struct onnx_tensor tensor;
};

struct onnx_node {
    char *name, *op; /* op: with its domain before it, unless ONNX's own */
    int *inputs, *outputs; /* numbers of values, -1: left out */
    int input_count, output_count;
    struct onnx_attribute *attributes;
    int attribute_count;
};

struct onnx_value {
    char *name;
    const struct onnx_tensor *weights; /* an initializer, or NULL */
};

/* What the caller gives or gets: its shape, as the file says it. */
struct onnx_port {
    int value;
    int type, dims;               /* dims -1: not said */
    int64_t shape[ONNX_DIMS_MAX]; /* -1: any */
};

struct onnx {
    char *file; /* for messages */
    int64_t opset;
    struct onnx_value *values;
    int value_count;
    struct onnx_node *nodes; /* each behind those whose outputs it takes */
    int node_count;
    struct onnx_port *inputs, *outputs; /* inputs: but for initializers */
    int input_count, output_count;
    struct onnx_tensor *tensors;
    int tensor_count;
    unsigned char *data; /* the file */
};

enum status onnx_read(struct onnx *out, const char *path,
                      struct err *err) MUST_USE;
void onnx_release(struct onnx *onnx); /* zeroed is fine */

/* A message TensorProto alone, as test data comes. Borrows the bytes. */
bool onnx_parse_tensor(struct onnx_tensor *out, struct proto bytes);

/* Elements as numbers, out[count]. False: another type, or fewer than there
 * should be. Whole numbers: of 64 bits and less, and of bools. */
bool onnx_floats(const struct onnx_tensor *tensor, float *out);
bool onnx_wholes(const struct onnx_tensor *tensor, int64_t *out);

#endif
