#ifndef BITGROVE_LEARN_NETWORK_H
#define BITGROVE_LEARN_NETWORK_H

/*
 * A network from an ONNX file, ready to be computed: formats/onnx.h read into
 * nn/graph.h. Read-only once it is open: any number of threads.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct network;
struct onnx_tensor;
struct graph_value;

/* ERR_BAD_INPUT names what is wrong with the file, or the operators that are
 * not known; ERR_IO, ERR_NOMEM. */
enum status network_open(struct network **out, const char *path,
                         struct err *err) MUST_USE;
void network_close(struct network *network); /* NULL is fine */

/* How many inputs and outputs the file says there are, and the number of an
 * output's value. */
int network_inputs(const struct network *network);
int network_outputs(const struct network *network);
int network_output(const struct network *network, int i);

/* The shape of input i as the file says it: *dims of them in shape
 * (GRAPH_DIMS_MAX), -1 for any size; *dims -1: not said. */
void network_shape(const struct network *network, int i, int *dims,
                   int64_t *shape);

/* The number of the tensor, or of the first output of the node, that is
 * called so; -1: none. */
int network_find(const struct network *network, const char *name);

/*
 * Value number `wanted` when the inputs are these, in their order; *out is
 * owned by the caller. As graph_run().
 */
enum status network_run(const struct network *network,
                        const struct graph_value *inputs, int wanted,
                        struct graph_value *out, struct err *err) MUST_USE;

/* An array of a file as a value, owned by the caller; false: of a type that
 * is not computed with, or damaged. */
bool network_value(struct graph_value *out, const struct onnx_tensor *tensor);

#endif
