#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "nn/gemm.h"
#include "nn/graph-parts.h"

/*
 * Operators that look at a window of each picture: one to three axes behind
 * (N, C), filled up to three with axes of one pixel.
 */

enum {
    AXES = 3,
    SIDE_MOST = 1 << 20,
    DEPTH_MOST = 1 << 18 /* numbers under a window of a convolution */
};

struct window {
    size_t in[AXES], out[AXES];
    size_t kernel[AXES], stride[AXES], dilation[AXES];
    int64_t before[AXES], after[AXES]; /* padding */
    int axes;                          /* those that there are */
    size_t inputs, outputs, taps;      /* pixels of each */
};

/* A list of the node for its axes, into the last of three. */
static bool take_list(const struct graph_call *call, const char *name,
                      int count, size_t *out)
{
    const struct graph_attribute *a = graph_find(call, name);

    if (a == NULL)
        return true;
    if (a->count != count || a->wholes == NULL)
        return false;
    for (int i = 0; i < count; i++) {
        if (a->wholes[i] < 1 || a->wholes[i] > SIDE_MOST)
            return false;
        out[AXES - count + i] = (size_t)a->wholes[i];
    }
    return true;
}

/* As much padding as the output needs that is the input divided by the
 * stride. */
static void pad_same(struct window *w, int i, bool upper)
{
    size_t out = (w->in[i] + w->stride[i] - 1) / w->stride[i];
    int64_t need = (int64_t)((out - 1) * w->stride[i] +
                             (w->kernel[i] - 1) * w->dilation[i] + 1) -
                   (int64_t)w->in[i];

    need = need > 0 ? need : 0;
    w->before[i] = upper ? need / 2 : need - need / 2;
    w->after[i] = need - w->before[i];
}

static bool take_pads(const struct graph_call *call, struct window *w)
{
    const struct graph_attribute *a = graph_find(call, "pads");
    const struct graph_attribute *automatic = graph_find(call, "auto_pad");
    const char *how = automatic != NULL && automatic->text != NULL
                          ? automatic->text
                          : "NOTSET";
    int first = AXES - w->axes;

    if (strcmp(how, "SAME_UPPER") == 0 || strcmp(how, "SAME_LOWER") == 0) {
        for (int i = first; i < AXES; i++)
            pad_same(w, i, how[5] == 'U');
        return true;
    }
    if (strcmp(how, "NOTSET") != 0 && strcmp(how, "VALID") != 0)
        return false;
    if (a == NULL || strcmp(how, "VALID") == 0)
        return true;
    if (a->count != 2 * w->axes || a->wholes == NULL)
        return false;
    for (int i = 0; i < w->axes; i++) {
        w->before[first + i] = a->wholes[i];
        w->after[first + i] = a->wholes[w->axes + i];
        if (a->wholes[i] < 0 || a->wholes[i] > SIDE_MOST ||
            a->wholes[w->axes + i] < 0 || a->wholes[w->axes + i] > SIDE_MOST)
            return false;
    }
    return true;
}

/* Pixels of an axis of the output; false: none. */
static bool find_out(struct window *w, int i, bool ceiling)
{
    int64_t reach = (int64_t)((w->kernel[i] - 1) * w->dilation[i] + 1);
    int64_t room = (int64_t)w->in[i] + w->before[i] + w->after[i] - reach;
    int64_t stride = (int64_t)w->stride[i], out;

    if (room < 0)
        return false;
    out = (ceiling ? room + stride - 1 : room) / stride + 1;
    /* a window that begins behind the input's end is none */
    if (ceiling && (out - 1) * stride >= (int64_t)w->in[i] + w->before[i])
        out--;
    w->out[i] = (size_t)out;
    return out > 0;
}

/* Fills the window for x; kernel: of weights, or NULL for the attribute. */
static enum status find_window(struct graph_call *call, struct window *w,
                               const struct graph_value *x,
                               const size_t *kernel)
{
    bool ceiling = graph_whole(call, "ceil_mode", 0) != 0, good = true;

    *w = (struct window){.axes = x->dims - 2,
                         .in = {1, 1, 1},
                         .out = {1, 1, 1},
                         .kernel = {1, 1, 1},
                         .stride = {1, 1, 1},
                         .dilation = {1, 1, 1},
                         .inputs = 1,
                         .outputs = 1,
                         .taps = 1};
    if (x->whole || w->axes < 1 || w->axes > AXES)
        return graph_bad(call, "takes pictures of one to three axes");
    for (int i = 0; i < w->axes; i++) {
        w->in[AXES - w->axes + i] = x->shape[2 + i];
        if (kernel != NULL)
            w->kernel[AXES - w->axes + i] = kernel[i];
        good = good && x->shape[2 + i] >= 1 && x->shape[2 + i] <= SIDE_MOST;
    }
    for (int i = 0; i < AXES; i++)
        good = good && w->kernel[i] >= 1 && w->kernel[i] <= SIDE_MOST;
    if (kernel == NULL && graph_find(call, "kernel_shape") == NULL)
        good = false;
    if (!good || !take_list(call, "kernel_shape", w->axes, w->kernel) ||
        !take_list(call, "strides", w->axes, w->stride) ||
        !take_list(call, "dilations", w->axes, w->dilation) ||
        !take_pads(call, w))
        return graph_bad(call, "has sizes, strides or pads that don't fit");
    for (int i = 0; i < AXES; i++) {
        if (!find_out(w, i, ceiling))
            return graph_bad(call, "has a window larger than its picture");
        w->inputs *= w->in[i];
        w->outputs *= w->out[i];
        w->taps *= w->kernel[i];
    }
    return w->taps <= SIDE_MOST
               ? OK
               : graph_bad(call, "has a window of too many pixels");
}

static enum status make_pictures(struct graph_call *call,
                                 const struct window *w,
                                 const struct graph_value *x, size_t channels)
{
    size_t shape[2 + AXES] = {x->shape[0], channels};

    for (int i = 0; i < w->axes; i++)
        shape[2 + i] = w->out[AXES - w->axes + i];
    return graph_make(call, 0, false, 2 + w->axes, shape);
}

/* The pixel of the input under a tap of an output pixel, or -1: padding. */
static int64_t pixel_under(const struct window *w, size_t output, size_t tap)
{
    int64_t place = 0;
    size_t out[AXES], k[AXES];

    for (int i = AXES - 1; i >= 0; i--) {
        out[i] = output % w->out[i];
        output /= w->out[i];
        k[i] = tap % w->kernel[i];
        tap /= w->kernel[i];
    }
    for (int i = 0; i < AXES; i++) {
        int64_t at = (int64_t)(out[i] * w->stride[i] + k[i] * w->dilation[i]) -
                     w->before[i];

        if (at < 0 || at >= (int64_t)w->in[i])
            return -1;
        place = place * (int64_t)w->in[i] + at;
    }
    return place;
}

/* ---- pools ---- */

enum pool { POOL_MAX, POOL_MEAN, POOL_MEAN_PADDED };

/* Taps that are within the picture and its padding. */
static size_t padded_taps(const struct window *w, size_t output)
{
    size_t taps = 1;

    for (int i = AXES - 1; i >= 0; i--) {
        int64_t first = (int64_t)(output % w->out[i] * w->stride[i]);
        int64_t end = (int64_t)w->in[i] + w->before[i] + w->after[i];
        size_t inside = 0;

        for (size_t k = 0; k < w->kernel[i]; k++)
            inside += first + (int64_t)(k * w->dilation[i]) < end;
        taps *= inside;
        output /= w->out[i];
    }
    return taps;
}

static float pool_pixel(const struct window *w, const float *x, size_t output,
                        enum pool how)
{
    double sum = 0, largest = -INFINITY;
    size_t count = 0;

    for (size_t t = 0; t < w->taps; t++) {
        int64_t at = pixel_under(w, output, t);

        if (at < 0)
            continue;
        count++;
        sum += x[at];
        largest = fmax(largest, x[at]);
    }
    if (how == POOL_MAX)
        return (float)largest;
    if (how == POOL_MEAN_PADDED)
        count = padded_taps(w, output);
    return count > 0 ? (float)(sum / (double)count) : 0;
}

static enum status pool(struct graph_call *call, enum pool how)
{
    const struct graph_value *x = graph_in(call, 0);
    struct window w;

    if (find_window(call, &w, x, NULL) != OK ||
        make_pictures(call, &w, x, x->shape[1]) != OK)
        return call->err->status;
    for (size_t p = 0; p < x->shape[0] * x->shape[1]; p++)
        for (size_t o = 0; o < w.outputs; o++)
            call->out->reals[p * w.outputs + o] =
                pool_pixel(&w, x->reals + p * w.inputs, o, how);
    return OK;
}

static enum status run_max_pool(struct graph_call *call)
{
    return pool(call, POOL_MAX);
}

static enum status run_average_pool(struct graph_call *call)
{
    return pool(call, graph_whole(call, "count_include_pad", 0) != 0
                          ? POOL_MEAN_PADDED
                          : POOL_MEAN);
}

static enum status global(struct graph_call *call, bool largest)
{
    const struct graph_value *x = graph_in(call, 0);
    size_t shape[GRAPH_DIMS_MAX], inner;

    if (x->whole || x->dims < 3)
        return graph_bad(call, "takes pictures");
    for (int d = 0; d < x->dims; d++)
        shape[d] = d < 2 ? x->shape[d] : 1;
    if (graph_make(call, 0, false, x->dims, shape) != OK)
        return call->err->status;
    inner = graph_span(x, 2, x->dims);
    for (size_t p = 0; p < call->out->count; p++) {
        double sum = 0, most = -INFINITY;

        for (size_t i = p * inner; i < (p + 1) * inner; i++) {
            sum += x->reals[i];
            most = fmax(most, x->reals[i]);
        }
        call->out->reals[p] = (float)(largest ? most : sum / (double)inner);
    }
    return OK;
}

static enum status run_global_average(struct graph_call *call)
{
    return global(call, false);
}

static enum status run_global_max(struct graph_call *call)
{
    return global(call, true);
}

/* ---- convolution ---- */

/* Pixels whose patches are multiplied at once. */
#define PATCHES 96

struct convolution {
    struct window w;
    size_t groups, ci, co; /* ci, co: of a group */
    float *packed;         /* of a group */
    float *patches, *sums; /* (PATCHES, ci * taps), (PATCHES, co) */
    int64_t *places;       /* (taps) */
};

/* Rows of patches: for each pixel, all taps of a channel after another. */
static void gather(const struct convolution *c, const float *x, size_t first,
                   size_t n)
{
    const struct window *w = &c->w;
    float *to = c->patches;

    for (size_t o = first; o < first + n; o++) {
        for (size_t t = 0; t < w->taps; t++)
            c->places[t] = pixel_under(w, o, t);
        for (size_t i = 0; i < c->ci; i++)
            for (size_t t = 0; t < w->taps; t++)
                *to++ = c->places[t] < 0
                            ? 0
                            : x[i * w->inputs + (size_t)c->places[t]];
    }
}

/* One group of one image: x its channels, y (co, outputs). */
static void convolve(const struct convolution *c, const float *x,
                     const float *bias, float *y)
{
    const struct micro *micro = micro_best();
    int depth = (int)(c->ci * c->w.taps), co = (int)c->co;

    for (size_t first = 0; first < c->w.outputs; first += PATCHES) {
        size_t n = c->w.outputs - first;

        n = n < PATCHES ? n : PATCHES;
        gather(c, x, first, n);
        gemm(micro, (int)n, co, depth, c->patches, (size_t)depth, c->packed,
             c->sums, c->co, false);
        for (size_t o = 0; o < c->co; o++)
            for (size_t i = 0; i < n; i++)
                y[o * c->w.outputs + first + i] =
                    c->sums[i * c->co + o] + (bias != NULL ? bias[o] : 0);
    }
}

static enum status convolve_all(struct graph_call *call, struct convolution *c)
{
    const struct graph_value *x = graph_in(call, 0), *w = graph_in(call, 1);
    const struct graph_value *b = graph_in(call, 2);
    const struct micro *micro = micro_best();
    size_t depth = c->ci * c->w.taps;

    c->packed = mem_large(gemm_packed(micro, (int)c->co, (int)depth),
                          sizeof(*c->packed));
    c->patches = mem_large(PATCHES, depth * sizeof(*c->patches));
    c->sums = mem_large(PATCHES, c->co * sizeof(*c->sums));
    c->places = mem_large(c->w.taps, sizeof(*c->places));
    if (c->packed == NULL || c->patches == NULL || c->sums == NULL ||
        c->places == NULL)
        return err_set(call->err, ERR_NOMEM, "no memory for a convolution");
    for (size_t g = 0; g < c->groups; g++) {
        gemm_pack(micro, (int)c->co, (int)depth, w->reals + g * c->co * depth,
                  1, depth, c->packed);
        for (size_t n = 0; n < x->shape[0]; n++)
            convolve(c, x->reals + (n * c->groups + g) * c->ci * c->w.inputs,
                     b != NULL ? b->reals + g * c->co : NULL,
                     call->out->reals +
                         (n * c->groups + g) * c->co * c->w.outputs);
    }
    return OK;
}

static enum status run_conv(struct graph_call *call)
{
    const struct graph_value *x = graph_in(call, 0), *w = graph_in(call, 1);
    const struct graph_value *b = graph_in(call, 2);
    int64_t groups = graph_whole(call, "group", 1);
    struct convolution c = {.groups = (size_t)groups};
    enum status status;

    if (w->whole || w->dims != x->dims || w->dims < 3 || groups < 1 ||
        groups > INT32_MAX || w->count == 0 || w->shape[0] > SIDE_MOST ||
        w->shape[0] % c.groups != 0 || x->shape[1] % c.groups != 0 ||
        x->shape[1] / c.groups != w->shape[1] ||
        (b != NULL && (b->whole || b->count != w->shape[0])))
        return graph_bad(call, "takes weights that don't fit");
    c.ci = w->shape[1];
    c.co = w->shape[0] / c.groups;
    if (find_window(call, &c.w, x, &w->shape[2]) != OK)
        return call->err->status;
    if (w->count != w->shape[0] * c.ci * c.w.taps || c.ci > SIDE_MOST ||
        c.ci * c.w.taps > DEPTH_MOST)
        return graph_bad(call, "takes weights that don't fit");
    if (make_pictures(call, &c.w, x, w->shape[0]) != OK)
        return call->err->status;
    status = convolve_all(call, &c);
    free(c.packed);
    free(c.patches);
    free(c.sums);
    free(c.places);
    return status;
}

/* ---- others that look at neighbours ---- */

/* x / (bias + alpha / size * the sum of squares of the channels about)^beta */
static enum status run_lrn(struct graph_call *call)
{
    const struct graph_value *x = graph_in(call, 0);
    double alpha = graph_real(call, "alpha", 1e-4);
    double beta = graph_real(call, "beta", 0.75);
    double bias = graph_real(call, "bias", 1);
    int64_t size = graph_whole(call, "size", 0);
    size_t channels, inner;

    if (x->whole || x->dims < 3 || size < 1 || size > SIDE_MOST)
        return graph_bad(call, "has sizes that don't fit");
    if (graph_like(call, x) != OK)
        return call->err->status;
    channels = x->shape[1];
    inner = graph_span(x, 2, x->dims);
    for (size_t i = 0; i < x->count; i++) {
        size_t c = i / inner % channels, before = (size_t)(size - 1) / 2;
        size_t from = c < before ? 0 : c - before;
        size_t end = c + (size_t)size - before;
        double sum = 0;

        for (size_t o = from; o < end && o < channels; o++) {
            double v = x->reals[i - c * inner + o * inner];

            sum += v * v;
        }
        call->out->reals[i] =
            (float)(x->reals[i] / pow(bias + alpha / (double)size * sum, beta));
    }
    return OK;
}

/* With a constant alone. */
static enum status run_pad(struct graph_call *call)
{
    const struct graph_value *x = graph_in(call, 0), *fill = graph_in(call, 2);
    const struct graph_attribute *mode = graph_find(call, "mode");
    const struct graph_attribute *a = graph_find(call, "pads");
    const struct graph_value *v = graph_in(call, 1);
    const int64_t *pads = a != NULL ? a->wholes : v != NULL ? v->wholes : NULL;
    size_t n = a != NULL ? (size_t)a->count : v != NULL ? v->count : 0;
    size_t shape[GRAPH_DIMS_MAX], at[GRAPH_DIMS_MAX] = {0};
    float value = (float)graph_real(call, "value", 0);

    if (x->whole || pads == NULL || n != 2 * (size_t)x->dims ||
        (mode != NULL && mode->text != NULL &&
         strcmp(mode->text, "constant") != 0) ||
        (fill != NULL && (fill->whole || fill->count != 1)))
        return graph_bad(call, "pads in a way that is not known here");
    for (int d = 0; d < x->dims; d++) {
        if (pads[d] < 0 || pads[x->dims + d] < 0 || pads[d] > SIDE_MOST ||
            pads[x->dims + d] > SIDE_MOST)
            return graph_bad(call, "pads in a way that is not known here");
        shape[d] = x->shape[d] + (size_t)(pads[d] + pads[x->dims + d]);
    }
    if (graph_make(call, 0, false, x->dims, shape) != OK)
        return call->err->status;
    value = fill != NULL ? fill->reals[0] : value;
    for (size_t i = 0; i < call->out->count; i++)
        call->out->reals[i] = value;
    for (size_t i = 0; i < x->count; i++) {
        size_t place = 0;

        for (int d = 0; d < x->dims; d++)
            place = place * shape[d] + at[d] + (size_t)pads[d];
        call->out->reals[place] = x->reals[i];
        for (int d = x->dims - 1; d >= 0 && ++at[d] == x->shape[d]; d--)
            at[d] = 0;
    }
    return OK;
}

const struct graph_op graph_ops_window[] = {
    {"Conv", 2, 3, run_conv},
    {"MaxPool", 1, 1, run_max_pool},
    {"AveragePool", 1, 1, run_average_pool},
    {"GlobalAveragePool", 1, 1, run_global_average},
    {"GlobalMaxPool", 1, 1, run_global_max},
    {"LRN", 1, 1, run_lrn},
    {"Pad", 1, 3, run_pad},
    {NULL, 0, 0, NULL},
};
