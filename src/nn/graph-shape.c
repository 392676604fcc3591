#include <config.h>

#include <string.h>

#include "nn/graph-parts.h"

/* Operators that move numbers and compute nothing. */

static size_t width_of(const struct graph_value *v)
{
    return v->whole ? sizeof(int64_t) : sizeof(float);
}

static unsigned char *bytes_of(const struct graph_value *v)
{
    return v->whole ? (unsigned char *)v->wholes : (unsigned char *)v->reals;
}

/* The first input's numbers in another shape of as many. */
static enum status reshaped(struct graph_call *call, int dims,
                            const size_t *shape)
{
    const struct graph_value *x = graph_in(call, 0);

    if (graph_make(call, 0, x->whole, dims, shape) != OK)
        return call->err->status;
    if (call->out->count != x->count)
        return graph_bad(call, "has a shape that does not fit");
    memcpy(bytes_of(call->out), bytes_of(x), x->count * width_of(x));
    return OK;
}

static enum status run_flatten(struct graph_call *call)
{
    const struct graph_value *x = graph_in(call, 0);
    int64_t axis = graph_whole(call, "axis", 1);
    size_t shape[2];

    if (axis < 0)
        axis += x->dims;
    if (axis < 0 || axis > x->dims)
        return graph_bad(call, "has an axis that does not fit");
    shape[0] = graph_span(x, 0, (int)axis);
    shape[1] = graph_span(x, (int)axis, x->dims);
    return reshaped(call, 2, shape);
}

/* 0: as it was, unless allowzero; -1: what is left. */
static enum status run_reshape(struct graph_call *call)
{
    const struct graph_value *x = graph_in(call, 0);
    bool zero = graph_whole(call, "allowzero", 0) != 0;
    int64_t want[GRAPH_DIMS_MAX];
    size_t shape[GRAPH_DIMS_MAX], known = 1;
    int dims, open = -1;

    if (graph_list(call, "shape", 1, want, &dims) != OK)
        return call->err->status;
    for (int d = 0; d < dims; d++) {
        if (want[d] < -1 || (want[d] == -1 && open >= 0) ||
            (want[d] == 0 && !zero && d >= x->dims) ||
            want[d] > (int64_t)GRAPH_BYTES_MAX)
            return graph_bad(call, "has a shape that does not fit");
        shape[d] = want[d] == 0 && !zero ? x->shape[d] : (size_t)want[d];
        if (want[d] == -1)
            open = d;
        else if (__builtin_mul_overflow(known, shape[d], &known))
            return graph_bad(call, "has a shape that does not fit");
    }
    if (dims < 0 || (open >= 0 && known == 0))
        return graph_bad(call, "has a shape that does not fit");
    if (open >= 0)
        shape[open] = x->count / known;
    return reshaped(call, dims, shape);
}

static enum status run_squeeze(struct graph_call *call)
{
    const struct graph_value *x = graph_in(call, 0);
    int64_t axes[GRAPH_DIMS_MAX];
    size_t shape[GRAPH_DIMS_MAX];
    bool drop[GRAPH_DIMS_MAX] = {false};
    int count, dims = 0, axis;

    if (graph_list(call, "axes", 1, axes, &count) != OK)
        return call->err->status;
    for (int i = 0; i < count; i++) {
        if (!graph_axis(axes[i], x->dims, &axis) || x->shape[axis] != 1)
            return graph_bad(call, "has an axis that does not fit");
        drop[axis] = true;
    }
    for (int d = 0; d < x->dims; d++)
        if (count < 0 ? x->shape[d] != 1 : !drop[d])
            shape[dims++] = x->shape[d];
    return reshaped(call, dims, shape);
}

static enum status run_unsqueeze(struct graph_call *call)
{
    const struct graph_value *x = graph_in(call, 0);
    int64_t axes[GRAPH_DIMS_MAX];
    size_t shape[GRAPH_DIMS_MAX];
    bool added[GRAPH_DIMS_MAX] = {false};
    int count, axis, from = 0;

    if (graph_list(call, "axes", 1, axes, &count) != OK)
        return call->err->status;
    if (count < 0 || x->dims + count > GRAPH_DIMS_MAX)
        return graph_bad(call, "has axes that do not fit");
    for (int i = 0; i < count; i++) {
        if (!graph_axis(axes[i], x->dims + count, &axis) || added[axis])
            return graph_bad(call, "has an axis that does not fit");
        added[axis] = true;
    }
    for (int d = 0; d < x->dims + count; d++)
        shape[d] = added[d] ? 1 : x->shape[from++];
    return reshaped(call, x->dims + count, shape);
}

/* Every number of out from where `first` and `stride` (of x, numbers) lead. */
static void pick(struct graph_value *out, const struct graph_value *x,
                 int64_t first, const int64_t *stride)
{
    size_t width = width_of(x), at[GRAPH_DIMS_MAX] = {0};
    unsigned char *to = bytes_of(out);
    int64_t from = first;

    for (size_t i = 0; i < out->count; i++, to += width) {
        memcpy(to, bytes_of(x) + (size_t)from * width, width);
        for (int d = out->dims - 1; d >= 0; d--) {
            from += stride[d];
            if (++at[d] < out->shape[d])
                break;
            from -= stride[d] * (int64_t)at[d];
            at[d] = 0;
        }
    }
}

static enum status run_transpose(struct graph_call *call)
{
    const struct graph_value *x = graph_in(call, 0);
    int64_t perm[GRAPH_DIMS_MAX], stride[GRAPH_DIMS_MAX];
    size_t shape[GRAPH_DIMS_MAX];
    bool seen[GRAPH_DIMS_MAX] = {false};
    int count;

    if (graph_list(call, "perm", -1, perm, &count) != OK)
        return call->err->status;
    for (int d = 0; count < 0 && d < x->dims; d++)
        perm[d] = x->dims - 1 - d;
    if (count >= 0 && count != x->dims)
        return graph_bad(call, "has a perm that does not fit");
    for (int d = 0; d < x->dims; d++) {
        if (perm[d] < 0 || perm[d] >= x->dims || seen[perm[d]])
            return graph_bad(call, "has a perm that does not fit");
        seen[perm[d]] = true;
        shape[d] = x->shape[perm[d]];
        stride[d] = (int64_t)graph_span(x, (int)perm[d] + 1, x->dims);
    }
    if (graph_make(call, 0, x->whole, x->dims, shape) != OK)
        return call->err->status;
    pick(call->out, x, 0, stride);
    return OK;
}

static enum status run_concat(struct graph_call *call)
{
    const struct graph_value *x = graph_in(call, 0);
    size_t shape[GRAPH_DIMS_MAX], all = 0, at = 0, outer, inner;
    int axis;

    if (!graph_axis(graph_whole(call, "axis", 0), x->dims, &axis))
        return graph_bad(call, "has an axis that does not fit");
    memcpy(shape, x->shape, sizeof(shape));
    for (int i = 0; i < call->node->input_count; i++) {
        const struct graph_value *v = graph_in(call, i);

        if (v == NULL || v->whole != x->whole || v->dims != x->dims)
            return graph_bad(call, "takes tensors that don't fit each other");
        for (int d = 0; d < x->dims; d++)
            if (d != axis && v->shape[d] != x->shape[d])
                return graph_bad(call,
                                 "takes tensors that don't fit each other");
        all += v->shape[axis];
    }
    shape[axis] = all;
    if (graph_make(call, 0, x->whole, x->dims, shape) != OK)
        return call->err->status;
    outer = graph_span(x, 0, axis);
    inner = graph_span(x, axis + 1, x->dims) * width_of(x);
    for (int i = 0; i < call->node->input_count; i++) {
        const struct graph_value *v = graph_in(call, i);
        size_t part = v->shape[axis] * inner;

        for (size_t o = 0; o < outer && part > 0; o++)
            memcpy(bytes_of(call->out) + (o * all * inner + at),
                   bytes_of(v) + o * part, part);
        at += part;
    }
    return OK;
}

/* Part i of the first input along an axis, as output i. */
static enum status cut(struct graph_call *call, int i, int axis, size_t first,
                       size_t length)
{
    const struct graph_value *x = graph_in(call, 0);
    size_t shape[GRAPH_DIMS_MAX], inner, row;

    memcpy(shape, x->shape, sizeof(shape));
    shape[axis] = length;
    if (graph_make(call, i, x->whole, x->dims, shape) != OK)
        return call->err->status;
    inner = graph_span(x, axis + 1, x->dims) * width_of(x);
    row = x->shape[axis] * inner;
    for (size_t o = 0; o < graph_span(x, 0, axis) && length * inner > 0; o++)
        memcpy(bytes_of(&call->out[i]) + o * length * inner,
               bytes_of(x) + o * row + first * inner, length * inner);
    return OK;
}

static enum status run_split(struct graph_call *call)
{
    const struct graph_value *x = graph_in(call, 0);
    int64_t sizes[GRAPH_DIMS_MAX];
    int axis, count, parts = call->node->output_count;
    size_t at = 0;

    if (!graph_axis(graph_whole(call, "axis", 0), x->dims, &axis) ||
        graph_list(call, "split", 1, sizes, &count) != OK)
        return graph_bad(call, "has an axis or sizes that do not fit");
    if (count >= 0 ? count != parts : x->shape[axis] % (size_t)parts != 0)
        return graph_bad(call, "has sizes that do not fit");
    for (int i = 0; i < parts; i++) {
        size_t size =
            count >= 0 ? (size_t)sizes[i] : x->shape[axis] / (size_t)parts;

        if (size > x->shape[axis] - at)
            return graph_bad(call, "has sizes that do not fit");
        if (cut(call, i, axis, at, size) != OK)
            return call->err->status;
        at += size;
    }
    return OK;
}

static enum status run_shape(struct graph_call *call)
{
    const struct graph_value *x = graph_in(call, 0);
    int64_t first = graph_whole(call, "start", 0);
    int64_t last = graph_whole(call, "end", x->dims);
    size_t length;

    first = first < 0 ? first + x->dims : first;
    last = last < 0 ? last + x->dims : last;
    first = first < 0 ? 0 : first;
    last = last > x->dims ? x->dims : last;
    length = last > first ? (size_t)(last - first) : 0;
    if (graph_make(call, 0, true, 1, &length) != OK)
        return call->err->status;
    for (size_t i = 0; i < length; i++)
        call->out->wholes[i] = (int64_t)x->shape[(size_t)first + i];
    return OK;
}

static enum status run_gather(struct graph_call *call)
{
    const struct graph_value *x = graph_in(call, 0), *index = graph_in(call, 1);
    size_t shape[GRAPH_DIMS_MAX], inner, n;
    int axis, dims = 0;
    unsigned char *to;

    if (!graph_axis(graph_whole(call, "axis", 0), x->dims, &axis) ||
        !index->whole || x->dims - 1 + index->dims > GRAPH_DIMS_MAX)
        return graph_bad(call, "has an axis or indices that do not fit");
    for (int d = 0; d < axis; d++)
        shape[dims++] = x->shape[d];
    for (int d = 0; d < index->dims; d++)
        shape[dims++] = index->shape[d];
    for (int d = axis + 1; d < x->dims; d++)
        shape[dims++] = x->shape[d];
    n = x->shape[axis];
    for (size_t i = 0; i < index->count; i++)
        if (index->wholes[i] < -(int64_t)n || index->wholes[i] >= (int64_t)n)
            return graph_bad(call, "has an index that is not there");
    if (graph_make(call, 0, x->whole, dims, shape) != OK)
        return call->err->status;
    inner = graph_span(x, axis + 1, x->dims) * width_of(x);
    to = bytes_of(call->out);
    for (size_t o = 0; o < graph_span(x, 0, axis); o++)
        for (size_t i = 0; i < index->count; i++, to += inner) {
            int64_t j = index->wholes[i];

            memcpy(to,
                   bytes_of(x) +
                       (o * n + (size_t)(j < 0 ? j + (int64_t)n : j)) * inner,
                   inner);
        }
    return OK;
}

/* ---- slices ---- */

static int64_t clamp(int64_t at, int64_t low, int64_t high)
{
    return at < low ? low : at > high ? high : at;
}

/* One axis of a slice: where it begins and how many numbers it has. */
static size_t slice_axis(int64_t start, int64_t end, int64_t step, int64_t n,
                         int64_t *first)
{
    if (n == 0) {
        *first = 0;
        return 0;
    }
    start = start < 0 ? start + n : start;
    end = end < 0 ? end + n : end;
    if (step > 0) {
        *first = clamp(start, 0, n);
        end = clamp(end, 0, n);
        return end > *first ? (size_t)((end - *first - 1) / step + 1) : 0;
    }
    *first = clamp(start, 0, n - 1);
    end = clamp(end, -1, n - 1);
    return *first > end ? (size_t)((*first - end - 1) / -step + 1) : 0;
}

static enum status run_slice(struct graph_call *call)
{
    const struct graph_value *x = graph_in(call, 0);
    int64_t starts[GRAPH_DIMS_MAX], ends[GRAPH_DIMS_MAX], axes[GRAPH_DIMS_MAX];
    int64_t steps[GRAPH_DIMS_MAX], stride[GRAPH_DIMS_MAX], first = 0;
    size_t shape[GRAPH_DIMS_MAX];
    int count, end_count, axis_count, step_count, axis;

    if (graph_list(call, "starts", 1, starts, &count) != OK ||
        graph_list(call, "ends", 2, ends, &end_count) != OK ||
        graph_list(call, "axes", 3, axes, &axis_count) != OK ||
        graph_list(call, "steps", 4, steps, &step_count) != OK)
        return call->err->status;
    if (count < 0 || end_count != count ||
        (axis_count >= 0 && axis_count != count) ||
        (step_count >= 0 && step_count != count))
        return graph_bad(call, "has lists that don't fit each other");
    for (int d = 0; d < x->dims; d++) {
        shape[d] = x->shape[d];
        stride[d] = (int64_t)graph_span(x, d + 1, x->dims);
    }
    for (int i = 0; i < count; i++) {
        int64_t step = step_count >= 0 ? steps[i] : 1, from;

        if (!graph_axis(axis_count >= 0 ? axes[i] : i, x->dims, &axis) ||
            step == 0 || step == INT64_MIN || starts[i] < -INT64_MAX / 2 ||
            shape[axis] != x->shape[axis])
            return graph_bad(call, "has an axis or a step that does not fit");
        ends[i] = clamp(ends[i], -INT64_MAX / 2, INT64_MAX / 2);
        shape[axis] = slice_axis(starts[i], ends[i], step,
                                 (int64_t)x->shape[axis], &from);
        first += from * stride[axis];
        /* what is never taken twice needs no stride */
        stride[axis] = shape[axis] > 1 ? stride[axis] * step : 0;
    }
    if (graph_make(call, 0, x->whole, x->dims, shape) != OK)
        return call->err->status;
    if (x->count > 0)
        pick(call->out, x, first, stride);
    return OK;
}

/* ---- what comes from nowhere ---- */

static enum status run_constant(struct graph_call *call)
{
    const struct graph_attribute *a =
        call->node->attribute_count == 1 ? &call->node->attributes[0] : NULL;
    size_t n = a != NULL ? (size_t)a->count : 0;
    bool many;

    if (a == NULL)
        return graph_bad(call, "has no value that is known here");
    many = strcmp(a->name, "value_ints") == 0 ||
           strcmp(a->name, "value_floats") == 0;
    if (n > 0 && many &&
        (strstr(a->name, "int") ? a->wholes == NULL : a->reals == NULL))
        return graph_bad(call, "has no value that is known here");
    if (a->value == NULL && !many && strcmp(a->name, "value_int") != 0 &&
        strcmp(a->name, "value_float") != 0)
        return graph_bad(call, "has no value that is known here");
    if (a->value != NULL) {
        if (graph_like(call, a->value) != OK)
            return call->err->status;
        memcpy(bytes_of(call->out), bytes_of(a->value),
               a->value->count * width_of(a->value));
        return OK;
    }
    if (graph_make(call, 0, strstr(a->name, "int") != NULL, many, &n) != OK)
        return call->err->status;
    for (size_t i = 0; i < call->out->count; i++) {
        if (call->out->whole)
            call->out->wholes[i] = many ? a->wholes[i] : a->whole;
        else
            call->out->reals[i] = (float)(many ? a->reals[i] : a->real);
    }
    return OK;
}

static enum status run_constant_of_shape(struct graph_call *call)
{
    const struct graph_attribute *a = graph_find(call, "value");
    const struct graph_value *v = a != NULL ? a->value : NULL;
    int64_t want[GRAPH_DIMS_MAX];
    size_t shape[GRAPH_DIMS_MAX];
    int dims;

    if (graph_list(call, "", 0, want, &dims) != OK)
        return call->err->status;
    for (int d = 0; d < dims; d++) {
        if (want[d] < 0)
            return graph_bad(call, "has a negative size");
        shape[d] = (size_t)want[d];
    }
    if (v != NULL && v->count != 1)
        return graph_bad(call, "has no value that is known here");
    if (graph_make(call, 0, v != NULL && v->whole, dims, shape) != OK)
        return call->err->status;
    for (size_t i = 0; v != NULL && i < call->out->count; i++)
        memcpy(bytes_of(call->out) + i * width_of(v), bytes_of(v), width_of(v));
    return OK;
}

const struct graph_op graph_ops_shape[] = {
    {"Flatten", 1, 1, run_flatten},
    {"Reshape", 1, 2, run_reshape},
    {"Squeeze", 1, 2, run_squeeze},
    {"Unsqueeze", 1, 2, run_unsqueeze},
    {"Transpose", 1, 1, run_transpose},
    {"Concat", 1, 65536, run_concat},
    {"Split", 1, 2, run_split},
    {"Shape", 1, 1, run_shape},
    {"Gather", 2, 2, run_gather},
    {"Slice", 1, 5, run_slice},
    {"Constant", 0, 0, run_constant},
    {"ConstantOfShape", 1, 1, run_constant_of_shape},
    {NULL, 0, 0, NULL},
};
