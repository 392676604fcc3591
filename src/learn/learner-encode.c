#include <config.h>

#include <stdlib.h>

#include "base/mem.h"
#include "learn/learner-parts.h"
#include "nn/gemm.h"

static size_t aligned(size_t floats)
{
    size_t line = 64 / sizeof(float);

    return (floats + line - 1) / line * line;
}

static void lay_out(struct learner_eye *eye)
{
    const struct encoder *encoder = &eye->learner->encoder;
    size_t group = (size_t)infer_group(eye->infer);

    eye->group = (int)group;
    eye->inner = aligned(group * encoder_picture(encoder));
    eye->features = eye->inner + aligned(infer_room(eye->infer));
    eye->room = eye->features + aligned(group * (size_t)encoder->features);
}

enum status learner_eye_init(struct learner_eye *eye,
                             const struct learner *learner, struct err *err)
{
    const struct micro *micro = micro_best();
    int k = learner->spec.bits, d = learner->encoder.features;

    *eye = (struct learner_eye){.learner = learner,
                                .threads = pool_threads(learner->pool)};
    if (infer_new(&eye->infer, &learner->encoder, learner->params,
                  learner->stats, err) != OK)
        return err->status;
    lay_out(eye);
    eye->projection = mem_large(gemm_packed(micro, k, d), sizeof(float));
    eye->rooms = mem_large((size_t)eye->threads, eye->room * sizeof(float));
    if (eye->projection == NULL || eye->rooms == NULL) {
        learner_eye_release(eye);
        return err_set(err, ERR_NOMEM, "no memory to encode on %d threads",
                       eye->threads);
    }
    gemm_pack(micro, k, d, learner->params + learner->projection, 1, (size_t)d,
              eye->projection);
    return OK;
}

void learner_eye_release(struct learner_eye *eye)
{
    infer_free(eye->infer);
    free(eye->projection);
    free(eye->rooms);
    *eye = (struct learner_eye){.learner = NULL};
}

float *learner_eye_pictures(const struct learner_eye *eye, int thread)
{
    return eye->rooms + (size_t)thread * eye->room;
}

const float *learner_eye_features(const struct learner_eye *eye, int thread,
                                  int n)
{
    float *room = learner_eye_pictures(eye, thread);

    infer_run(eye->infer, n, room, room + eye->inner, room + eye->features);
    return room + eye->features;
}

const float *learner_eye_look(const struct learner_eye *eye, int thread,
                              const uint8_t *pixels, int n)
{
    const struct learner *learner = eye->learner;
    const struct learn_shape *shape = &learner->shape;
    size_t image =
        (size_t)shape->channels * (size_t)shape->height * (size_t)shape->width;
    float *picture = learner_eye_pictures(eye, thread);

    for (int i = 0; i < n; i++)
        augment_apply(picture + (size_t)i * encoder_picture(&learner->encoder),
                      pixels + (size_t)i * image, shape->channels,
                      shape->height, shape->width, learner->encoder.border,
                      &learner->norm, NULL, NULL);
    return learner_eye_features(eye, thread, n);
}

void learner_eye_margins(const struct learner_eye *eye, int n,
                         const float *features, float *z)
{
    int k = eye->learner->spec.bits, d = eye->learner->encoder.features;

    gemm(micro_best(), n, k, d, features, (size_t)d, eye->projection, z,
         (size_t)k, false);
    if (eye->learner->shift != NULL)
        for (size_t i = 0; i < (size_t)n * (size_t)k; i++)
            z[i] += eye->learner->shift[i % (size_t)k];
}

/* Images a task encodes, and tasks between two looks at cancelled(). */
#define TASK_IMAGES 32
#define TASKS_ROUND 64

struct encode {
    struct learner_eye eye;
    const uint8_t *pixels;
    size_t image; /* bytes of one */
    uint32_t first, n;
    float *margins;
};

static void encode_task(void *ctx, int task, int thread)
{
    const struct encode *encode = ctx;
    int k = encode->eye.learner->spec.bits;
    uint32_t i = encode->first + (uint32_t)task * TASK_IMAGES;
    uint32_t end = encode->n - i < TASK_IMAGES ? encode->n : i + TASK_IMAGES;

    while (i < end) {
        int group = encode->eye.group;
        int some = end - i < (uint32_t)group ? (int)(end - i) : group;
        const float *features = learner_eye_look(
            &encode->eye, thread, encode->pixels + i * encode->image, some);

        learner_eye_margins(&encode->eye, some, features,
                            encode->margins + i * (size_t)k);
        i += (uint32_t)some;
    }
}

static enum status encode_rounds(struct encode *encode, struct pool *pool,
                                 const struct learn_hooks *hooks,
                                 struct err *err)
{
    struct learn_progress progress = {.phase = PHASE_INSTANCE,
                                      .total = encode->n};

    while (encode->first < encode->n) {
        uint32_t left = encode->n - encode->first;
        uint32_t some =
            left < TASK_IMAGES * TASKS_ROUND ? left : TASK_IMAGES * TASKS_ROUND;

        if (hooks != NULL && hooks->cancelled != NULL &&
            hooks->cancelled(hooks->ctx))
            return err_set(err, ERR_CANCELLED, "encoding was cancelled");
        pool_run(pool, (int)((some + TASK_IMAGES - 1) / TASK_IMAGES),
                 encode_task, encode);
        encode->first += some;
        progress.done = encode->first;
        if (hooks != NULL && hooks->progress != NULL)
            hooks->progress(hooks->ctx, &progress);
    }
    return OK;
}

enum status learner_encode(struct learner *learner, const uint8_t *pixels,
                           uint32_t n, float *margins,
                           const struct learn_hooks *hooks, struct err *err)
{
    struct encode encode = {
        .pixels = pixels,
        .image = (size_t)learner->shape.channels *
                 (size_t)learner->shape.height * (size_t)learner->shape.width,
        .n = n,
        .margins = margins,
    };

    if (learner_ready(learner, err) != OK ||
        learner_eye_init(&encode.eye, learner, err) != OK)
        return err->status;
    if (encode_rounds(&encode, learner->pool, hooks, err) != OK) {
        learner_eye_release(&encode.eye);
        return err->status;
    }
    learner_eye_release(&encode.eye);
    return OK;
}
