#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cblas.h>

#include "base/mem.h"
#include "codes/codebook.h"
#include "codes/decode.h"
#include "learn/learner-parts.h"
#include "nn/linear.h"

/*
 * Evaluation after an epoch. Each task counts for itself; counts are whole
 * numbers and the largest margin is a maximum, so their order is no matter.
 */
#define TASK_IMAGES  64
#define SCALE_IMAGES 1024 /* training images for the scale if none are given */

struct counts {
    uint32_t top1, top5, mhd, ed, ties;
    float largest;
};

struct test {
    struct learner_eye eye;
    const struct learn_data *data;
    struct codebook book;
    enum learn_phase phase;
    float *signs;          /* (L, k) */
    float *logits;         /* (threads, L) */
    struct counts *counts; /* (tasks) */
    uint32_t n;
};

/* Classes before the label: a larger logit, or the same and a lower id. */
static uint32_t rank_of(const float *logits, uint32_t classes, uint32_t label)
{
    uint32_t rank = 0;

    for (uint32_t c = 0; c < classes; c++)
        rank += logits[c] > logits[label] ||
                (logits[c] == logits[label] && c < label);
    return rank;
}

static void find_logits(const struct test *test, const float *features,
                        const float *z, float *logits)
{
    const struct learner *learner = test->eye.learner;
    int classes = (int)learner->shape.classes, k = learner->spec.bits;
    int d = learner->encoder.features;

    if (test->phase == PHASE_WARM) {
        memcpy(logits, learner->params + learner->bias,
               (size_t)classes * sizeof(*logits));
        cblas_sgemv(CblasRowMajor, CblasNoTrans, classes, d, 1.0f,
                    learner->params + learner->classifier, d, features, 1, 1.0f,
                    logits, 1);
    } else {
        cblas_sgemv(CblasRowMajor, CblasNoTrans, classes, k, 1.0f, test->signs,
                    k, z, 1, 0.0f, logits, 1);
    }
}

static void test_image(const struct test *test, uint32_t i,
                       const float *features, const float *z, float *logits,
                       struct counts *counts)
{
    const struct learner *learner = test->eye.learner;
    uint32_t classes = learner->shape.classes, label = test->data->labels[i];
    struct decode decode = decode_margins(&test->book, z);
    uint32_t rank;

    find_logits(test, features, z, logits);
    rank = rank_of(logits, classes, label);
    counts->top1 += rank < 1;
    counts->top5 += rank < 5;
    counts->mhd += decode.nearest == label;
    counts->ed += decode_exact(&decode) == label;
    counts->ties += decode.tied > 1;
    for (int j = 0; j < learner->spec.bits; j++)
        counts->largest = fmaxf(counts->largest, fabsf(z[j]));
}

static const float *features_of(const struct test *test, uint32_t i, int n,
                                int thread)
{
    const struct learn_shape *shape = &test->eye.learner->shape;
    size_t image =
        (size_t)shape->channels * (size_t)shape->height * (size_t)shape->width;

    return test->data->vectors != NULL
               ? learner_eye_read(&test->eye, thread, test->data->vectors, i, n)
               : learner_eye_look(&test->eye, thread,
                                  test->data->pixels + i * image, n);
}

static void test_task(void *ctx, int task, int thread)
{
    const struct test *test = ctx;
    const struct learner *learner = test->eye.learner;
    size_t d = (size_t)learner->encoder.features;
    size_t k = (size_t)learner->spec.bits;
    float *logits = test->logits + (size_t)thread * learner->shape.classes;
    float z[TASK_IMAGES * LEARN_BITS_MAX];
    int group = test->eye.group < TASK_IMAGES ? test->eye.group : TASK_IMAGES;
    uint32_t i = (uint32_t)task * TASK_IMAGES;
    uint32_t end = test->n - i < TASK_IMAGES ? test->n : i + TASK_IMAGES;
    struct counts counts = {0};

    while (i < end) {
        int some = end - i < (uint32_t)group ? (int)(end - i) : group;
        const float *features = features_of(test, i, some, thread);

        learner_eye_margins(&test->eye, some, features, z);
        for (size_t j = 0; j < (size_t)some; j++, i++)
            test_image(test, i, features + j * d, z + j * k, logits, &counts);
    }
    test->counts[task] = counts;
}

static void add_up(const struct test *test, struct learner *learner, int tasks,
                   struct learn_report *report, bool tested)
{
    struct counts all = {0};
    double n = test->n;

    for (int i = 0; i < tasks; i++) {
        all.top1 += test->counts[i].top1;
        all.top5 += test->counts[i].top5;
        all.mhd += test->counts[i].mhd;
        all.ed += test->counts[i].ed;
        all.ties += test->counts[i].ties;
        all.largest = fmaxf(all.largest, test->counts[i].largest);
    }
    if (isfinite(all.largest) && all.largest > 0)
        learner->scale = all.largest / 127;
    if (!tested)
        return;
    report->tested = test->n;
    report->top1 = all.top1 / n;
    report->top5 = all.top5 / n;
    if (test->phase == PHASE_WARM)
        return;
    report->mhd = all.mhd / n;
    report->ed = all.ed / n;
    report->ties = all.ties / n;
}

static enum status test_run(struct test *test, struct learner *learner,
                            struct learn_report *report, bool tested,
                            struct err *err)
{
    size_t classes = learner->shape.classes, k = (size_t)learner->spec.bits;
    int tasks = (int)((test->n + TASK_IMAGES - 1) / TASK_IMAGES);

    test->signs = mem_large(classes, k * sizeof(float));
    test->logits =
        mem_large((size_t)test->eye.threads, classes * sizeof(float));
    test->counts = mem_large((size_t)tasks, sizeof(*test->counts));
    if (test->signs == NULL || test->logits == NULL || test->counts == NULL)
        return err_set(err, ERR_NOMEM, "no memory to evaluate %zu classes",
                       classes);
    if (codebook_from_weights(&test->book, learner_codebook(learner),
                              learner->shape.classes, learner->spec.bits,
                              err) != OK)
        return err->status;
    learner_signs(learner, test->signs);
    pool_run(learner->pool, tasks, test_task, test);
    add_up(test, learner, tasks, report, tested);
    if (learner_has_codes(learner))
        report->distinct = codebook_distinct(&test->book);
    return OK;
}

enum status learner_test(struct learner *learner, const struct learn_data *test,
                         const struct learn_data *train,
                         struct learn_report *report, struct err *err)
{
    bool tested = test->n > 0;
    struct test run = {
        .data = tested ? test : train,
        .book = CODEBOOK_INIT,
        .phase = report->phase,
        .n = tested                    ? test->n
             : train->n < SCALE_IMAGES ? train->n
                                       : SCALE_IMAGES,
    };
    enum status status;

    if (learner_eye_init(&run.eye, learner, err) != OK)
        return err->status;
    status = test_run(&run, learner, report, tested, err);
    codebook_release(&run.book);
    free(run.counts);
    free(run.logits);
    free(run.signs);
    learner_eye_release(&run.eye);
    return status;
}
