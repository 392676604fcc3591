#include <config.h>

#include "learn/learner.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "codes/code.h"
#include "learn/itq.h"
#include "learn/learner-parts.h"

/* Streams of the seed for the first values of the parameters. */
enum { STREAM_ENCODER = 1, STREAM_HEADS = 1000, STREAM_ROTATE = 2000 };

bool learner_takes_vectors(const struct learn_shape *shape)
{
    return shape->height == 1 && shape->width == 1;
}

bool learner_is_flat(const struct learner *learner)
{
    return learner->centre != NULL && learner->encoder.convs == 0;
}

static enum status check_picture(const struct learn_shape *shape,
                                 struct err *err)
{
    if (learner_takes_vectors(shape)) {
        if (shape->channels >= 1 && shape->channels <= ENCODER_FEATURES_MAX)
            return OK;
        return err_set(err, ERR_BAD_INPUT,
                       "vectors of %d numbers: 1 to %d can be learnt from",
                       shape->channels, ENCODER_FEATURES_MAX);
    }
    if (shape->channels != 1 && shape->channels != 3)
        return err_set(err, ERR_BAD_INPUT,
                       "images of %d channels: 1 or 3 are understood",
                       shape->channels);
    if (shape->height < LEARN_SIDE_MIN || shape->height > LEARN_SIDE_MAX ||
        shape->width < LEARN_SIDE_MIN || shape->width > LEARN_SIDE_MAX)
        return err_set(err, ERR_BAD_INPUT,
                       "images of %dx%d pixels: sides of %d to %d can be "
                       "learnt from",
                       shape->width, shape->height, LEARN_SIDE_MIN,
                       LEARN_SIDE_MAX);
    return OK;
}

enum status learner_check_shape(const struct learn_shape *shape,
                                struct err *err)
{
    if (check_picture(shape, err) != OK)
        return err->status;
    if (shape->classes < 1 || shape->classes > LEARN_CLASSES_MAX)
        return err_set(err, ERR_BAD_INPUT, "%lu classes: 1 to %d can be learnt",
                       (unsigned long)shape->classes, LEARN_CLASSES_MAX);
    return OK;
}

static bool take_params(struct learner *learner)
{
    size_t floats = sizeof(float);

    learner->params = mem_large(learner->count, floats);
    learner->momentum = mem_large(learner->count, floats);
    learner->stats = mem_large(learner->encoder.stats, floats);
    if (learner_is_shifted(&learner->spec)) {
        learner->shift = mem_large((size_t)learner->spec.bits, floats);
        if (learner->shift == NULL)
            return false;
    }
    if (learner_takes_vectors(&learner->shape)) {
        size_t d = (size_t)learner->shape.channels;

        learner->centre = mem_large(d, floats);
        learner->inverse = mem_large(d, floats);
        if (learner->centre == NULL || learner->inverse == NULL)
            return false;
    }
    return learner->params != NULL && learner->momentum != NULL &&
           learner->stats != NULL;
}

enum status learner_alloc(struct learner **out, const struct learn_spec *spec,
                          const struct learn_shape *shape, struct err *err)
{
    struct learner *learner = mem_zalloc(1, sizeof(*learner));
    size_t k = (size_t)spec->bits, classes = shape->classes, d;

    learner->spec = *spec;
    learner->shape = *shape;
    learner->scale = 1;
    if (encoder_init(&learner->encoder, spec->encoder, spec->width,
                     shape->channels, shape->height, shape->width, err) != OK) {
        free(learner);
        return err->status;
    }
    learner->spec.width = learner->encoder.width;
    d = (size_t)learner->encoder.features;
    learner->projection = learner->encoder.params;
    learner->codebook = learner->projection + k * d;
    learner->classifier = learner->codebook + classes * k;
    learner->bias = learner->classifier + classes * d;
    learner->count = learner->bias + classes;
    if (!take_params(learner)) {
        err_set(err, ERR_NOMEM, "no memory for %zu parameters", learner->count);
        learner_free(learner);
        return err->status;
    }
    *out = learner;
    return OK;
}

/* P and W Kaiming-normal (docs/method.md), the classifier as PyTorch's Linear. */
static void start_heads(struct learner *learner, const float *codebook)
{
    double d = learner->encoder.features, k = learner->spec.bits;
    float *p = learner->params;
    struct rng rng;

    rng_init(&rng, learner->spec.seed, STREAM_HEADS);
    for (size_t i = learner->projection; i < learner->codebook; i++)
        p[i] = (float)(rng_normal(&rng) * sqrt(2 / d));
    for (size_t i = learner->codebook; i < learner->classifier; i++)
        p[i] = (float)(rng_normal(&rng) * sqrt(2 / k));
    for (size_t i = learner->classifier; i < learner->count; i++)
        p[i] = (float)((2 * rng_uniform(&rng) - 1) / sqrt(d));
    if (codebook != NULL)
        memcpy(p + learner->codebook, codebook,
               (learner->classifier - learner->codebook) * sizeof(*p));
}

enum status learner_new(struct learner **out, const struct learn_spec *spec,
                        const struct learn_shape *shape, const float *codebook,
                        struct err *err)
{
    struct learner *learner;
    size_t values = (size_t)spec->bits * shape->classes;

    if (learn_spec_check(spec, err) != OK ||
        learner_check_shape(shape, err) != OK)
        return err->status;
    for (size_t i = 0; codebook != NULL && i < values; i++)
        if (!isfinite(codebook[i]))
            return err_set(err, ERR_BAD_INPUT,
                           "the codebook's value for class %zu, bit %zu is "
                           "not a finite number",
                           i / (size_t)spec->bits, i % (size_t)spec->bits);
    if (learner_alloc(&learner, spec, shape, err) != OK)
        return err->status;
    encoder_start(&learner->encoder, learner->params, learner->stats,
                  spec->seed ^ STREAM_ENCODER);
    if (spec->init == INIT_HE)
        encoder_start_he(&learner->encoder, learner->params,
                         spec->seed ^ STREAM_ENCODER);
    if (spec->zero_init)
        encoder_start_zero(&learner->encoder, learner->params);
    start_heads(learner, codebook);
    learner->given = codebook != NULL;
    learner_baseline_start(learner);
    learner_settle(learner);
    *out = learner;
    return OK;
}

void learner_free(struct learner *learner)
{
    if (learner == NULL)
        return;
    pool_free(learner->pool);
    free(learner->params);
    free(learner->momentum);
    free(learner->stats);
    free(learner->centre);
    free(learner->inverse);
    free(learner->shift);
    free(learner);
}

enum status learner_ready(struct learner *learner, struct err *err)
{
    if (learner->pool != NULL)
        return OK;
    return pool_new(&learner->pool, learner->spec.threads, err);
}

void learner_set_threads(struct learner *learner, int threads)
{
    learner->spec.threads = threads;
    pool_free(learner->pool);
    learner->pool = NULL;
}

void learner_settle(struct learner *learner)
{
    while (learner->phase < PHASE_COUNT &&
           learner->epoch >= learner->spec.epochs[learner->phase]) {
        learner->phase++;
        learner->epoch = 0;
    }
}

void learner_epochs(const struct learner *learner, int *done, int *left)
{
    int all = 0;

    *done = learner->epoch;
    for (int i = 0; i < PHASE_COUNT; i++) {
        all += learner->spec.epochs[i];
        if (i < learner->phase)
            *done += learner->spec.epochs[i];
    }
    *left = all - *done;
}

/* Parts of fewer images would make a poor batch norm. */
#define PASS_LEAST 8

int learner_pass(const struct learner *learner, uint32_t n)
{
    const struct learn_spec *spec = &learner->spec;
    int batch = (uint32_t)spec->batch < n ? spec->batch : (int)n, parts = 1;

    if (spec->accumulate > 0)
        parts = spec->accumulate < batch ? spec->accumulate : batch;
    else
        while (learner->encoder.convs > 0 &&
               (batch - 1) / parts + 1 > PASS_LEAST &&
               encoder_work_bytes(&learner->encoder, (batch - 1) / parts + 1) >
                   spec->memory * 1048576.0)
            parts++;
    return (batch - 1) / parts + 1;
}

const struct learn_spec *learner_spec(const struct learner *learner)
{
    return &learner->spec;
}

const struct learn_shape *learner_shape(const struct learner *learner)
{
    return &learner->shape;
}

const float *learner_codebook(const struct learner *learner)
{
    return learner->params + learner->codebook;
}

float learner_margin_scale(const struct learner *learner)
{
    return learner->scale;
}

/*
 * The warm start: the classifier's weight vectors, centred and rotated, are
 * W, and the rotation is P. Scaled so that W is flipped by gradients soon
 * enough and the margins suit the loss: spread 0.35 and factor 3, measured.
 */
enum status learner_rotate(struct learner *learner, struct err *err)
{
    int k = learner->spec.bits, classes = (int)learner->shape.classes;
    float *p = learner->params + learner->projection;
    float *w = learner->params + learner->codebook;
    size_t values = (size_t)classes * (size_t)k;
    double sum = 0, squares = 0, spread;

    if (learner->given || !learner_has_codes(learner))
        return OK;
    if (learner->spec.baseline == BASELINE_SINGULAR) {
        if (learner_singular(learner, err) != OK)
            return err->status;
    } else if (itq_fit(classes, learner->encoder.features, k,
                       learner->params + learner->classifier,
                       learner->spec.seed ^ STREAM_ROTATE, p, w, err) != OK) {
        return err->status;
    }
    for (size_t i = 0; i < values; i++) {
        sum += w[i];
        squares += (double)w[i] * w[i];
    }
    spread = sqrt(fmax(squares / (double)values -
                           sum / (double)values * (sum / (double)values),
                       1e-12));
    for (size_t i = 0; i < values; i++)
        w[i] = (float)(w[i] * 0.35 / spread);
    for (size_t i = learner->projection; i < learner->codebook; i++)
        learner->params[i] *= 3;
    return OK;
}
