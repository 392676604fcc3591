#include <config.h>

#include "learn/network.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "formats/onnx.h"
#include "nn/graph.h"

struct network {
    struct onnx onnx;
    struct graph graph;
    struct graph_node *nodes;
    struct graph_attribute *attributes; /* of all nodes */
    int attribute_count;
    struct graph_value *values; /* those of attributes, then the weights */
    int value_count;
    const struct graph_value **weights; /* by number */
    const char **names;
};

bool network_value(struct graph_value *out, const struct onnx_tensor *tensor)
{
    struct graph_value v = {.whole = tensor->type != ONNX_FLOAT &&
                                     tensor->type != ONNX_HALF &&
                                     tensor->type != ONNX_DOUBLE,
                            .dims = tensor->dims,
                            .count = tensor->count};
    bool good;

    /* elements take a byte each at least, so nothing is made of claims */
    if (tensor->count > (size_t)(tensor->elements.end - tensor->elements.at))
        return false;
    memcpy(v.shape, tensor->shape, sizeof(v.shape));
    if (v.whole)
        v.wholes = mem_large(v.count + 1, sizeof(*v.wholes));
    else
        v.reals = mem_large(v.count + 1, sizeof(*v.reals));
    good = v.whole ? v.wholes != NULL && onnx_wholes(tensor, v.wholes)
                   : v.reals != NULL && onnx_floats(tensor, v.reals);
    if (good)
        *out = v;
    else
        graph_value_release(&v);
    return good;
}

static enum status add_value(struct network *n, const struct onnx_tensor *t,
                             const struct graph_value **out, const char *where,
                             struct err *err)
{
    struct graph_value *v = &n->values[n->value_count];

    if (!network_value(v, t))
        return err_set(err, ERR_BAD_INPUT,
                       "%s: the tensor of %.80s is damaged, or of a type "
                       "(%d) that is not computed with",
                       n->onnx.file, where, t->type);
    n->value_count++;
    *out = v;
    return OK;
}

static enum status add_node(struct network *n, int i, struct err *err)
{
    const struct onnx_node *from = &n->onnx.nodes[i];
    struct graph_attribute *a = &n->attributes[n->attribute_count];

    n->nodes[i] = (struct graph_node){
        .op = from->op,
        .name = from->name,
        .inputs = from->inputs,
        .outputs = from->outputs,
        .input_count = from->input_count,
        .output_count = from->output_count,
        .attributes = a,
        .attribute_count = from->attribute_count,
    };
    for (int j = 0; j < from->attribute_count; j++, a++) {
        const struct onnx_attribute *b = &from->attributes[j];

        *a = (struct graph_attribute){.name = b->name,
                                      .real = b->real,
                                      .whole = b->whole,
                                      .text = b->text,
                                      .reals = b->reals,
                                      .wholes = b->wholes,
                                      .count = b->count};
        if (b->has_tensor &&
            add_value(n, &b->tensor, &a->value, from->op, err) != OK)
            return err->status;
    }
    n->attribute_count += from->attribute_count;
    return OK;
}

static void make_room(struct network *n)
{
    const struct onnx *o = &n->onnx;
    size_t attributes = 1, values = (size_t)o->value_count + 1;

    for (int i = 0; i < o->node_count; i++)
        attributes += (size_t)o->nodes[i].attribute_count;
    n->nodes = mem_zalloc((size_t)o->node_count + 1, sizeof(*n->nodes));
    n->attributes = mem_zalloc(attributes, sizeof(*n->attributes));
    n->values =
        mem_zalloc(attributes + (size_t)o->tensor_count, sizeof(*n->values));
    n->weights = mem_zalloc(values, sizeof(*n->weights));
    n->names = mem_zalloc(values, sizeof(*n->names));
}

static enum status build(struct network *n, struct err *err)
{
    const struct onnx *o = &n->onnx;

    make_room(n);
    for (int i = 0; i < o->node_count; i++)
        if (add_node(n, i, err) != OK)
            return err->status;
    n->graph = (struct graph){.file = o->file,
                              .opset = o->opset,
                              .nodes = n->nodes,
                              .node_count = o->node_count,
                              .weights = n->weights,
                              .names = n->names,
                              .value_count = o->value_count};
    if (graph_check(&n->graph, err) != OK)
        return err->status;
    for (int v = 0; v < o->value_count; v++) {
        n->names[v] = o->values[v].name;
        if (o->values[v].weights != NULL &&
            add_value(n, o->values[v].weights, &n->weights[v],
                      o->values[v].name, err) != OK)
            return err->status;
    }
    return OK;
}

enum status network_open(struct network **out, const char *path,
                         struct err *err)
{
    struct network *n = mem_zalloc(1, sizeof(*n));

    if (onnx_read(&n->onnx, path, err) != OK || build(n, err) != OK) {
        network_close(n);
        return err->status;
    }
    *out = n;
    return OK;
}

void network_close(struct network *network)
{
    if (network == NULL)
        return;
    for (int i = 0; i < network->value_count; i++)
        graph_value_release(&network->values[i]);
    free(network->values);
    free(network->attributes);
    free(network->nodes);
    free(network->weights);
    free(network->names);
    onnx_release(&network->onnx);
    free(network);
}

int network_inputs(const struct network *network)
{
    return network->onnx.input_count;
}

void network_shape(const struct network *network, int i, int *dims,
                   int64_t *shape)
{
    const struct onnx_port *port = &network->onnx.inputs[i];

    *dims = port->dims;
    for (int d = 0; d < port->dims; d++)
        shape[d] = port->shape[d];
}

int network_outputs(const struct network *network)
{
    return network->onnx.output_count;
}

int network_output(const struct network *network, int i)
{
    return network->onnx.outputs[i].value;
}

int network_find(const struct network *network, const char *name)
{
    const struct onnx *o = &network->onnx;

    for (int v = 0; v < o->value_count; v++)
        if (strcmp(o->values[v].name, name) == 0)
            return v;
    for (int n = 0; n < o->node_count; n++)
        if (strcmp(o->nodes[n].name, name) == 0 && o->nodes[n].output_count > 0)
            return o->nodes[n].outputs[0];
    return -1;
}

enum status network_run(const struct network *network,
                        const struct graph_value *inputs, int wanted,
                        struct graph_value *out, struct err *err)
{
    const struct onnx *o = &network->onnx;
    const struct graph_value **given =
        mem_zalloc((size_t)o->value_count + 1, sizeof(*given));
    enum status status;

    for (int i = 0; i < o->input_count; i++)
        given[o->inputs[i].value] = &inputs[i];
    if (wanted < 0 || wanted >= o->value_count)
        status = err_set(err, ERR_BAD_INPUT, "%s has no such tensor", o->file);
    else
        status = graph_run(&network->graph, given, wanted, out, err);
    free(given);
    return status;
}
