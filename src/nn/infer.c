#include <config.h>

#include "nn/infer.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "nn/gemm.h"
#include "nn/infer-parts.h"
#include "nn/norm.h"
#include "nn/winograd.h"

/* w (taps, ci, co) with each co times scale[co], packed for the step. */
static enum status load_weights(struct infer *infer,
                                const struct infer_step *step, const float *w,
                                const float *scale, struct err *err)
{
    const struct conv *conv = &step->conv;
    size_t co = (size_t)conv->co, rows = conv_weights(conv) / co;
    float *scaled;

    if (step->kind == STEP_WINOGRAD) {
        winograd_pack(infer->micro, conv, w, scale, infer->data + step->packed);
        return OK;
    }
    scaled = mem_large(conv_weights(conv), sizeof(*scaled));
    if (scaled == NULL)
        return err_set(err, ERR_NOMEM, "no memory to fold %zu weights",
                       conv_weights(conv));
    for (size_t i = 0; i < rows; i++)
        for (size_t o = 0; o < co; o++)
            scaled[i * co + o] = w[i * co + o] * scale[o];
    gemm_pack(infer->micro, conv->co, (int)rows, scaled, co, 1,
              infer->data + step->packed);
    free(scaled);
    return OK;
}

static enum status load_all(struct infer *infer, const struct encoder *encoder,
                            const float *params, const float *stats,
                            struct err *err)
{
    size_t all = encoder->channels;
    const float *gamma = params + encoder->weights;
    float *scale = mem_large(2 * all + 1, sizeof(*scale));
    enum status status = OK;

    infer->data = mem_large(infer->floats, sizeof(float));
    if (scale == NULL || infer->data == NULL)
        status = err_set(err, ERR_NOMEM, "no memory for %zu packed weights",
                         infer->floats);
    else
        norm_fold((int)all, gamma, gamma + all, stats, stats + all, scale,
                  scale + all);
    for (int i = 0; i < infer->steps && status == OK; i++) {
        const struct infer_step *step = &infer->step[i];
        const struct encoder_conv *node = &encoder->conv[step->source];

        if (step->kind != STEP_DIRECT && step->kind != STEP_WINOGRAD)
            continue;
        memcpy(infer->data + step->bias, scale + all + node->channels,
               (size_t)step->conv.co * sizeof(float));
        status = load_weights(infer, step, params + node->w,
                              scale + node->channels, err);
    }
    free(scale);
    return status;
}

enum status infer_new_on(struct infer **out, const struct micro *micro,
                         const struct encoder *encoder, const float *params,
                         const float *stats, struct err *err)
{
    struct infer *infer = mem_zalloc(1, sizeof(*infer));

    infer->micro = micro;
    infer->picture = encoder_picture(encoder);
    infer->features = encoder->features;
    infer_plan(infer, encoder);
    if (load_all(infer, encoder, params, stats, err) != OK) {
        infer_free(infer);
        return err->status;
    }
    *out = infer;
    return OK;
}

enum status infer_new(struct infer **out, const struct encoder *encoder,
                      const float *params, const float *stats, struct err *err)
{
    return infer_new_on(out, micro_best(), encoder, params, stats, err);
}

void infer_free(struct infer *infer)
{
    if (infer == NULL)
        return;
    free(infer->data);
    free(infer);
}

int infer_group(const struct infer *infer)
{
    return infer->group;
}

size_t infer_room(const struct infer *infer)
{
    return infer->room;
}

/* What infer_run() was asked for. */
struct run {
    const struct infer *infer;
    const float *pictures;
    float *room, *features;
    struct infer_watch *watch;
};

static size_t floats_in(const struct conv *c)
{
    return (size_t)c->h * (size_t)c->w * (size_t)c->ci;
}

static size_t floats_out(const struct conv *c)
{
    return (size_t)c->oh * (size_t)c->ow * (size_t)c->co;
}

/* Where image number i is in a slot, images being `floats` apart. */
static float *image_in(const struct run *run, int slot, int i, size_t floats)
{
    const struct infer_slot *s = &run->infer->slot[slot];

    return run->room + s->place + (size_t)(i % s->images) * floats;
}

static const float *input_of(const struct run *run,
                             const struct infer_step *step, int i)
{
    return step->from == INFER_PICTURE
               ? run->pictures + (size_t)i * run->infer->picture
               : image_in(run, step->from, i, floats_in(&step->conv));
}

static float *output_of(const struct run *run, const struct infer_step *step,
                        int i)
{
    return image_in(run, step->to, i, floats_out(&step->conv));
}

static const float *rest_of(const struct run *run,
                            const struct infer_step *step, int i)
{
    return step->rest == INFER_NONE
               ? NULL
               : image_in(run, step->rest, i, floats_out(&step->conv));
}

static void run_direct(const struct run *run, const struct infer_step *step,
                       int first, int n)
{
    const struct infer *infer = run->infer;
    struct infer_direct direct = {
        .packed = infer->data + step->packed,
        .bias = infer->data + step->bias,
        .zeros = infer->data + infer->zeros,
        .x = input_of(run, step, first),
        .rest = rest_of(run, step, first),
        .y = output_of(run, step, first),
        .images = n,
        .stem = step->from == INFER_PICTURE,
        .relu = step->relu,
    };

    infer_direct_run(infer->micro, &step->conv, &direct);
}

static void run_winograd(const struct run *run, const struct infer_step *step,
                         int first, int n, struct winograd_watch *watch)
{
    const struct infer *infer = run->infer;
    struct winograd winograd = {
        .packed = infer->data + step->packed,
        .bias = infer->data + step->bias,
        .zeros = infer->data + infer->zeros,
        .x = input_of(run, step, first),
        .rest = rest_of(run, step, first),
        .y = output_of(run, step, first),
        .room = run->room + infer->scratch,
        .images = n,
        .relu = step->relu,
    };

    winograd_run(infer->micro, &step->conv, &winograd, watch);
}

/* 3x3, stride 2; beyond the image there is nothing to be larger. */
static void run_pool(const struct run *run, const struct infer_step *step,
                     int first, int n)
{
    const struct conv *c = &step->conv;
    size_t ci = (size_t)c->ci;

    for (int i = first; i < first + n; i++) {
        const float *x = input_of(run, step, i), *from[9];
        float *y = output_of(run, step, i);

        for (int p = 0; p < c->oh * c->ow; p++, y += ci) {
            int oy = p / c->ow * 2, ox = p % c->ow * 2, count = 0;

            for (int iy = oy - 1; iy <= oy + 1; iy++)
                for (int ix = ox - 1; ix <= ox + 1; ix++)
                    if (iy >= 0 && iy < c->h && ix >= 0 && ix < c->w)
                        from[count++] = x + (size_t)(iy * c->w + ix) * ci;
            run->infer->micro->largest(from, count, c->ci, y);
        }
    }
}

static void run_average(const struct run *run, const struct infer_step *step,
                        int first, int n)
{
    const struct conv *c = &step->conv;

    for (int i = first; i < first + n; i++)
        run->infer->micro->mean(input_of(run, step, i), c->h * c->w, c->co,
                                run->features +
                                    (size_t)i * (size_t)run->infer->features);
}

static void note(struct infer_watch *watch, const struct infer_step *step,
                 int n, double spent, const struct winograd_watch *winograd)
{
    const struct conv *c = &step->conv;
    enum infer_part part = step->from == INFER_PICTURE ? INFER_STEM
                           : c->size == 1              ? INFER_1X1
                                                       : INFER_3X3;
    double products =
        (double)c->oh * c->ow * c->size * c->size * c->ci * c->co * n;

    if (step->kind == STEP_WINOGRAD) {
        watch->spent[INFER_IN] += winograd->in;
        watch->spent[INFER_PRODUCT] += winograd->product;
        watch->spent[INFER_OUT] += winograd->out;
        watch->product[INFER_PRODUCT] += products;
    } else if (step->kind == STEP_DIRECT) {
        watch->spent[part] += spent;
        watch->product[part] += products;
    } else {
        watch->spent[INFER_POOL] += spent;
    }
}

static void run_step(const struct run *run, const struct infer_step *step,
                     int first, int n)
{
    struct infer_watch *watch = run->watch;
    struct winograd_watch winograd = {watch == NULL ? NULL : watch->now, 0, 0,
                                      0};
    double began = watch == NULL ? 0 : watch->now();

    switch (step->kind) {
    case STEP_DIRECT:
        run_direct(run, step, first, n);
        break;
    case STEP_WINOGRAD:
        run_winograd(run, step, first, n, &winograd);
        break;
    case STEP_POOL:
        run_pool(run, step, first, n);
        break;
    case STEP_AVERAGE:
        run_average(run, step, first, n);
        break;
    }
    if (watch != NULL)
        note(watch, step, n, watch->now() - began, &winograd);
}

/* Steps before `end` for images first to first + n: those that take fewer at
 * once than the last ones do, run for each of the groups of these. */
static void run_steps(const struct run *run, int end, int first, int n)
{
    const struct infer_step *step = run->infer->step;
    int begin = end, at_once = end > 0 ? step[end - 1].images : n;

    while (begin > 0 && step[begin - 1].images == at_once)
        begin--;
    for (int i = first; i < first + n; i += at_once) {
        int some = first + n - i < at_once ? first + n - i : at_once;

        if (begin > 0)
            run_steps(run, begin, i, some);
        for (int s = begin; s < end; s++)
            run_step(run, &step[s], i, some);
    }
}

void infer_run_watched(const struct infer *infer, int n, const float *pictures,
                       float *room, float *features, struct infer_watch *watch)
{
    struct run run = {infer, pictures, room, features, watch};

    assert(n <= infer->group);
    if (infer->steps == 0)
        memcpy(features, pictures,
               (size_t)n * (size_t)infer->features * sizeof(*features));
    else
        run_steps(&run, infer->steps, 0, n);
}

void infer_run(const struct infer *infer, int n, const float *pictures,
               float *room, float *features)
{
    infer_run_watched(infer, n, pictures, room, features, NULL);
}
