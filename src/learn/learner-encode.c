#include <config.h>

#include <stdlib.h>

#include <cblas.h>

#include "base/mem.h"
#include "learn/learner-parts.h"

enum status learner_eye_init(struct learner_eye *eye,
                             const struct learner *learner, struct err *err)
{
    const struct encoder *encoder = &learner->encoder;
    size_t align = 64 / sizeof(float);

    eye->learner = learner;
    eye->threads = pool_threads(learner->pool);
    eye->picture = (encoder_picture(encoder) + align - 1) / align * align;
    eye->features = eye->picture + encoder_room(encoder);
    eye->room =
        (eye->features + (size_t)encoder->features + align - 1) / align * align;
    eye->fold = mem_large(2 * encoder->channels + 1, sizeof(float));
    eye->rooms = mem_large((size_t)eye->threads, eye->room * sizeof(float));
    if (eye->fold == NULL || eye->rooms == NULL) {
        learner_eye_release(eye);
        return err_set(err, ERR_NOMEM, "no memory to encode on %d threads",
                       eye->threads);
    }
    encoder_fold(encoder, learner->params, learner->stats, eye->fold);
    return OK;
}

void learner_eye_release(struct learner_eye *eye)
{
    free(eye->fold);
    free(eye->rooms);
}

const float *learner_eye_look(const struct learner_eye *eye, int thread,
                              const uint8_t *pixels)
{
    const struct learner *learner = eye->learner;
    float *picture = eye->rooms + (size_t)thread * eye->room;
    float *features = picture + eye->features;

    augment_apply(picture, pixels, learner->shape.channels,
                  learner->shape.height, learner->shape.width,
                  learner->encoder.border, &learner->norm, NULL, NULL);
    encoder_infer(&learner->encoder, learner->params, eye->fold, picture,
                  picture + eye->picture, features);
    return features;
}

void learner_eye_margins(const struct learner_eye *eye, const float *features,
                         float *z)
{
    const struct learner *learner = eye->learner;
    int d = learner->encoder.features;

    cblas_sgemv(CblasRowMajor, CblasNoTrans, learner->spec.bits, d, 1.0f,
                learner->params + learner->projection, d, features, 1, 0.0f, z,
                1);
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

    for (; i < end; i++) {
        const float *features = learner_eye_look(
            &encode->eye, thread, encode->pixels + i * encode->image);

        learner_eye_margins(&encode->eye, features,
                            encode->margins + i * (size_t)k);
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
