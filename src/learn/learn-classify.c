#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cblas.h>

#include "base/mem.h"
#include "learn/learner-parts.h"

/* Images of a task, and tasks between two looks at cancelled(). */
#define TASK_IMAGES 32
#define TASKS_ROUND 64

struct classify {
    struct learner_eye eye;
    const struct learn_data *data;
    uint32_t first; /* image of this round */
    float *logits;  /* (threads, L) */
    struct learn_answer *out;
};

/* The largest probability of a softmax, and whose it is. */
static struct learn_answer answer(const float *logits, uint32_t classes)
{
    struct learn_answer a = {0, 1};
    double sum = 0;

    for (uint32_t c = 1; c < classes; c++)
        if (logits[c] > logits[a.label])
            a.label = c;
    for (uint32_t c = 0; c < classes; c++)
        sum += exp((double)logits[c] - (double)logits[a.label]);
    a.confidence = (float)(1 / sum);
    return a;
}

static void classify_some(const struct classify *run, int thread, uint32_t i,
                          uint32_t some, float *logits)
{
    const struct learner *l = run->eye.learner;
    const struct learn_shape *shape = &l->shape;
    int classes = (int)shape->classes, d = l->encoder.features;
    size_t image =
        (size_t)shape->channels * (size_t)shape->height * (size_t)shape->width;
    const float *features =
        run->data->vectors != NULL
            ? learner_eye_read(&run->eye, thread, run->data->vectors, i,
                               (int)some)
            : learner_eye_look(&run->eye, thread, run->data->pixels + i * image,
                               (int)some);

    for (uint32_t j = 0; j < some; j++) {
        memcpy(logits, l->params + l->bias, shape->classes * sizeof(*logits));
        cblas_sgemv(CblasRowMajor, CblasNoTrans, classes, d, 1.0f,
                    l->params + l->classifier, d, features + j * (size_t)d, 1,
                    1.0f, logits, 1);
        run->out[i + j] = answer(logits, shape->classes);
    }
}

static void classify_task(void *ctx, int task, int thread)
{
    const struct classify *run = ctx;
    float *logits =
        run->logits + (size_t)thread * run->eye.learner->shape.classes;
    uint32_t i = run->first + (uint32_t)task * TASK_IMAGES, n = run->data->n;
    uint32_t end = n - i < TASK_IMAGES ? n : i + TASK_IMAGES;
    uint32_t group = (uint32_t)run->eye.group;

    while (i < end) {
        uint32_t some = end - i < group ? end - i : group;

        classify_some(run, thread, i, some, logits);
        i += some;
    }
}

static enum status classify_rounds(struct classify *run, struct pool *pool,
                                   const struct learn_hooks *hooks,
                                   struct err *err)
{
    const struct learn_vectors *v = run->data->vectors;

    while (run->first < run->data->n) {
        uint32_t left = run->data->n - run->first;
        uint32_t most = TASK_IMAGES * TASKS_ROUND;
        uint32_t some = left < most ? left : most;

        if (hooks != NULL && hooks->cancelled != NULL &&
            hooks->cancelled(hooks->ctx))
            return err_set(err, ERR_CANCELLED, "classifying was cancelled");
        pool_run(pool, (int)((some + TASK_IMAGES - 1) / TASK_IMAGES),
                 classify_task, run);
        run->first += some;
        if (v != NULL && v->seen != NULL)
            v->seen(v->ctx, some);
    }
    return OK;
}

enum status learner_classify(struct learner *learner,
                             const struct learn_data *data,
                             struct learn_answer *out,
                             const struct learn_hooks *hooks, struct err *err)
{
    struct classify run = {.data = data, .out = out};
    enum status status;

    if (learner_ready(learner, err) != OK ||
        learner_eye_init(&run.eye, learner, err) != OK)
        return err->status;
    run.logits = mem_large((size_t)run.eye.threads,
                           learner->shape.classes * sizeof(float));
    status = run.logits != NULL
                 ? classify_rounds(&run, learner->pool, hooks, err)
                 : err_set(err, ERR_NOMEM,
                           "no memory for the logits of %u "
                           "classes",
                           learner->shape.classes);
    free(run.logits);
    learner_eye_release(&run.eye);
    return status;
}
