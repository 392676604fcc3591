#ifndef BITGROVE_NN_GRAPH_PARTS_H
#define BITGROVE_NN_GRAPH_PARTS_H

/* What the files of operators share. */

#include "nn/graph.h"

/* A node that is being computed. */
struct graph_call {
    const struct graph *graph;
    const struct graph_node *node;
    const struct graph_value *const *in; /* (node->input_count), NULL: none */
    struct graph_value *out;             /* (node->output_count), zeroed */
    struct err *err;
};

struct graph_op {
    const char *name;
    int least, most; /* inputs */
    enum status (*run)(struct graph_call *call);
};

/* Tables that end with a name of NULL. */
extern const struct graph_op graph_ops_point[], graph_ops_shape[],
    graph_ops_window[], graph_ops_product[], graph_ops_reduce[];

/* "FILE: the OP NAME what": ERR_BAD_INPUT. */
enum status graph_bad(const struct graph_call *call, const char *what);

/* Input i, or NULL where it is left out. */
const struct graph_value *graph_in(const struct graph_call *call, int i);

const struct graph_attribute *graph_find(const struct graph_call *call,
                                         const char *name);
int64_t graph_whole(const struct graph_call *call, const char *name,
                    int64_t fallback);
double graph_real(const struct graph_call *call, const char *name,
                  double fallback);

/* Output i of this shape, its numbers zero. ERR_BAD_INPUT, ERR_NOMEM. */
enum status graph_make(struct graph_call *call, int i, bool whole, int dims,
                       const size_t *shape) MUST_USE;

/* The same for the first output in the shape of a value. */
enum status graph_like(struct graph_call *call,
                       const struct graph_value *value) MUST_USE;

/* An axis that counts from the end where it is negative; false: none. */
bool graph_axis(int64_t axis, int dims, int *out);

/* The product of shape[first..last). */
size_t graph_span(const struct graph_value *value, int first, int last);

/* Whole numbers of an attribute, or of input i where newer versions have
 * them: at most GRAPH_DIMS_MAX. *count -1: neither is there. */
enum status graph_list(struct graph_call *call, const char *name, int i,
                       int64_t *out, int *count) MUST_USE;

#endif
