#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "nn/gemm.h"
#include "nn/graph-parts.h"

/* Matrix products, and norms by channel. */

/* C (m, n) = A (m, depth) B; B's rows and columns are so far apart. */
static enum status product(struct graph_call *call, size_t m, size_t n,
                           size_t depth, const float *a, const float *b,
                           size_t row, size_t column, float *c)
{
    const struct micro *micro = micro_best();
    float *packed;

    if (m > INT32_MAX || n > INT32_MAX / 2 || depth > INT32_MAX / 2)
        return graph_bad(call, "has matrices too large to be multiplied");
    if (m == 0 || n == 0)
        return OK;
    if (depth == 0) {
        memset(c, 0, m * n * sizeof(*c));
        return OK;
    }
    packed = mem_large(gemm_packed(micro, (int)n, (int)depth), sizeof(*packed));
    if (packed == NULL)
        return err_set(call->err, ERR_NOMEM, "no memory for %zu weights",
                       n * depth);
    gemm_pack(micro, (int)n, (int)depth, b, row, column, packed);
    gemm(micro, (int)m, (int)n, (int)depth, a, depth, packed, c, n, false);
    free(packed);
    return OK;
}

/* The transpose of (rows, columns), owned by the caller; or NULL. */
static float *transposed(const float *x, size_t rows, size_t columns)
{
    float *out = mem_large(rows * columns + 1, sizeof(*out));

    for (size_t i = 0; out != NULL && i < rows; i++)
        for (size_t j = 0; j < columns; j++)
            out[j * rows + i] = x[i * columns + j];
    return out;
}

/* y = alpha y + beta c, c broadcast to (m, n). */
static enum status add_bias(struct graph_call *call, size_t m, size_t n)
{
    const struct graph_value *c = graph_in(call, 2);
    float alpha = (float)graph_real(call, "alpha", 1);
    float beta = (float)graph_real(call, "beta", 1);
    float *y = call->out->reals;
    size_t rows = 1, columns = 1;

    for (size_t i = 0; alpha != 1 && i < m * n; i++)
        y[i] *= alpha;
    if (c == NULL)
        return OK;
    if (c->dims > 0)
        columns = c->shape[c->dims - 1];
    if (c->dims > 1)
        rows = c->shape[c->dims - 2];
    if (c->whole || c->dims > 2 || (rows != 1 && rows != m) ||
        (columns != 1 && columns != n))
        return graph_bad(call, "takes a bias that does not fit");
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++)
            y[i * n + j] +=
                beta *
                c->reals[(rows > 1 ? i * columns : 0) + (columns > 1 ? j : 0)];
    return OK;
}

static enum status run_gemm(struct graph_call *call)
{
    const struct graph_value *a = graph_in(call, 0), *b = graph_in(call, 1);
    bool ta = graph_whole(call, "transA", 0) != 0;
    bool tb = graph_whole(call, "transB", 0) != 0;
    size_t m, n, depth, shape[2];
    float *turned = NULL;
    enum status status;

    if (a->whole || b->whole || a->dims != 2 || b->dims != 2 ||
        a->shape[!ta] != b->shape[tb])
        return graph_bad(call, "takes matrices that don't fit each other");
    shape[0] = m = a->shape[ta];
    shape[1] = n = b->shape[!tb];
    depth = b->shape[tb];
    if (graph_make(call, 0, false, 2, shape) != OK)
        return call->err->status;
    if (ta)
        turned = transposed(a->reals, depth, m);
    if (ta && turned == NULL)
        return err_set(call->err, ERR_NOMEM, "no memory to transpose");
    status = product(call, m, n, depth, ta ? turned : a->reals, b->reals,
                     tb ? 1 : n, tb ? depth : 1, call->out->reals);
    free(turned);
    return status == OK ? add_bias(call, m, n) : status;
}

/* Where the matrix of the batch at `at` is, counted in matrices. */
static size_t batch_place(const struct graph_value *v, int dims,
                          const size_t *at)
{
    size_t place = 0;

    for (int d = 0; d < dims; d++) {
        int i = d - (dims - (v->dims - 2));

        if (i >= 0)
            place = place * v->shape[i] + (v->shape[i] > 1 ? at[d] : 0);
    }
    return place;
}

/* Of vectors too, and of stacks of matrices, broadcast. */
static enum status run_matmul(struct graph_call *call)
{
    struct graph_value a = *graph_in(call, 0), b = *graph_in(call, 1);
    bool row = a.dims == 1, column = b.dims == 1;
    size_t shape[GRAPH_DIMS_MAX], at[GRAPH_DIMS_MAX] = {0}, m, n, depth;
    size_t batches = 1;
    int dims;

    if (a.whole || b.whole || a.dims < 1 || b.dims < 1)
        return graph_bad(call, "takes matrices of real numbers");
    if (row) {
        a.shape[1] = a.shape[0];
        a.shape[0] = 1;
        a.dims = 2;
    }
    if (column) {
        b.shape[1] = 1;
        b.dims = 2;
    }
    m = a.shape[a.dims - 2];
    n = b.shape[b.dims - 1];
    depth = b.shape[b.dims - 2];
    dims = (a.dims > b.dims ? a.dims : b.dims) - 2;
    if (a.shape[a.dims - 1] != depth)
        return graph_bad(call, "takes matrices that don't fit each other");
    for (int d = 0; d < dims; d++) {
        int i = d - (dims - (a.dims - 2)), j = d - (dims - (b.dims - 2));
        size_t p = i >= 0 ? a.shape[i] : 1, q = j >= 0 ? b.shape[j] : 1;

        if (p != q && p != 1 && q != 1)
            return graph_bad(call, "takes matrices that don't fit each other");
        shape[d] = p == 1 ? q : p;
        batches *= shape[d];
    }
    if (!row)
        shape[dims] = m;
    if (!column)
        shape[dims + !row] = n;
    if (graph_make(call, 0, false, dims + !row + !column, shape) != OK)
        return call->err->status;
    for (size_t i = 0; i < batches; i++) {
        if (product(call, m, n, depth,
                    a.reals + batch_place(&a, dims, at) * m * depth,
                    b.reals + batch_place(&b, dims, at) * depth * n, n, 1,
                    call->out->reals + i * m * n) != OK)
            return call->err->status;
        for (int d = dims - 1; d >= 0 && ++at[d] == shape[d]; d--)
            at[d] = 0;
    }
    return OK;
}

/* ---- norms ---- */

static bool is_channels(const struct graph_value *v, size_t channels)
{
    return v != NULL && !v->whole && v->count == channels;
}

static enum status run_batch_norm(struct graph_call *call)
{
    const struct graph_value *x = graph_in(call, 0);
    const struct graph_value *gamma = graph_in(call, 1);
    const struct graph_value *beta = graph_in(call, 2);
    const struct graph_value *mean = graph_in(call, 3);
    const struct graph_value *variance = graph_in(call, 4);
    double epsilon = graph_real(call, "epsilon", 1e-5);
    size_t channels = x->dims > 1 ? x->shape[1] : 0, inner;

    if (graph_whole(call, "training_mode", 0) != 0)
        return graph_bad(call, "is for training: export the network after "
                               "eval()");
    if (x->whole || x->dims < 2 || !is_channels(gamma, channels) ||
        !is_channels(beta, channels) || !is_channels(mean, channels) ||
        !is_channels(variance, channels))
        return graph_bad(call, "takes tensors that don't fit each other");
    if (graph_like(call, x) != OK)
        return call->err->status;
    inner = graph_span(x, 2, x->dims);
    for (size_t p = 0; p < x->shape[0] * channels; p++) {
        size_t c = p % channels;
        double scale =
            gamma->reals[c] / sqrt((double)variance->reals[c] + epsilon);
        double shift = beta->reals[c] - mean->reals[c] * scale;

        for (size_t i = p * inner; i < (p + 1) * inner; i++)
            call->out->reals[i] = (float)(x->reals[i] * scale + shift);
    }
    return OK;
}

static enum status run_instance_norm(struct graph_call *call)
{
    const struct graph_value *x = graph_in(call, 0);
    const struct graph_value *gamma = graph_in(call, 1);
    const struct graph_value *beta = graph_in(call, 2);
    double epsilon = graph_real(call, "epsilon", 1e-5);
    size_t channels = x->dims > 1 ? x->shape[1] : 0, inner;

    if (x->whole || x->dims < 2 || !is_channels(gamma, channels) ||
        !is_channels(beta, channels))
        return graph_bad(call, "takes tensors that don't fit each other");
    if (graph_like(call, x) != OK)
        return call->err->status;
    inner = graph_span(x, 2, x->dims);
    for (size_t p = 0; p < x->shape[0] * channels && inner > 0; p++) {
        const float *from = x->reals + p * inner;
        double sum = 0, squares = 0, scale;

        for (size_t i = 0; i < inner; i++)
            sum += from[i];
        sum /= (double)inner;
        for (size_t i = 0; i < inner; i++)
            squares += (from[i] - sum) * (from[i] - sum);
        scale = gamma->reals[p % channels] /
                sqrt(squares / (double)inner + epsilon);
        for (size_t i = 0; i < inner; i++)
            call->out->reals[p * inner + i] =
                (float)((from[i] - sum) * scale + beta->reals[p % channels]);
    }
    return OK;
}

const struct graph_op graph_ops_product[] = {
    {"Gemm", 2, 3, run_gemm},
    {"MatMul", 2, 2, run_matmul},
    {"BatchNormalization", 5, 5, run_batch_norm},
    {"InstanceNormalization", 3, 3, run_instance_norm},
    {NULL, 0, 0, NULL},
};
