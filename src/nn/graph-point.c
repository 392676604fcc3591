#include <config.h>

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "nn/graph-parts.h"

/* Operators that compute every number by itself. */

/* ---- of one tensor ---- */

struct pair {
    float a, b;
};
typedef float unary(float x, struct pair p);

static enum status map(struct graph_call *call, unary *f, struct pair p)
{
    const struct graph_value *x = graph_in(call, 0);

    if (x->whole)
        return graph_bad(call, "takes real numbers");
    if (graph_like(call, x) != OK)
        return call->err->status;
    for (size_t i = 0; i < x->count; i++)
        call->out->reals[i] = f(x->reals[i], p);
    return OK;
}

/* Two attributes with their defaults. */
static struct pair pair_of(const struct graph_call *call, const char *a,
                           double a_default, const char *b, double b_default)
{
    return (struct pair){(float)graph_real(call, a, a_default),
                         b != NULL ? (float)graph_real(call, b, b_default) : 0};
}

#define UNARY(name, expression)                            \
    static float name##_of(float x, struct pair p)         \
    {                                                      \
        (void)p;                                           \
        return expression;                                 \
    }                                                      \
    static enum status run_##name(struct graph_call *call) \
    {                                                      \
        return map(call, name##_of, (struct pair){0, 0});  \
    }
#define UNARY_OF(name, expression, a, a_default, b, b_default) \
    static float name##_of(float x, struct pair p)             \
    {                                                          \
        return expression;                                     \
    }                                                          \
    static enum status run_##name(struct graph_call *call)     \
    {                                                          \
        return map(call, name##_of,                            \
                   pair_of(call, a, a_default, b, b_default)); \
    }

UNARY(relu, x > 0 ? x : 0)
UNARY(sigmoid, 1 / (1 + expf(-x)))
UNARY(tanh, tanhf(x))
UNARY(exp, expf(x))
UNARY(log, logf(x))
UNARY(sqrt, sqrtf(x))
UNARY(abs, fabsf(x))
UNARY(neg, -x)
UNARY(floor, floorf(x))
UNARY(ceil, ceilf(x))
UNARY(erf, erff(x))
UNARY(reciprocal, 1 / x)
UNARY(softplus, x > 20 ? x : log1pf(expf(x)))
UNARY(softsign, x / (1 + fabsf(x)))
UNARY(hardswish, x *fminf(1, fmaxf(0, x / 6 + 0.5f)))
UNARY_OF(leakyrelu, x < 0 ? x * p.a : x + 0 * p.b, "alpha", 0.01, NULL, 0)
UNARY_OF(elu, x < 0 ? p.a * expm1f(x) : x, "alpha", 1, NULL, 0)
UNARY_OF(celu, fmaxf(0, x) + fminf(0, p.a *expm1f(x / p.a)), "alpha", 1, NULL,
         0)
UNARY_OF(selu, p.b *(x > 0 ? x : p.a * expm1f(x)), "alpha",
         1.67326319217681884765625, "gamma", 1.05070102214813232421875)
UNARY_OF(hardsigmoid, fminf(1, fmaxf(0, p.a *x + p.b)), "alpha", 0.2, "beta",
         0.5)
UNARY_OF(thresholded, x > p.a ? x : 0, "alpha", 1, NULL, 0)

static float clip_of(float x, struct pair p)
{
    return fminf(fmaxf(x, p.a), p.b);
}

/* Bounds are attributes up to version 10, then inputs. */
static enum status run_clip(struct graph_call *call)
{
    struct pair p = pair_of(call, "min", -INFINITY, "max", INFINITY);
    const struct graph_value *low = graph_in(call, 1);
    const struct graph_value *high = graph_in(call, 2);

    if ((low != NULL && (low->whole || low->count != 1)) ||
        (high != NULL && (high->whole || high->count != 1)))
        return graph_bad(call, "takes one real number as a bound");
    p.a = low != NULL ? low->reals[0] : p.a;
    p.b = high != NULL ? high->reals[0] : p.b;
    return map(call, clip_of, p);
}

static enum status run_identity(struct graph_call *call)
{
    const struct graph_value *x = graph_in(call, 0);

    if (graph_like(call, x) != OK)
        return call->err->status;
    if (x->whole)
        memcpy(call->out->wholes, x->wholes, x->count * sizeof(int64_t));
    else
        memcpy(call->out->reals, x->reals, x->count * sizeof(float));
    return OK;
}

static enum status run_dropout(struct graph_call *call)
{
    const struct graph_value *training = graph_in(call, 2);

    if (training != NULL && training->whole && training->count == 1 &&
        training->wholes[0] != 0)
        return graph_bad(call, "is for training: export the network after "
                               "eval()");
    return run_identity(call);
}

/* 1: float32, 10: float16, 11: double; others are whole. */
static enum status run_cast(struct graph_call *call)
{
    const struct graph_value *x = graph_in(call, 0);
    int64_t to = graph_whole(call, "to", 1);
    bool whole = to != 1 && to != 10 && to != 11;

    if (to < 1 || to > 13 || to == 8)
        return graph_bad(call, "casts to a type that is not known here");
    if (whole == x->whole)
        return run_identity(call);
    if (graph_make(call, 0, whole, x->dims, x->shape) != OK)
        return call->err->status;
    for (size_t i = 0; i < x->count; i++) {
        if (!whole)
            call->out->reals[i] = (float)x->wholes[i];
        else if (fabsf(x->reals[i]) < 9e18f)
            call->out->wholes[i] = (int64_t)x->reals[i];
    }
    return OK;
}

/* ---- of several, each broadcast to the shape of all (NumPy's rule) ---- */

typedef double binary(double a, double b);

/* Shape of both; false: they don't fit. */
static bool broadcast(const struct graph_value *a, const struct graph_value *b,
                      size_t *shape, int *dims)
{
    *dims = a->dims > b->dims ? a->dims : b->dims;
    for (int d = 0; d < *dims; d++) {
        int i = d - (*dims - a->dims), j = d - (*dims - b->dims);
        size_t m = i >= 0 ? a->shape[i] : 1, n = j >= 0 ? b->shape[j] : 1;

        if (m != n && m != 1 && n != 1)
            return false;
        shape[d] = m == 1 ? n : m;
    }
    return true;
}

/* Steps through v's numbers in the order of the broadcast shape. */
static void strides_of(const struct graph_value *v, int dims, size_t *stride)
{
    size_t step = 1;

    for (int d = dims - 1, i = v->dims - 1; d >= 0; d--, i--) {
        stride[d] = i >= 0 && v->shape[i] > 1 ? step : 0;
        step *= i >= 0 ? v->shape[i] : 1;
    }
}

static double number(const struct graph_value *v, size_t i)
{
    return v->whole ? (double)v->wholes[i] : (double)v->reals[i];
}

static void combine(struct graph_value *out, const struct graph_value *a,
                    const struct graph_value *b, binary *f)
{
    size_t as[GRAPH_DIMS_MAX], bs[GRAPH_DIMS_MAX], at[GRAPH_DIMS_MAX] = {0};
    size_t ia = 0, ib = 0;

    strides_of(a, out->dims, as);
    strides_of(b, out->dims, bs);
    for (size_t i = 0; i < out->count; i++) {
        double y = f(number(a, ia), number(b, ib));
        int d = out->dims - 1;

        if (out->whole)
            out->wholes[i] = fabs(y) < 9e18 ? (int64_t)y : 0;
        else
            out->reals[i] = (float)y;
        for (; d >= 0; d--) {
            ia += as[d];
            ib += bs[d];
            if (++at[d] < out->shape[d])
                break;
            ia -= as[d] * at[d];
            ib -= bs[d] * at[d];
            at[d] = 0;
        }
    }
}

static enum status pairwise(struct graph_call *call,
                            const struct graph_value *a,
                            const struct graph_value *b, binary *f)
{
    size_t shape[GRAPH_DIMS_MAX];
    int dims;

    if (b == NULL || (f != pow && a->whole != b->whole) ||
        !broadcast(a, b, shape, &dims))
        return graph_bad(call, "takes tensors that don't fit each other");
    if (graph_make(call, 0, a->whole, dims, shape) != OK)
        return call->err->status;
    combine(call->out, a, b, f);
    return OK;
}

static double add_of(double a, double b)
{
    return a + b;
}
static double sub_of(double a, double b)
{
    return a - b;
}
static double mul_of(double a, double b)
{
    return a * b;
}
static double div_of(double a, double b)
{
    return a / b;
}
static double prelu_of(double x, double slope)
{
    return x < 0 ? x * slope : x;
}

#define BINARY(name, f)                                                 \
    static enum status run_##name(struct graph_call *call)              \
    {                                                                   \
        return pairwise(call, graph_in(call, 0), graph_in(call, 1), f); \
    }
BINARY(add, add_of)
BINARY(sub, sub_of)
BINARY(mul, mul_of)
BINARY(div, div_of)
BINARY(pow, pow)
BINARY(prelu, prelu_of)

/* From the first to the last. */
static enum status fold(struct graph_call *call, binary *f, double factor)
{
    if (run_identity(call) != OK)
        return call->err->status;
    for (int i = 1; i < call->node->input_count; i++) {
        struct graph_value so_far = call->out[0];
        enum status status;

        call->out[0] = (struct graph_value){.count = 0};
        status = pairwise(call, &so_far, graph_in(call, i), f);
        graph_value_release(&so_far);
        if (status != OK)
            return status;
    }
    for (size_t i = 0; factor != 1 && i < call->out->count; i++)
        if (!call->out->whole)
            call->out->reals[i] = (float)(call->out->reals[i] * factor);
    return OK;
}

static enum status run_sum(struct graph_call *call)
{
    return fold(call, add_of, 1);
}

static enum status run_mean(struct graph_call *call)
{
    return fold(call, add_of, 1.0 / call->node->input_count);
}

static enum status run_max(struct graph_call *call)
{
    return fold(call, fmax, 1);
}

static enum status run_min(struct graph_call *call)
{
    return fold(call, fmin, 1);
}

#define MANY 65536

const struct graph_op graph_ops_point[] = {
    {"Relu", 1, 1, run_relu},
    {"Sigmoid", 1, 1, run_sigmoid},
    {"Tanh", 1, 1, run_tanh},
    {"Exp", 1, 1, run_exp},
    {"Log", 1, 1, run_log},
    {"Sqrt", 1, 1, run_sqrt},
    {"Abs", 1, 1, run_abs},
    {"Neg", 1, 1, run_neg},
    {"Floor", 1, 1, run_floor},
    {"Ceil", 1, 1, run_ceil},
    {"Erf", 1, 1, run_erf},
    {"Reciprocal", 1, 1, run_reciprocal},
    {"Softplus", 1, 1, run_softplus},
    {"Softsign", 1, 1, run_softsign},
    {"HardSwish", 1, 1, run_hardswish},
    {"LeakyRelu", 1, 1, run_leakyrelu},
    {"Elu", 1, 1, run_elu},
    {"Celu", 1, 1, run_celu},
    {"Selu", 1, 1, run_selu},
    {"HardSigmoid", 1, 1, run_hardsigmoid},
    {"ThresholdedRelu", 1, 1, run_thresholded},
    {"Clip", 1, 3, run_clip},
    {"Identity", 1, 1, run_identity},
    {"Dropout", 1, 3, run_dropout},
    {"Cast", 1, 1, run_cast},
    {"Add", 2, 2, run_add},
    {"Sub", 2, 2, run_sub},
    {"Mul", 2, 2, run_mul},
    {"Div", 2, 2, run_div},
    {"Pow", 2, 2, run_pow},
    {"PRelu", 2, 2, run_prelu},
    {"Sum", 1, MANY, run_sum},
    {"Mean", 1, MANY, run_mean},
    {"Max", 1, MANY, run_max},
    {"Min", 1, MANY, run_min},
    {NULL, 0, 0, NULL},
};
