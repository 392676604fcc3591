#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cblas.h>

#include "base/mem.h"
#include "learn/learner-parts.h"
#include "nn/gemm.h"
#include "nn/rows.h"

/*
 * Learning from vectors in a mapped file: what one pass over it measures, and
 * margins from it. A pass goes through the rows in their order, some at a
 * time; a task takes some columns of these, so every sum is one task's.
 */
#define PASS_ROWS    4096
#define TASK_COLUMNS 256

uint32_t learn_window(const struct learn_vectors *vectors)
{
    size_t row = (size_t)vectors->d * unpack_size(vectors->type);
    size_t blocks = LEARN_WINDOW / (row * LEARN_BLOCK);

    return LEARN_BLOCK * (uint32_t)(blocks > 0 ? blocks : 1);
}

/* ---- sums of a pass ---- */

struct pass {
    const struct learn_vectors *vectors;
    const uint32_t *labels; /* NULL: nothing is summed, only looked at */
    size_t first, n;        /* rows under way */
    double *sums;           /* (classes, d) */
    double *squares;        /* (d) */
    bool *odd;              /* (tasks) a number was not finite */
};

static void pass_task(void *ctx, int task, int thread)
{
    struct pass *pass = ctx;
    const struct learn_vectors *v = pass->vectors;
    size_t d = (size_t)v->d, first = (size_t)task * TASK_COLUMNS;
    size_t columns = d - first < TASK_COLUMNS ? d - first : TASK_COLUMNS;
    size_t before = first * unpack_size(v->type);
    float x[TASK_COLUMNS], odd = 0;

    (void)thread;
    for (size_t i = pass->first; i < pass->first + pass->n; i++) {
        unpack(v->type, x, (const char *)v->rows[i] + before, columns);
        for (size_t j = 0; j < columns; j++)
            odd += x[j] * 0; /* stays 0 unless one is not finite */
        if (pass->labels != NULL) {
            double *sums = pass->sums + pass->labels[i] * d + first;

            for (size_t j = 0; j < columns; j++) {
                sums[j] += x[j];
                pass->squares[first + j] += (double)x[j] * x[j];
            }
        }
    }
    pass->odd[task] |= !(odd == 0);
}

static enum status name_odd(const struct pass *pass, const char *what,
                            struct err *err)
{
    const struct learn_vectors *v = pass->vectors;

    for (size_t i = pass->first; i < pass->first + pass->n; i++)
        for (int j = 0; j < v->d; j++) {
            float x;

            unpack(v->type, &x,
                   (const char *)v->rows[i] + (size_t)j * unpack_size(v->type),
                   1);
            if (!isfinite(x))
                return err_set(err, ERR_BAD_INPUT,
                               "row %zu of the %s vectors, column %d: %g is "
                               "no number to learn from: mend it "
                               "(numpy.nan_to_num) and import the file again",
                               i, what, j, (double)x);
        }
    return OK;
}

static enum status run_pass(struct pass *pass, uint32_t n, struct pool *pool,
                            const char *what, const struct learn_hooks *hooks,
                            struct err *err)
{
    const struct learn_vectors *v = pass->vectors;
    int tasks = (v->d + TASK_COLUMNS - 1) / TASK_COLUMNS;
    enum status status = OK;

    pass->odd = mem_zalloc((size_t)tasks, sizeof(*pass->odd));
    for (; pass->first < n && status == OK; pass->first += pass->n) {
        bool odd = false;

        pass->n = n - pass->first < PASS_ROWS ? n - pass->first : PASS_ROWS;
        if (pool != NULL)
            pool_run(pool, tasks, pass_task, pass);
        for (int t = 0; pool == NULL && t < tasks; t++)
            pass_task(pass, t, 0);
        for (int t = 0; t < tasks; t++)
            odd |= pass->odd[t];
        if (odd)
            status = name_odd(pass, what, err);
        else if (hooks != NULL && hooks->cancelled != NULL &&
                 hooks->cancelled(hooks->ctx))
            status = err_set(err, ERR_CANCELLED, "learning was cancelled");
        if (v->seen != NULL)
            v->seen(v->ctx, (uint32_t)pass->n);
    }
    free(pass->odd);
    return status;
}

enum status learner_check_vectors(const struct learn_vectors *vectors,
                                  uint32_t n, const char *what, struct err *err)
{
    struct pass pass = {.vectors = vectors};

    return run_pass(&pass, n, NULL, what, NULL, err);
}

/* ---- what is made of the sums ---- */

/* Mean and deviation of every number; one that never varies says nothing. */
static void set_scale(struct learner *l, const struct pass *pass, uint32_t n)
{
    size_t d = (size_t)l->shape.channels;

    for (size_t j = 0; j < d; j++) {
        double mean = 0, variance;

        for (size_t c = 0; c < l->shape.classes; c++)
            mean += pass->sums[c * d + j];
        mean /= n;
        variance = pass->squares[j] / n - mean * mean;
        l->centre[j] = (float)mean;
        l->inverse[j] = variance > 1e-10 * (1e-10 + mean * mean)
                            ? (float)(1 / sqrt(variance))
                            : 0;
    }
    if (strcmp(l->spec.encoder, "features") == 0)
        for (size_t j = 0; j < d; j++) {
            l->centre[j] = 0;
            l->inverse[j] = 1;
        }
}

/*
 * The class whose mean m is nearest has the largest m x - |m|^2 / 2. Scaled so
 * that logits differ by a few units, as a softmax wants it. means: (classes, d)
 * of the vectors as they are learnt from, written, or NULL.
 */
static void set_classifier(struct learner *l, const struct pass *pass,
                           const uint32_t *labels, uint32_t n, float *means)
{
    size_t d = (size_t)l->shape.channels, classes = l->shape.classes;
    uint32_t *counts = mem_zalloc(classes, sizeof(*counts));
    float *w = l->params + l->classifier, *bias = l->params + l->bias;
    double all = 0;

    for (uint32_t i = 0; i < n; i++)
        counts[labels[i]]++;
    for (size_t c = 0; c < classes; c++) {
        double square = 0;

        for (size_t j = 0; j < d; j++) {
            double mean =
                counts[c] ? pass->sums[c * d + j] / counts[c] : l->centre[j];

            w[c * d + j] = (float)((mean - l->centre[j]) * l->inverse[j]);
            square += (double)w[c * d + j] * w[c * d + j];
        }
        bias[c] = (float)(-square / 2);
        all += square;
    }
    free(counts);
    if (means != NULL)
        memcpy(means, w, classes * d * sizeof(*w));
    all = all > 0 ? 4 * (double)classes / all : 1;
    for (size_t i = 0; i < classes * d; i++)
        w[i] *= (float)all;
    for (size_t c = 0; c < classes; c++)
        bias[c] *= (float)all;
}

/* Each class mean times the square matrix, in place. */
static enum status turn_means(float *means, size_t classes, size_t d,
                              const float *matrix, struct err *err)
{
    const struct micro *micro = micro_best();
    size_t most = classes < GEMM_ROWS ? classes : GEMM_ROWS;
    float *packed =
        mem_large(gemm_packed(micro, (int)d, (int)d), sizeof(*packed));
    float *some = mem_large(most, d * sizeof(*some));
    enum status status = OK;

    if (packed == NULL || some == NULL)
        status = err_set(err, ERR_NOMEM, "no memory to turn %zu means of %zu",
                         classes, d);
    else
        gemm_pack(micro, (int)d, (int)d, matrix, 1, d, packed);
    for (size_t c = 0; c < classes && status == OK; c += most) {
        size_t n = classes - c < most ? classes - c : most;

        memcpy(some, means + c * d, n * d * sizeof(*some));
        gemm(micro, (int)n, (int)d, (int)d, some, d, packed, means + c * d, d,
             false);
    }
    free(packed);
    free(some);
    return status;
}

/* Each row of P, which is for whitened vectors, for those as they are. */
static void turn_projection(struct learner *l, const float *matrix, float *row)
{
    size_t d = (size_t)l->shape.channels;

    for (int b = 0; b < l->spec.bits; b++) {
        float *p = l->params + l->projection + (size_t)b * d;

        memcpy(row, p, d * sizeof(*row));
        cblas_sgemv(CblasRowMajor, CblasTrans, (int)d, (int)d, 1, matrix,
                    (int)d, row, 1, 0, p, 1);
    }
}

/* P gives the means margins of +2 and -2, more or less. */
static void scale_projection(struct learner *l, const float *means)
{
    size_t k = (size_t)l->spec.bits, d = (size_t)l->shape.channels;
    size_t values = l->shape.classes * k;
    float *p = l->params + l->projection;
    double squares = 0, sum = 0, spread;

    for (size_t i = 0; i < values; i++) {
        double z = 0;

        for (size_t j = 0; j < d; j++)
            z += (double)means[i / k * d + j] * p[i % k * d + j];
        sum += z;
        squares += z * z;
    }
    sum /= (double)values;
    spread = sqrt(fmax(squares / (double)values - sum * sum, 1e-12));
    for (size_t i = 0; i < k * d; i++)
        p[i] = (float)(p[i] * 2 / spread);
}

/*
 * W and P from the means of the classes, which stand in for the classifier's
 * weights. Where vectors spread more in some directions than in others, as
 * features of networks do, the means are whitened first: bits then part
 * classes along Fisher's discriminant and not along what varies most.
 */
static enum status start_codes(struct learner *l,
                               const struct learn_data *train,
                               const struct learn_hooks *hooks, float *means,
                               struct err *err)
{
    size_t d = (size_t)l->shape.channels, classes = l->shape.classes;
    bool whiten = d <= WHITEN_MOST && l->spec.baseline == BASELINE_NONE;
    float *w = l->params + l->classifier;
    float *matrix = whiten ? mem_large(d, d * sizeof(*matrix)) : NULL;
    float *old = mem_large(classes, d * sizeof(*old));
    enum status status = OK;

    if (old == NULL || (whiten && matrix == NULL))
        status = err_set(err, ERR_NOMEM, "no memory for %zu means", classes);
    if (status == OK && whiten)
        status = learner_whiten(l, train, means, hooks, matrix, &whiten, err);
    if (status == OK) {
        memcpy(old, w, classes * d * sizeof(*w));
        memcpy(w, means, classes * d * sizeof(*w));
        if (whiten)
            status = turn_means(w, classes, d, matrix, err);
    }
    if (status == OK)
        status = learner_rotate(l, err);
    if (status == OK) {
        if (whiten)
            turn_projection(l, matrix, w);
        memcpy(w, old, classes * d * sizeof(*w));
        scale_projection(l, means);
    }
    free(matrix);
    free(old);
    return status;
}

enum status learner_measure_vectors(struct learner *l,
                                    const struct learn_data *train,
                                    const struct learn_hooks *hooks,
                                    struct err *err)
{
    size_t d = (size_t)l->shape.channels, classes = l->shape.classes;
    struct pass pass = {.vectors = train->vectors, .labels = train->labels};
    bool start = l->spec.recipe != RECIPE_PAPER && learner_is_flat(l);
    bool codes = start && l->phase != PHASE_WARM && !l->given;
    float *means = codes ? mem_large(classes, d * sizeof(float)) : NULL;
    enum status status = OK;

    pass.sums = mem_large(classes, d * sizeof(double));
    pass.squares = mem_large(d, sizeof(double));
    if (pass.sums == NULL || pass.squares == NULL || (codes && means == NULL))
        status = err_set(err, ERR_NOMEM,
                         "no memory for the means of %zu classes", classes);
    if (status == OK)
        status = run_pass(&pass, train->n, l->pool, "training", hooks, err);
    if (status == OK) {
        set_scale(l, &pass, train->n);
        if (start)
            set_classifier(l, &pass, train->labels, train->n, means);
    }
    free(pass.sums);
    free(pass.squares);
    if (status == OK && codes)
        status = start_codes(l, train, hooks, means, err);
    free(means);
    return status;
}

void learner_fold_vectors(const struct learner *l, int rows, const float *w,
                          const float *bias, float *out, float *shift)
{
    size_t d = (size_t)l->shape.channels;

    for (size_t i = 0; i < (size_t)rows; i++) {
        double sums[4] = {bias != NULL ? bias[i] : 0};

        for (size_t j = 0; j < d; j++) {
            out[i * d + j] = w[i * d + j] * l->inverse[j];
            sums[j % 4] -= (double)out[i * d + j] * l->centre[j];
        }
        shift[i] = (float)(sums[0] + sums[1] + (sums[2] + sums[3]));
    }
}

/* ---- margins ---- */

const float *learner_eye_read(const struct learner_eye *eye, int thread,
                              const struct learn_vectors *vectors, size_t i,
                              int n)
{
    const struct learner *l = eye->learner;
    float *picture = learner_eye_pictures(eye, thread);

    for (size_t row = i; row < i + (size_t)n; row++, picture += vectors->d) {
        unpack(vectors->type, picture, vectors->rows[row], (size_t)vectors->d);
        for (int j = 0; j < vectors->d; j++)
            picture[j] = (picture[j] - l->centre[j]) * l->inverse[j];
    }
    return learner_eye_features(eye, thread, n);
}

/* Rows of a round, between two looks at cancelled(). */
#define ROUND_ROWS 4096
#define TASK_ROWS  32

struct encode {
    struct learner_eye eye;
    const struct learn_vectors *vectors;
    size_t first, n;
    float *margins; /* of the rows under way */
};

static void encode_task(void *ctx, int task, int thread)
{
    const struct encode *encode = ctx;
    size_t k = (size_t)encode->eye.learner->spec.bits;
    size_t i = (size_t)task * TASK_ROWS;
    size_t end = encode->n - i < TASK_ROWS ? encode->n : i + TASK_ROWS;

    while (i < end) {
        size_t group = (size_t)encode->eye.group;
        int some = (int)(end - i < group ? end - i : group);

        learner_eye_margins(&encode->eye, some,
                            learner_eye_read(&encode->eye, thread,
                                             encode->vectors, encode->first + i,
                                             some),
                            encode->margins + i * k);
        i += (size_t)some;
    }
}

/* Features as they come: margins straight from the rows. */
struct straight {
    struct rows_work *work;
    float *folded, *shift;
};

static void straight_release(struct straight *s)
{
    rows_work_free(s->work);
    free(s->folded);
    free(s->shift);
}

static enum status straight_init(struct straight *s, struct learner *l,
                                 struct err *err)
{
    size_t d = (size_t)l->shape.channels, k = (size_t)l->spec.bits;

    memset(s, 0, sizeof(*s));
    s->folded = mem_large(k, d * sizeof(float));
    s->shift = mem_large(k, sizeof(float));
    if (s->folded == NULL || s->shift == NULL)
        return err_set(err, ERR_NOMEM, "no memory to encode vectors");
    learner_fold_vectors(l, l->spec.bits, l->params + l->projection, l->shift,
                         s->folded, s->shift);
    return rows_work_new(&s->work, 0, l->shape.channels, l->spec.bits, l->pool,
                         err);
}

static void encode_round(struct encode *encode, struct straight *straight,
                         struct learner *l)
{
    const struct learn_vectors *v = encode->vectors;
    struct rows rows = {v->type, (int)encode->n, v->d, v->rows + encode->first};

    if (straight->work != NULL)
        rows_forward(straight->work, &rows, l->spec.bits, straight->folded,
                     straight->shift, encode->margins);
    else
        pool_run(l->pool, (int)((encode->n + TASK_ROWS - 1) / TASK_ROWS),
                 encode_task, encode);
    if (v->seen != NULL)
        v->seen(v->ctx, (uint32_t)encode->n);
}

static enum status check_margins(const struct encode *encode, size_t k,
                                 struct err *err)
{
    for (size_t i = 0; i < encode->n * k; i++)
        if (!isfinite(encode->margins[i]))
            return err_set(err, ERR_BAD_INPUT,
                           "the margins of a vector are no numbers, since it "
                           "holds NaN or infinity: mend row %zu of those "
                           "encoded (numpy.nan_to_num)",
                           encode->first + i / k);
    return OK;
}

static enum status encode_rounds(struct encode *encode,
                                 struct straight *straight, struct learner *l,
                                 uint32_t n, const struct learn_hooks *hooks,
                                 struct err *err)
{
    struct learn_progress progress = {.phase = PHASE_INSTANCE, .total = n};
    size_t k = (size_t)l->spec.bits;

    while (encode->first < n) {
        encode->n =
            n - encode->first < ROUND_ROWS ? n - encode->first : ROUND_ROWS;
        if (hooks != NULL && hooks->cancelled != NULL &&
            hooks->cancelled(hooks->ctx))
            return err_set(err, ERR_CANCELLED, "encoding was cancelled");
        encode_round(encode, straight, l);
        if (check_margins(encode, k, err) != OK)
            return err->status;
        encode->first += encode->n;
        encode->margins += encode->n * k;
        progress.done = encode->first;
        if (hooks != NULL && hooks->progress != NULL)
            hooks->progress(hooks->ctx, &progress);
    }
    return OK;
}

enum status learner_encode_vectors(struct learner *learner,
                                   const struct learn_vectors *vectors,
                                   uint32_t n, float *margins,
                                   const struct learn_hooks *hooks,
                                   struct err *err)
{
    struct encode encode = {.vectors = vectors, .margins = margins};
    struct straight straight = {.work = NULL};
    enum status status = learner_ready(learner, err);

    if (status == OK && vectors->d != learner->shape.channels)
        status = err_set(err, ERR_BAD_INPUT,
                         "a vector has %d numbers, and the model takes %d",
                         vectors->d, learner->shape.channels);
    if (status == OK)
        status = learner_is_flat(learner)
                     ? straight_init(&straight, learner, err)
                     : learner_eye_init(&encode.eye, learner, err);
    if (status == OK)
        status = encode_rounds(&encode, &straight, learner, n, hooks, err);
    straight_release(&straight);
    learner_eye_release(&encode.eye);
    return status;
}
