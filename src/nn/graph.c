#include <config.h>

#include "nn/graph.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "nn/graph-parts.h"

static const struct graph_op *const tables[] = {
    graph_ops_point, graph_ops_shape, graph_ops_window, graph_ops_product,
    graph_ops_reduce};

static const struct graph_op *find_op(const char *name)
{
    for (size_t t = 0; t < ARRAY_SIZE(tables); t++)
        for (const struct graph_op *op = tables[t]; op->name != NULL; op++)
            if (strcmp(op->name, name) == 0)
                return op;
    return NULL;
}

void graph_value_release(struct graph_value *value)
{
    free(value->reals);
    free(value->wholes);
    *value = (struct graph_value){.count = 0};
}

/* Bytes of a shape's numbers; false: too many. */
static bool size_of(bool whole, int dims, const size_t *shape, size_t *count,
                    size_t *bytes)
{
    *count = 1;
    for (int d = 0; d < dims; d++)
        if (__builtin_mul_overflow(*count, shape[d], count) ||
            *count > GRAPH_BYTES_MAX)
            return false;
    *bytes = *count * (whole ? sizeof(int64_t) : sizeof(float));
    return *bytes <= GRAPH_BYTES_MAX;
}

/* ---- what operators ask for ---- */

enum status graph_bad(const struct graph_call *call, const char *what)
{
    struct str op = STR_INIT, name = STR_INIT;

    utf8_escape(&op, call->node->op);
    utf8_escape(&name, call->node->name);
    err_set(call->err, ERR_BAD_INPUT, "%s: the operator %.60s %.80s %s",
            call->graph->file, op.text, name.text, what);
    str_release(&op);
    str_release(&name);
    return call->err->status;
}

const struct graph_value *graph_in(const struct graph_call *call, int i)
{
    return i < call->node->input_count ? call->in[i] : NULL;
}

const struct graph_attribute *graph_find(const struct graph_call *call,
                                         const char *name)
{
    for (int i = 0; i < call->node->attribute_count; i++)
        if (strcmp(call->node->attributes[i].name, name) == 0)
            return &call->node->attributes[i];
    return NULL;
}

int64_t graph_whole(const struct graph_call *call, const char *name,
                    int64_t fallback)
{
    const struct graph_attribute *a = graph_find(call, name);

    return a != NULL ? a->whole : fallback;
}

double graph_real(const struct graph_call *call, const char *name,
                  double fallback)
{
    const struct graph_attribute *a = graph_find(call, name);

    return a != NULL ? a->real : fallback;
}

enum status graph_make(struct graph_call *call, int i, bool whole, int dims,
                       const size_t *shape)
{
    struct graph_value v = {.whole = whole, .dims = dims};
    size_t bytes;

    if (i >= call->node->output_count)
        return graph_bad(call, "has no output");
    if (dims > GRAPH_DIMS_MAX || !size_of(whole, dims, shape, &v.count, &bytes))
        return graph_bad(call, "makes a tensor too large to be computed");
    if (dims > 0)
        memcpy(v.shape, shape, (size_t)dims * sizeof(*shape));
    if (whole)
        v.wholes = mem_large(v.count + 1, sizeof(*v.wholes));
    else
        v.reals = mem_large(v.count + 1, sizeof(*v.reals));
    if (v.wholes == NULL && v.reals == NULL)
        return err_set(call->err, ERR_NOMEM, "no memory for %zu bytes", bytes);
    call->out[i] = v;
    return OK;
}

enum status graph_like(struct graph_call *call, const struct graph_value *value)
{
    return graph_make(call, 0, value->whole, value->dims, value->shape);
}

bool graph_axis(int64_t axis, int dims, int *out)
{
    if (axis < 0)
        axis += dims;
    *out = (int)axis;
    return axis >= 0 && axis < dims;
}

size_t graph_span(const struct graph_value *value, int first, int last)
{
    size_t span = 1;

    for (int d = first; d < last; d++)
        span *= value->shape[d];
    return span;
}

enum status graph_list(struct graph_call *call, const char *name, int i,
                       int64_t *out, int *count)
{
    const struct graph_attribute *a = graph_find(call, name);
    const struct graph_value *v = i >= 0 ? graph_in(call, i) : NULL;
    const int64_t *from = a != NULL ? a->wholes : v != NULL ? v->wholes : NULL;
    size_t n = a != NULL ? (size_t)a->count : v != NULL ? v->count : 0;

    *count = -1;
    if (a == NULL && v == NULL)
        return OK;
    if (n > GRAPH_DIMS_MAX || (n > 0 && from == NULL))
        return graph_bad(call, "has a list that is too long, or not of whole "
                               "numbers");
    if (n > 0)
        memcpy(out, from, n * sizeof(*out));
    *count = (int)n;
    return OK;
}

/* ---- checking ---- */

/* Appends a name to a list, unless it is in it or the list is long. */
static void list_name(struct str *list, const char *op)
{
    struct str name = STR_INIT, all = STR_INIT;

    str_add(&name, ", ");
    utf8_escape(&name, op);
    str_addf(&all, "%s, ", list->text);
    str_add(&name, ", ");
    if (strstr(all.text, name.text) == NULL && list->length < 400)
        str_addf(list, "%.60s", name.text);
    if (list->length > 2 && strcmp(list->text + list->length - 2, ", ") == 0)
        list->text[list->length -= 2] = '\0';
    str_release(&all);
    str_release(&name);
}

enum status graph_check(const struct graph *graph, struct err *err)
{
    struct str unknown = STR_INIT;
    enum status status = OK;

    for (int n = 0; n < graph->node_count; n++)
        if (find_op(graph->nodes[n].op) == NULL)
            list_name(&unknown, graph->nodes[n].op);
    if (unknown.length > 0)
        status = err_set(err, ERR_BAD_INPUT,
                         "%s: it has operators that are not known here: %s",
                         graph->file, unknown.text + strlen(", "));
    str_release(&unknown);
    return status;
}

/* ---- running ---- */

struct run {
    const struct graph *graph;
    const struct graph_value *const *inputs;
    struct graph_value *values; /* computed ones */
    int *uses;                  /* nodes still to come that take a value */
    bool *needed;               /* nodes */
    size_t bytes;               /* of all values there are */
    struct err *err;
};

static size_t bytes_of(const struct graph_value *v)
{
    return v->count * (v->whole ? sizeof(int64_t) : sizeof(float));
}

/* From the last node to the first: whose outputs are taken. */
static void find_needed(struct run *run, int wanted)
{
    const struct graph *g = run->graph;

    run->uses[wanted] = 1;
    for (int n = g->node_count - 1; n >= 0; n--) {
        const struct graph_node *node = &g->nodes[n];

        for (int i = 0; i < node->output_count; i++)
            if (node->outputs[i] >= 0 && run->uses[node->outputs[i]] > 0)
                run->needed[n] = true;
        for (int i = 0; run->needed[n] && i < node->input_count; i++)
            if (node->inputs[i] >= 0)
                run->uses[node->inputs[i]]++;
    }
}

static const struct graph_value *value_of(const struct run *run, int v)
{
    if (v < 0)
        return NULL;
    if (run->inputs[v] != NULL)
        return run->inputs[v];
    if (run->graph->weights[v] != NULL)
        return run->graph->weights[v];
    return run->values[v].reals != NULL || run->values[v].wholes != NULL
               ? &run->values[v]
               : NULL;
}

static enum status check_call(struct graph_call *call,
                              const struct graph_op *op)
{
    const struct graph_node *node = call->node;

    if (op == NULL)
        return graph_bad(call, "is not known here");
    if (node->input_count < op->least || node->input_count > op->most ||
        node->output_count < 1)
        return graph_bad(call, "has too few inputs or too many");
    for (int i = 0; i < op->least; i++)
        if (call->in[i] == NULL)
            return graph_bad(call, "takes a tensor that is not computed here");
    return OK;
}

/* The outputs to their places, but those that nobody takes. */
static enum status keep(struct run *run, struct graph_call *call)
{
    for (int i = 0; i < call->node->output_count; i++) {
        int v = call->node->outputs[i];
        struct graph_value *out = &call->out[i];

        if (v < 0 || run->uses[v] == 0 || value_of(run, v) != NULL) {
            graph_value_release(out);
            continue;
        }
        if (out->reals == NULL && out->wholes == NULL)
            return graph_bad(call, "has a further output, which is not "
                                   "computed here");
        run->bytes += bytes_of(out);
        run->values[v] = *out;
        *out = (struct graph_value){.count = 0};
    }
    if (run->bytes > GRAPH_BYTES_MAX)
        return graph_bad(call, "makes more tensors than fit into 1 GiB");
    return OK;
}

static void drop_used(struct run *run, const struct graph_node *node)
{
    for (int i = 0; i < node->input_count; i++) {
        int v = node->inputs[i];

        if (v < 0 || --run->uses[v] > 0)
            continue;
        run->bytes -= bytes_of(&run->values[v]);
        graph_value_release(&run->values[v]);
    }
}

static enum status run_node(struct run *run, const struct graph_node *node)
{
    const struct graph_op *op = find_op(node->op);
    const struct graph_value **in =
        mem_zalloc((size_t)node->input_count + 1, sizeof(*in));
    struct graph_call call = {
        .graph = run->graph,
        .node = node,
        .in = in,
        .out = mem_zalloc((size_t)node->output_count + 1, sizeof(*call.out)),
        .err = run->err};
    enum status status;

    for (int i = 0; i < node->input_count; i++)
        in[i] = value_of(run, node->inputs[i]);
    status = check_call(&call, op);
    if (status == OK)
        status = op->run(&call);
    if (status == OK)
        status = keep(run, &call);
    for (int i = 0; i < node->output_count; i++)
        graph_value_release(&call.out[i]);
    free(call.out);
    free(in);
    if (status == OK)
        drop_used(run, node);
    return status;
}

static enum status copy_out(const struct run *run, int wanted,
                            struct graph_value *out)
{
    const struct graph_value *v = value_of(run, wanted);
    struct graph_value copy;

    if (v == NULL)
        return err_set(run->err, ERR_BAD_INPUT, "%s: %.80s is not computed",
                       run->graph->file, run->graph->names[wanted]);
    copy = *v;
    if (v == &run->values[wanted]) {
        run->values[wanted] = (struct graph_value){.count = 0};
        *out = copy;
        return OK;
    }
    copy.reals = copy.whole ? NULL : mem_large(v->count + 1, sizeof(float));
    copy.wholes = copy.whole ? mem_large(v->count + 1, sizeof(int64_t)) : NULL;
    if (copy.reals == NULL && copy.wholes == NULL)
        return err_set(run->err, ERR_NOMEM, "no memory for %zu numbers",
                       v->count);
    if (copy.whole)
        memcpy(copy.wholes, v->wholes, bytes_of(v));
    else
        memcpy(copy.reals, v->reals, bytes_of(v));
    *out = copy;
    return OK;
}

enum status graph_run(const struct graph *graph,
                      const struct graph_value *const *inputs, int wanted,
                      struct graph_value *out, struct err *err)
{
    size_t values = (size_t)graph->value_count + 1;
    struct run run = {
        .graph = graph,
        .inputs = inputs,
        .values = mem_zalloc(values, sizeof(*run.values)),
        .uses = mem_zalloc(values, sizeof(*run.uses)),
        .needed = mem_zalloc((size_t)graph->node_count + 1, sizeof(bool)),
        .err = err};
    enum status status = OK;

    find_needed(&run, wanted);
    for (int n = 0; n < graph->node_count && status == OK; n++)
        if (run.needed[n])
            status = run_node(&run, &graph->nodes[n]);
    if (status == OK)
        status = copy_out(&run, wanted, out);
    for (int v = 0; v < graph->value_count; v++)
        graph_value_release(&run.values[v]);
    free(run.values);
    free(run.uses);
    free(run.needed);
    return status;
}
