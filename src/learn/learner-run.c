#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "learn/learner-feed.h"
#include "learn/learner-parts.h"
#include "nn/linear.h"
#include "nn/loss.h"
#include "nn/pairloss.h"
#include "nn/sgd.h"
#include "nn/softmax.h"

/* Everything a run needs beside the learner; gone when it returns. */
struct run {
    struct learner *learner;
    const struct learn_data *train, *test;
    const struct learn_hooks *hooks;
    struct encoder_work *work;
    struct learner_feed feed;
    struct classloss *loss;
    int whole;             /* images of a step */
    int batch;             /* images of a pass: a part of these or all */
    uint32_t *order;       /* (train->n) of this epoch */
    uint32_t *labels;      /* (batch) */
    const uint32_t *now;   /* the images of this batch, in order */
    float *z, *dz;         /* (batch, k) */
    float *logits;         /* (batch, L) */
    float *signs, *dsigns; /* (L, k) */
    float *grads;          /* (learner->count) */
    float *sums;           /* of the passes of a step, as grads; or NULL */
    double *pairs;         /* (batch, 2 k) for HashNet, or NULL */
    uint64_t done, total;  /* training images of the whole run */
};

/* ---- one step ---- */

static void head_forward(struct run *run)
{
    struct learner *l = run->learner;

    learner_feed_forward(&run->feed, l->spec.bits, l->params + l->projection,
                         NULL, run->z);
}

static void head_backward(struct run *run)
{
    struct learner *l = run->learner;

    learner_feed_backward(&run->feed, l->spec.bits, l->params + l->projection,
                          run->dz, run->grads + l->projection, NULL, false);
}

/* The ordinary classifier. */
static double warm_step(struct run *run)
{
    struct learner *l = run->learner;
    int n = run->batch, classes = (int)l->shape.classes;
    const float *w = l->params + l->classifier;
    double loss;

    learner_feed_forward(&run->feed, classes, w, l->params + l->bias,
                         run->logits);
    loss = classloss_logits(run->loss, n, run->logits, run->labels,
                            l->spec.label_smoothing);
    learner_feed_backward(&run->feed, classes, w, run->logits,
                          run->grads + l->classifier, run->grads + l->bias,
                          false);
    return loss;
}

/* Cross-entropy of scale * B z: dz, and dB, unless NULL, for the
 * straight-through W. */
static double class_loss(struct run *run, float scale, float *dsigns)
{
    struct learner *l = run->learner;

    return classloss_run(run->loss, run->batch, scale, run->z, run->signs,
                         run->labels, l->spec.label_smoothing, run->dz, dsigns);
}

static float logit_scale(const struct learn_spec *spec)
{
    return spec->logit_scale > 0 ? (float)spec->logit_scale
                                 : 1.0f / sqrtf((float)spec->bits);
}

/* Of the cross-entropy beside the loss of the bits. */
static float mix_of(const struct learner *l)
{
    return (float)(l->spec.mix / sqrt(l->shape.classes));
}

/* The loss of the bits, if asked for, and mix times that of the classes: the
 * gradients of P, of the features and, unless NULL, of B, for W. */
static double code_losses(struct run *run, bool bits, float mix, float *dsigns)
{
    struct learner *l = run->learner;
    size_t margins = (size_t)run->batch * (size_t)l->spec.bits;
    size_t values = l->classifier - l->codebook;
    double loss = 0;

    learner_signs(l, run->signs);
    if (run->feed.flat) {
        struct codestep_ask ask = {.labels = run->labels,
                                   .b = run->signs,
                                   .scale = logit_scale(&l->spec),
                                   .mix = mix,
                                   .smoothing = l->spec.label_smoothing,
                                   .bits = bits};

        return learner_feed_codes(&run->feed, l->params + l->projection, &ask,
                                  run->grads + l->projection, dsigns);
    }
    head_forward(run);
    if (dsigns != NULL)
        memset(dsigns, 0, values * sizeof(*dsigns));
    memset(run->dz, 0, margins * sizeof(*run->dz));
    if (mix > 0) {
        loss = mix * class_loss(run, logit_scale(&l->spec),
                                dsigns != NULL ? run->dsigns : NULL);
        for (size_t i = 0; i < margins; i++)
            run->dz[i] *= mix;
        for (size_t i = 0; dsigns != NULL && i < values; i++)
            dsigns[i] = mix * run->dsigns[i];
    }
    if (bits) {
        loss += loss_code(run->batch, l->spec.bits, run->z, run->labels,
                          run->signs, run->z, dsigns);
        for (size_t i = 0; i < margins; i++)
            run->dz[i] += run->z[i];
    }
    head_backward(run);
    return loss;
}

/* docs/method.md, phase 1; if joint, with the losses of phase 2. */
static double codebook_step(struct run *run)
{
    struct learner *l = run->learner;
    float *dsigns = run->grads + l->codebook;

    if (l->spec.joint && l->spec.baseline != BASELINE_REAL)
        return code_losses(run, true, mix_of(l), dsigns);
    return code_losses(run, false, 1, dsigns);
}

/* HashNet, with the factor alpha of its authors' program. */
static double hashnet_step(struct run *run)
{
    struct learner *l = run->learner;
    double loss;

    head_forward(run);
    loss = pairloss(run->batch, l->spec.bits, run->z, run->labels,
                    10.0 / l->spec.bits, learner_beta(l), run->dz, run->pairs);
    head_backward(run);
    return loss;
}

/* docs/method.md, phase 2; with mix, the loss of phase 1 beside its own. */
static double instance_step(struct run *run)
{
    if (run->learner->spec.baseline == BASELINE_HASHNET)
        return hashnet_step(run);
    return code_losses(run, true, mix_of(run->learner), NULL);
}

static double (*const heads[PHASE_COUNT])(struct run *run) = {
    warm_step, codebook_step, instance_step};

/* Moves the parameters of [from, to), which are weights or not. */
static void move(struct run *run, double rate, size_t from, size_t to,
                 bool weights)
{
    struct learner *l = run->learner;
    bool decay = weights || l->spec.decay_norm;
    struct sgd sgd = {rate, l->spec.momentum, decay ? l->spec.weight_decay : 0};

    sgd_step(&sgd, to - from, l->params + from, l->momentum + from,
             (run->sums != NULL ? run->sums : run->grads) + from);
}

/* The gradients of the batch that run->now begins with, and its loss. */
static double pass(struct run *run)
{
    struct learner *l = run->learner;
    double loss;

    for (int i = 0; i < run->batch; i++)
        run->labels[i] = run->train->labels[run->now[i]];
    learner_feed_batch(&run->feed, run->now, run->batch);
    if (!run->feed.flat)
        encoder_forward(run->work, run->batch, l->params, l->stats,
                        run->feed.features);
    loss = heads[l->phase](run);
    if (!run->feed.flat)
        encoder_backward(run->work, l->params, run->feed.dfeatures, run->grads);
    return loss;
}

/* The same of a whole step, its passes added in their order. */
static double passes(struct run *run)
{
    const uint32_t *first = run->now;
    int most = run->batch;
    double loss = 0;

    if (run->sums == NULL)
        return pass(run);
    memset(run->sums, 0, run->learner->count * sizeof(*run->sums));
    for (int done = 0; done < run->whole; done += run->batch) {
        float part;

        run->now = first + done;
        run->batch = run->whole - done < most ? run->whole - done : most;
        part = (float)run->batch / (float)run->whole;
        loss += pass(run) * run->batch / run->whole;
        for (size_t i = 0; i < run->learner->count; i++)
            run->sums[i] += part * run->grads[i];
    }
    run->batch = most;
    return loss;
}

static double step(struct run *run, double rate)
{
    struct learner *l = run->learner;
    double loss = passes(run);

    move(run, rate, 0, l->encoder.weights, true);
    move(run, rate, l->encoder.weights, l->projection, false);
    if (l->phase == PHASE_WARM) {
        move(run, rate, l->classifier, l->bias, true);
        move(run, rate, l->bias, l->count, false);
    } else {
        move(run, rate, l->projection,
             l->phase == PHASE_CODEBOOK ? l->classifier : l->codebook, true);
    }
    l->step++;
    return loss;
}

/* ---- one epoch ---- */

static bool cancelled(const struct run *run)
{
    return run->hooks->cancelled != NULL &&
           run->hooks->cancelled(run->hooks->ctx);
}

static void tell(const struct run *run, double loss)
{
    struct learn_progress progress = {
        .phase = (enum learn_phase)run->learner->phase,
        .epoch = run->learner->epoch + 1,
        .done = run->done,
        .total = run->total,
        .loss = loss,
    };

    if (run->hooks->progress != NULL)
        run->hooks->progress(run->hooks->ctx, &progress);
}

/* The rate of a step, by the schedule (enum learn_schedule). */
static double cosine_at(const struct learner *l, uint32_t step, uint32_t steps)
{
    const int *epochs = l->spec.epochs;
    double rate = l->spec.lr[l->phase];
    double epoch = l->epoch + (double)step / steps;
    int codes = epochs[PHASE_CODEBOOK] + epochs[PHASE_INSTANCE];

    if (l->spec.schedule == SCHEDULE_PHASE)
        return sgd_cosine(rate, (double)l->epoch / epochs[l->phase]);
    if (l->phase == PHASE_WARM)
        return codes > 0 ? rate : sgd_cosine(rate, epoch / epochs[PHASE_WARM]);
    if (l->phase == PHASE_INSTANCE)
        epoch += epochs[PHASE_CODEBOOK];
    return sgd_cosine(rate, epoch / codes);
}

/* Warm-up holds it down at first. */
static double rate_at(const struct learner *l, uint32_t step, uint32_t steps)
{
    double begun = l->epoch + (step + 1.0) / steps;
    double rate = cosine_at(l, step, steps);

    return begun < l->spec.warmup ? rate * begun / l->spec.warmup : rate;
}

/* Streams: 2^40 an epoch, one for the order and one for each image. */
static void shuffle(struct run *run)
{
    struct learner *l = run->learner;

    learner_feed_shuffle(&run->feed,
                         ((uint64_t)(l->phase + 1) << 60) +
                             ((uint64_t)l->epoch << 40),
                         run->order);
}

static enum status train(struct run *run, struct learn_report *report,
                         struct err *err)
{
    struct learner *l = run->learner;
    uint32_t batch = (uint32_t)run->whole, steps = run->train->n / batch;
    double sum = 0;

    shuffle(run);
    for (uint32_t i = 0; i < steps; i++) {
        double loss;

        if (cancelled(run))
            return err_set(err, ERR_CANCELLED, "learning was cancelled");
        run->now = run->order + i * batch;
        loss = step(run, rate_at(l, i, steps));
        if (!isfinite(loss))
            return err_set(err, ERR_BAD_INPUT,
                           "learning went astray: the loss is not finite in "
                           "epoch %d of the %s phase; try a lower rate",
                           report->epoch, learn_phase_name(report->phase));
        sum += loss;
        run->done += batch;
        tell(run, loss);
    }
    report->loss = sum / steps;
    report->step = l->step;
    return OK;
}

/* Whether this phase teaches bits, and so needs a code for each class. */
static bool teaches_bits(const struct learner *l)
{
    return (l->phase == PHASE_INSTANCE &&
            l->spec.baseline != BASELINE_HASHNET) ||
           (l->phase == PHASE_CODEBOOK && l->spec.joint &&
            l->spec.baseline != BASELINE_REAL);
}

/* Returns how many classes had to be told apart. */
static uint32_t begin_phase(struct learner *l)
{
    memset(l->momentum, 0, l->count * sizeof(*l->momentum));
    if (!l->spec.separate || !teaches_bits(l))
        return 0;
    return learner_separate(l->params + l->codebook, l->shape.classes,
                            l->spec.bits);
}

static enum status epoch(struct run *run, struct err *err)
{
    struct learner *l = run->learner;
    int done, left, phase_epochs = l->spec.epochs[l->phase];
    int64_t began = clock_monotonic(), trained;
    struct learn_report report = {
        .phase = (enum learn_phase)l->phase,
        .epoch = l->epoch + 1,
        .epochs = phase_epochs,
        .lr = rate_at(l, 0, 1),
        .bits = l->spec.bits,
        .classes = l->shape.classes,
        .codebook = learner_has_codes(l) ? learner_codebook(l) : NULL,
    };

    learner_epochs(l, &done, &left);
    report.total_epoch = done + 1;
    report.total_epochs = done + left;
    if (l->epoch == 0)
        report.separated = begin_phase(l);
    if (train(run, &report, err) != OK)
        return err->status;
    trained = clock_monotonic() - began;
    if ((l->phase == PHASE_WARM && learner_rotate(l, err) != OK) ||
        learner_hash(l, run->train, run->hooks, err) != OK ||
        learner_test(l, run->test, run->train, &report, err) != OK)
        return err->status;
    report.seconds = (double)(clock_monotonic() - began) / 1000;
    report.rate =
        (double)(run->train->n / (uint32_t)run->whole * (uint32_t)run->whole) *
        1000 / (double)(trained > 0 ? trained : 1);
    l->epoch++;
    learner_settle(l);
    if (run->hooks->epoch_end != NULL)
        return run->hooks->epoch_end(run->hooks->ctx, l, &report, err);
    return OK;
}

/* ---- the run ---- */

static enum status check_data(const struct learner *learner,
                              const struct learn_data *data, const char *what,
                              struct err *err)
{
    const struct learn_shape *want = &learner->shape, *have = &data->shape;

    if (data->n == 0)
        return OK;
    if (have->channels != want->channels || have->height != want->height ||
        have->width != want->width || have->classes != want->classes)
        return err_set(err, ERR_BAD_INPUT,
                       "the %s images are %dx%dx%d of %lu classes, the model "
                       "is for %dx%dx%d of %lu",
                       what, have->width, have->height, have->channels,
                       (unsigned long)have->classes, want->width, want->height,
                       want->channels, (unsigned long)want->classes);
    if (data->vectors == NULL && learner_takes_vectors(want))
        return err_set(err, ERR_BAD_INPUT,
                       "the %s images are no vectors, which the model takes",
                       what);
    for (uint32_t i = 0; i < data->n; i++)
        if (data->labels[i] >= want->classes)
            return err_set(err, ERR_BAD_INPUT,
                           "the label of %s image %lu is %lu, but there are "
                           "%lu classes",
                           what, (unsigned long)i,
                           (unsigned long)data->labels[i],
                           (unsigned long)want->classes);
    return OK;
}

/* Mean and deviation of each channel's bytes, from whole sums. */
static void measure(struct learner *learner, const struct learn_data *train)
{
    size_t plane = (size_t)learner->shape.height * (size_t)learner->shape.width;

    if (learner->adopted)
        return;
    for (int c = 0; c < learner->shape.channels; c++) {
        uint64_t sum = 0, squares = 0;
        double n = (double)train->n * (double)plane, mean, variance;

        for (size_t i = 0; i < train->n; i++) {
            const uint8_t *p =
                train->pixels +
                (i * (size_t)learner->shape.channels + (size_t)c) * plane;

            for (size_t j = 0; j < plane; j++) {
                sum += p[j];
                squares += (uint32_t)p[j] * p[j];
            }
        }
        mean = (double)sum / n;
        variance = (double)squares / n - mean * mean;
        learner->norm.mean[c] = (float)mean;
        learner->norm.inverse[c] = (float)(1 / sqrt(fmax(variance, 1)));
    }
}

static void run_release(struct run *run)
{
    encoder_work_free(run->work);
    classloss_free(run->loss);
    learner_feed_release(&run->feed);
    free(run->order);
    free(run->labels);
    free(run->z);
    free(run->dz);
    free(run->logits);
    free(run->signs);
    free(run->dsigns);
    free(run->grads);
    free(run->sums);
    free(run->pairs);
}

static enum status run_init(struct run *run, struct err *err)
{
    struct learner *l = run->learner;
    size_t batch = (size_t)run->batch;
    size_t k = (size_t)l->spec.bits, classes = l->shape.classes;
    struct {
        float **to;
        size_t count, floats;
    } wanted[] = {
        {&run->z, batch, k},
        {&run->dz, batch, k},
        {&run->logits, batch, classes},
        {&run->signs, classes, k},
        {&run->dsigns, classes, k},
        {&run->grads, 1, l->count},
        {&run->sums, run->batch < run->whole, l->count},
    };

    run->order = mem_large(run->train->n, sizeof(*run->order));
    run->labels = mem_large(batch, sizeof(*run->labels));
    for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
        if (wanted[i].count == 0)
            continue;
        *wanted[i].to =
            mem_large(wanted[i].count, wanted[i].floats * sizeof(float));
        if (*wanted[i].to == NULL || run->order == NULL || run->labels == NULL)
            return err_set(err, ERR_NOMEM,
                           "no memory for a batch of %d images: try a "
                           "smaller batch",
                           run->batch);
    }
    if (l->spec.baseline == BASELINE_HASHNET)
        run->pairs = mem_zalloc(batch, 2 * k * sizeof(*run->pairs));
    if (learner_feed_init(&run->feed, l, run->train, run->batch, err) != OK ||
        classloss_new(&run->loss, run->batch, l->spec.bits,
                      (int)l->shape.classes, l->pool, err) != OK)
        return err->status;
    if (run->feed.flat)
        return OK;
    if (encoder_work_new(&run->work, &l->encoder, run->batch, l->pool, err) !=
        OK)
        return err->status;
    run->feed.pictures = encoder_pictures(run->work);
    return OK;
}

static enum status run_epochs(struct run *run, struct err *err)
{
    struct learner *l = run->learner;
    uint64_t epoch_images =
        run->train->n / (uint32_t)run->whole * (uint64_t)run->whole;
    int done, left;

    learner_epochs(l, &done, &left);
    run->done = (uint64_t)done * epoch_images;
    run->total = (uint64_t)(done + left) * epoch_images;
    if (done == 0 && l->centre == NULL)
        measure(l, run->train);
    if (done == 0 && l->centre != NULL &&
        learner_measure_vectors(l, run->train, run->hooks, err) != OK)
        return err->status;
    while (l->phase < PHASE_COUNT)
        if (epoch(run, err) != OK)
            return err->status;
    return OK;
}

enum status learner_run(struct learner *learner, const struct learn_data *train,
                        const struct learn_data *test,
                        const struct learn_hooks *hooks, struct err *err)
{
    static const struct learn_hooks none;
    struct run run = {
        .learner = learner,
        .train = train,
        .test = test,
        .hooks = hooks != NULL ? hooks : &none,
        .whole = learner->spec.batch,
    };
    enum status status;

    if (train->n == 0)
        return err_set(err, ERR_BAD_INPUT,
                       "there are no training images: import some");
    if (check_data(learner, train, "training", err) != OK ||
        check_data(learner, test, "test", err) != OK ||
        learner_ready(learner, err) != OK)
        return err->status;
    if (test->n > 0 && test->vectors != NULL &&
        learner_check_vectors(test->vectors, test->n, "test", err) != OK)
        return err->status;
    if ((uint32_t)run.whole > train->n)
        run.whole = (int)train->n;
    run.batch = learner_pass(learner, train->n);
    status = run_init(&run, err);
    if (status == OK)
        status = run_epochs(&run, err);
    run_release(&run);
    return status;
}
