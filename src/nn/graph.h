#ifndef BITGROVE_NN_GRAPH_H
#define BITGROVE_NN_GRAPH_H

/*
 * Networks that are not of our own table (nn/encoder.h): a list of operators,
 * computed one after the other as ONNX defines them (versions 7 to 17 of its
 * operators, inference only). Tensors are of float32, or of whole numbers for
 * what computes with shapes; row-major, pictures (N, C, H, W).
 *
 * Products are those of nn/gemm.h on one thread: work is split outside, over
 * images. A graph is read-only while it runs: any number of threads may.
 * Sizes come from files: every one is checked, and all tensors that live at
 * once take no more than GRAPH_BYTES_MAX.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define GRAPH_DIMS_MAX  8
#define GRAPH_BYTES_MAX (1ull << 30)

struct graph_value {
    bool whole; /* of whole numbers */
    int dims;   /* 0: one number */
    size_t shape[GRAPH_DIMS_MAX];
    size_t count; /* the product of the shape */
    float *reals; /* one of them */
    int64_t *wholes;
};
void graph_value_release(struct graph_value *value); /* zeroed is fine */

struct graph_attribute {
    const char *name;
    double real;
    int64_t whole;
    const char *text; /* or NULL */
    const double *reals;
    const int64_t *wholes;
    int count;                       /* of reals or wholes */
    const struct graph_value *value; /* or NULL */
};

struct graph_node {
    const char *op, *name;
    const int *inputs, *outputs; /* numbers of values, -1: left out */
    int input_count, output_count;
    const struct graph_attribute *attributes;
    int attribute_count;
};

/* All borrowed: whoever reads the file owns them. */
struct graph {
    const char *file; /* for messages */
    int64_t opset;
    const struct graph_node *nodes; /* in an order of computation */
    int node_count;
    const struct graph_value *const *weights; /* (value_count), NULL: computed
                                                 or given */
    const char *const *names;                 /* (value_count) */
    int value_count;
};

/* ERR_BAD_INPUT names all operators that are not known. */
enum status graph_check(const struct graph *graph, struct err *err) MUST_USE;

/*
 * *out = value number `wanted`, owned by the caller. inputs: (value_count),
 * those that are given, NULL for the others. Only what is needed is computed.
 * ERR_BAD_INPUT names the operator whose shapes or attributes don't fit;
 * ERR_NOMEM.
 */
enum status graph_run(const struct graph *graph,
                      const struct graph_value *const *inputs, int wanted,
                      struct graph_value *out, struct err *err) MUST_USE;

#endif
