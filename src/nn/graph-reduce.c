#include <config.h>

#include <math.h>
#include <string.h>

#include "nn/graph-parts.h"

/* Softmax, and sums and the like over axes. */

/* Over the middle one of (outer, n, inner). */
static void soften(const float *x, float *y, size_t n, size_t inner, bool logs)
{
    double largest = -INFINITY, sum = 0;

    for (size_t i = 0; i < n; i++)
        largest = fmax(largest, x[i * inner]);
    for (size_t i = 0; i < n; i++)
        sum += exp(x[i * inner] - largest);
    for (size_t i = 0; i < n; i++)
        y[i * inner] = (float)(logs ? x[i * inner] - largest - log(sum)
                                    : exp(x[i * inner] - largest) / sum);
}

/* Up to version 12 over all axes from the one given on. */
static enum status softmax(struct graph_call *call, bool logs)
{
    const struct graph_value *x = graph_in(call, 0);
    bool old = call->graph->opset < 13;
    size_t n, inner;
    int axis;

    if (x->whole ||
        !graph_axis(graph_whole(call, "axis", old ? 1 : -1), x->dims, &axis))
        return graph_bad(call, "has an axis that does not fit");
    if (graph_like(call, x) != OK)
        return call->err->status;
    n = old ? graph_span(x, axis, x->dims) : x->shape[axis];
    inner = old ? 1 : graph_span(x, axis + 1, x->dims);
    for (size_t o = 0; o < graph_span(x, 0, axis); o++)
        for (size_t i = 0; i < inner; i++)
            soften(x->reals + o * n * inner + i,
                   call->out->reals + o * n * inner + i, n, inner, logs);
    return OK;
}

static enum status run_softmax(struct graph_call *call)
{
    return softmax(call, false);
}

static enum status run_log_softmax(struct graph_call *call)
{
    return softmax(call, true);
}

enum reduction { SUM, MEAN, LARGEST, LEAST, SQUARES };

static double start_of(enum reduction how)
{
    return how == LARGEST ? -INFINITY : how == LEAST ? INFINITY : 0;
}

static double join(enum reduction how, double sum, double x)
{
    switch (how) {
    case LARGEST:
        return fmax(sum, x);
    case LEAST:
        return fmin(sum, x);
    case SQUARES:
        return sum + x * x;
    default:
        return sum + x;
    }
}

/* Over the axes that gone[] says: out's numbers in order, each walking over
 * what is gone. */
static void reduce(const struct graph_value *x, struct graph_value *out,
                   const bool *gone, enum reduction how)
{
    size_t size[2][GRAPH_DIMS_MAX], step[2][GRAPH_DIMS_MAX];
    size_t counts[2] = {1, 1};
    int dims[2] = {0, 0};

    for (int d = 0; d < x->dims; d++) {
        int g = gone[d];

        size[g][dims[g]] = x->shape[d];
        step[g][dims[g]++] = graph_span(x, d + 1, x->dims);
        counts[g] *= x->shape[d];
    }
    for (size_t o = 0; o < counts[0]; o++) {
        double sum = start_of(how);
        size_t base = 0, rest = o;

        for (int d = dims[0] - 1; d >= 0; rest /= size[0][d--])
            base += rest % size[0][d] * step[0][d];
        for (size_t i = 0; i < counts[1]; i++) {
            size_t place = base, left = i;

            for (int d = dims[1] - 1; d >= 0; left /= size[1][d--])
                place += left % size[1][d] * step[1][d];
            sum = join(how, sum, x->reals[place]);
        }
        out->reals[o] = (float)(how == MEAN ? sum / (double)counts[1] : sum);
    }
}

static enum status reduced(struct graph_call *call, enum reduction how)
{
    const struct graph_value *x = graph_in(call, 0);
    bool keep = graph_whole(call, "keepdims", 1) != 0;
    bool nothing = graph_whole(call, "noop_with_empty_axes", 0) != 0;
    bool gone[GRAPH_DIMS_MAX] = {false};
    int64_t axes[GRAPH_DIMS_MAX];
    size_t shape[GRAPH_DIMS_MAX];
    int count, axis, dims = 0;

    if (x->whole)
        return graph_bad(call, "takes real numbers");
    if (graph_list(call, "axes", 1, axes, &count) != OK)
        return call->err->status;
    for (int i = 0; i < count; i++) {
        if (!graph_axis(axes[i], x->dims, &axis))
            return graph_bad(call, "has an axis that does not fit");
        gone[axis] = true;
    }
    for (int d = 0; d < x->dims; d++) {
        if (count <= 0)
            gone[d] = !nothing;
        if (!gone[d])
            shape[dims++] = x->shape[d];
        else if (keep)
            shape[dims++] = 1;
    }
    if (graph_make(call, 0, false, dims, shape) != OK)
        return call->err->status;
    reduce(x, call->out, gone, how);
    return OK;
}

static enum status run_mean(struct graph_call *call)
{
    return reduced(call, MEAN);
}

static enum status run_sum(struct graph_call *call)
{
    return reduced(call, SUM);
}

static enum status run_largest(struct graph_call *call)
{
    return reduced(call, LARGEST);
}

static enum status run_least(struct graph_call *call)
{
    return reduced(call, LEAST);
}

static enum status run_squares(struct graph_call *call)
{
    return reduced(call, SQUARES);
}

static enum status run_length(struct graph_call *call)
{
    if (reduced(call, SQUARES) != OK)
        return call->err->status;
    for (size_t i = 0; i < call->out->count; i++)
        call->out->reals[i] = sqrtf(call->out->reals[i]);
    return OK;
}

const struct graph_op graph_ops_reduce[] = {
    {"Softmax", 1, 1, run_softmax},
    {"LogSoftmax", 1, 1, run_log_softmax},
    {"ReduceMean", 1, 2, run_mean},
    {"ReduceSum", 1, 2, run_sum},
    {"ReduceMax", 1, 2, run_largest},
    {"ReduceMin", 1, 2, run_least},
    {"ReduceSumSquare", 1, 2, run_squares},
    {"ReduceL2", 1, 2, run_length},
    {NULL, 0, 0, NULL},
};
