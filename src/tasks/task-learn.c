#include <config.h>

/*
 * Learning: a new model, or one taken up again from its checkpoint, is learnt
 * epoch by epoch (tasks/epoch.h), and then every image is encoded. A run that
 * was cut short anywhere ends with the same codes as one that was not.
 */

#include "tasks/task.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "catalogue/images.h"
#include "learn/learner.h"
#include "tasks/coder.h"
#include "tasks/epoch.h"
#include "tasks/spec.h"
#include "tasks/vectors.h"

/* The images of a split that have a class, as the learner wants them. */
struct lesson {
    struct image_block block;
    uint32_t *labels;
    const void **rows; /* of vectors */
    struct learn_vectors vectors;
    struct learn_data data;
};

struct study {
    struct task *task;
    struct dataset dataset;
    struct vectors files; /* of a data set of vectors */
    struct class_list classes;
    int64_t *class_ids;
    struct model_row model;
    enum linkage linkage;    /* of the tree of every epoch */
    struct learner *learner; /* owned until coder_init() takes it */
    struct lesson train, test;
    int64_t images; /* encoded at the end, or classified: splits_of() */
    int64_t total;  /* progress: training images of the run, then images */
    struct err err; /* of a hook that can't return it */
};

static void study_release(struct study *s)
{
    dataset_release(&s->dataset);
    class_list_release(&s->classes);
    free(s->class_ids);
    model_release(&s->model);
    learner_free(s->learner);
    image_block_release(&s->train.block);
    image_block_release(&s->test.block);
    free(s->train.labels);
    free(s->test.labels);
    free(s->train.rows);
    free(s->test.rows);
    vectors_release(&s->files);
}

static struct learn_shape shape_of(const struct study *s)
{
    return (struct learn_shape){.channels = s->dataset.channels,
                                .height = s->dataset.height,
                                .width = s->dataset.width,
                                .classes = (uint32_t)s->classes.count};
}

/* Where the vectors of a lesson lie. */
static enum status load_rows(struct study *s, struct lesson *lesson,
                             struct err *err)
{
    const struct image_block *block = &lesson->block;

    lesson->rows = mem_large((size_t)block->n + 1, sizeof(*lesson->rows));
    if (lesson->rows == NULL)
        return err_set(err, ERR_NOMEM, "no memory for the places of %lld rows",
                       (long long)block->n);
    lesson->data.vectors = &lesson->vectors;
    return vectors_rows(&lesson->vectors, &s->files, block->sources,
                        block->positions, block->n, lesson->rows, err);
}

static enum status load_lesson(struct study *s, enum split split,
                               struct lesson *out, struct err *err)
{
    struct images_query q;
    enum status status;

    images_query_init(&q);
    q.dataset = s->dataset.id;
    q.split = (int)split;
    status = image_block_load(s->task->cat, &q, &s->classes, &out->block, err);
    if (status != OK)
        return status;
    out->labels = mem_large((size_t)out->block.n, sizeof(*out->labels));
    if (out->labels == NULL)
        return err_set(err, ERR_NOMEM,
                       "no memory for the labels of %lld "
                       "images",
                       (long long)out->block.n);
    for (int64_t i = 0; i < out->block.n; i++) {
        if (out->block.labels[i] < 0)
            return err_set(err, ERR_BAD_INPUT,
                           "image %lld of the split %s is of no class: see "
                           "bitgrove check",
                           (long long)out->block.ids[i], split_name(split));
        out->labels[i] = (uint32_t)out->block.labels[i];
    }
    out->data = (struct learn_data){.n = (uint32_t)out->block.n,
                                    .shape = shape_of(s),
                                    .pixels = out->block.pixels,
                                    .labels = out->labels};
    return s->dataset.kind == DATASET_VECTORS ? load_rows(s, out, err) : OK;
}

static enum status load_lessons(struct study *s, struct err *err)
{
    enum status status = task_progress(s->task, 0, 0, "loading images", err);

    if (status == OK && s->dataset.kind == DATASET_VECTORS)
        status = vectors_init(&s->files, s->task->cat, &s->dataset, err);
    if (status == OK)
        status = load_lesson(s, SPLIT_TRAIN, &s->train, err);
    if (status == OK && s->train.data.n == 0)
        status = err_set(err, ERR_BAD_INPUT,
                         "data set %s has no training images: import some "
                         "(--split train)",
                         s->dataset.name);
    if (status == OK)
        status = load_lesson(s, SPLIT_TEST, &s->test, err);
    return status;
}

static enum status load_dataset(struct study *s, struct err *err)
{
    struct task *task = s->task;
    enum status status;

    if (s->model.id != 0)
        status = dataset_get(task->cat, s->model.dataset_id, &s->dataset, err);
    else
        status = dataset_find(task->cat, task_text(task, "dataset"),
                              &s->dataset, err);
    if (status == OK)
        status = class_all(task->cat, s->dataset.id, &s->classes, err);
    if (status != OK)
        return status;
    if (s->classes.count > LINKAGE_CLASSES_MAX)
        return err_set(err, ERR_BAD_INPUT,
                       "data set %s has %d classes: a tree holds up to %d",
                       s->dataset.name, s->classes.count, LINKAGE_CLASSES_MAX);
    s->class_ids = mem_zalloc((size_t)s->classes.count, sizeof(*s->class_ids));
    for (int i = 0; i < s->classes.count; i++)
        s->class_ids[i] = s->classes.items[i].id;
    return OK;
}

/* The learner of a model that has a checkpoint. */
static enum status resume(struct study *s, struct err *err)
{
    uint8_t *bytes;
    size_t size;
    int step, done, left;
    enum status status =
        checkpoint_load(s->task->cat, s->model.id, &step, &bytes, &size, err);

    if (status != OK)
        return status;
    status = learner_load(&s->learner, bytes, size, err);
    free(bytes);
    if (status != OK)
        return err_wrap(err, "the checkpoint of model %s", s->model.name);
    learner_epochs(s->learner, &done, &left);
    return task_log(s->task, err, "going on after epoch %d of %d", done,
                    done + left);
}

static enum status begin_model(struct study *s, struct err *err)
{
    struct task *task = s->task;
    enum status status = task_begin(task, err);

    if (status != OK)
        return status;
    status = model_insert(task->cat, &s->model, &s->model.id, err);
    if (status == OK)
        status = task_set_model(task, s->model.id, err);
    return task_end(task, status, err);
}

/* The network of the model that --from names, if it does. */
static enum status adopt_network(struct study *s, struct err *err)
{
    char *name = spec_start(&s->model, "from");
    struct model_row model = {.id = 0};
    struct learner *from = NULL;
    enum status status;

    if (name == NULL)
        return OK;
    status = model_find(s->task->cat, name, &model, err);
    if (status == OK)
        status = coder_learner(&from, s->task, &model, err);
    if (status == OK && learner_adopt(s->learner, from, err) != OK)
        status = err_wrap(err, "model %s", name);
    learner_free(from);
    model_release(&model);
    free(name);
    return status;
}

/* A learner before its first epoch, and its model's row if it has none. */
static enum status start(struct study *s, struct err *err)
{
    struct learn_shape shape = shape_of(s);
    struct learn_spec spec;
    float *codebook = NULL;
    bool fresh = s->model.id == 0;
    char *path;
    enum status status =
        fresh ? spec_read(&spec, s->task, &s->dataset, err) : OK;

    if (status == OK && fresh)
        status = spec_model(&s->model, s->task, &spec, &s->dataset, NULL, err);
    /* What the row holds is what is learnt, now and after a crash. */
    if (status == OK)
        status = spec_restore(&spec, &s->model, err);
    if (status != OK)
        return status;
    path = spec_start(&s->model, "load_codebook");
    status = spec_codebook(&codebook, path, &spec, shape.classes, err);
    free(path);
    if (status == OK)
        status = learner_new(&s->learner, &spec, &shape, codebook, err);
    free(codebook);
    if (status == OK)
        status = checkpoint_fits(s->task->cat, learner_size(s->learner), err);
    if (status == OK)
        status = adopt_network(s, err);
    return status == OK && fresh ? begin_model(s, err) : status;
}

static bool hook_cancelled(void *ctx)
{
    struct study *s = ctx;

    return s->err.status != OK || vectors_whole(&s->files, &s->err) != OK ||
           task_stopped(s->task);
}

static void hook_progress(void *ctx, const struct learn_progress *p)
{
    struct study *s = ctx;
    struct err err;
    char message[96];

    snprintf(message, sizeof(message), "%s epoch %d, loss %.3f",
             learn_phase_name(p->phase), p->epoch, p->loss);
    s->total = (int64_t)p->total + s->images;
    if (task_progress(s->task, (int64_t)p->done, s->total, message, &err) != OK)
        s->err = err;
}

static enum status hook_epoch_end(void *ctx, const struct learner *learner,
                                  const struct learn_report *report,
                                  struct err *err)
{
    struct study *s = ctx;
    enum status status = vectors_whole(&s->files, err);

    if (status == OK)
        status = epoch_save(s->task, &s->model, s->linkage, s->class_ids,
                            learner, report, err);
    if (status == OK && report->separated > 0)
        status = task_log(s->task, err,
                          "%u class%s shared a code with another before the "
                          "%s phase: told apart by turning weakest bits",
                          report->separated, report->separated == 1 ? "" : "es",
                          learn_phase_name(report->phase));
    if (status != OK)
        return status;
    if (report->phase == PHASE_WARM)
        return task_log(s->task, err,
                        "warm epoch %d of %d: loss %.4f, top-1 %.4f, %.0f "
                        "images/s",
                        report->epoch, report->epochs, report->loss,
                        report->top1, report->rate);
    return task_log(s->task, err,
                    "%s epoch %d of %d: loss %.4f, top-1 %.4f, MHD %.4f, ED "
                    "%.4f, %u class codes, %.0f images/s",
                    learn_phase_name(report->phase), report->epoch,
                    report->epochs, report->loss, report->top1, report->mhd,
                    report->ed, report->distinct, report->rate);
}

/* Says so if a batch is learnt from in parts. */
static enum status log_passes(struct study *s, struct err *err)
{
    uint32_t n = s->train.data.n, batch;
    int pass = learner_pass(s->learner, n);

    batch = (uint32_t)learner_spec(s->learner)->batch;
    batch = batch < n ? batch : n;
    if ((uint32_t)pass >= batch)
        return OK;
    return task_log(s->task, err,
                    "a batch of %lu images is learnt from in passes of %d, "
                    "with a batch norm each: --memory and --accumulate say "
                    "how many",
                    (unsigned long)batch, pass);
}

/* The splits whose images the model says something of: all of them, or those
 * that a classifier's threshold is measured on. */
static const int *splits_of(const struct study *s)
{
    static const int all[] = {-1, -2}, answered[] = {SPLIT_TEST, SPLIT_OOD, -2};

    return learner_has_codes(s->learner) ? all : answered;
}

static struct images_query query_of(const struct study *s, int split)
{
    struct images_query q;

    images_query_init(&q);
    q.dataset = s->dataset.id;
    q.split = split;
    return q;
}

static enum status count_images(struct study *s, struct err *err)
{
    enum status status = OK;

    for (const int *split = splits_of(s); *split >= -1 && status == OK;
         split++) {
        struct images_query q = query_of(s, *split);
        int64_t images;

        status = images_count(s->task->cat, &q, &images, err);
        if (status == OK)
            s->images += images;
    }
    return status;
}

static enum status encode_all(struct study *s, struct err *err)
{
    const int *split = splits_of(s);
    struct coder coder;
    struct learner *learner = s->learner;
    int64_t done;
    enum status status;

    s->learner = NULL;
    status =
        coder_init(&coder, s->task, s->model.id, s->dataset.id, learner, err);
    if (status != OK)
        return status;
    if (s->total < s->images)
        s->total = s->images;
    done = s->total - s->images;
    for (; *split >= -1 && status == OK; split++) {
        struct images_query q = query_of(s, *split);

        status = coder_images(&coder, s->task, &q, &done, s->total, err);
    }
    coder_release(&coder);
    return status;
}

/* The model is ready and the job done, at once. */
static enum status finish(struct study *s, struct err *err)
{
    enum status status = task_begin(s->task, err);

    if (status != OK)
        return status;
    s->model.state = MODEL_READY;
    str_addf(&s->task->result, "{\"model_id\":%lld,\"images\":%lld}",
             (long long)s->model.id, (long long)s->images);
    return task_end_done(s->task, model_update(s->task->cat, &s->model, err),
                         err);
}

/* No other job may work on a model that this one takes up. */
static enum status check_alone(struct study *s, struct err *err)
{
    struct job_list list = {NULL, 0, 0};
    enum status status = job_all(s->task->cat, 0, &list, err);

    for (int i = 0; i < list.count && status == OK; i++)
        if (list.items[i].state == JOB_RUNNING &&
            list.items[i].model_id == s->model.id &&
            list.items[i].id != s->task->job->id)
            status = err_set(err, ERR_BAD_INPUT,
                             "job %lld works on model %s: wait for it or "
                             "cancel it",
                             (long long)list.items[i].id, s->model.name);
    job_list_release(&list);
    return status;
}

static enum status take_up(struct study *s, const char *name, struct err *err)
{
    struct task *task = s->task;
    enum status status = spec_check_resume(task, err);

    if (status == OK)
        status = model_find(task->cat, name, &s->model, err);
    if (status == OK)
        status = task_begin(task, err);
    if (status != OK)
        return status;
    status = check_alone(s, err);
    if (status == OK)
        status = task_set_model(task, s->model.id, err);
    return task_end(task, status, err);
}

/* The model to go on with, if there is one. */
static enum status find_model(struct study *s, struct err *err)
{
    struct task *task = s->task;
    const char *name = task_text(task, "resume");

    if (task->job->model_id != 0)
        return model_get(task->cat, task->job->model_id, &s->model, err);
    return name != NULL ? take_up(s, name, err) : OK;
}

static enum status study_run(struct study *s, struct err *err)
{
    struct task *task = s->task;
    struct learn_hooks hooks = {.ctx = s,
                                .cancelled = hook_cancelled,
                                .progress = hook_progress,
                                .epoch_end = hook_epoch_end};
    enum status status = find_model(s, err);

    if (status == OK)
        status = linkage_parse(&s->linkage, task_text(task, "linkage"), err);
    if (status == OK)
        status = load_dataset(s, err);
    if (status == OK)
        status = load_lessons(s, err);
    if (status == OK)
        status = s->model.step > 0 ? resume(s, err) : start(s, err);
    if (status != OK)
        return status;
    if (count_images(s, err) != OK)
        return err->status;
    learner_set_threads(s->learner, task_threads(task));
    if (log_passes(s, err) != OK)
        return err->status;
    status =
        learner_run(s->learner, &s->train.data, &s->test.data, &hooks, err);
    if (status == ERR_CANCELLED && s->err.status != OK)
        *err = s->err;
    /* Whatever learning says of rows that became zeros, this is why. */
    if (vectors_whole(&s->files, err) != OK || status != OK)
        return err->status;
    status = encode_all(s, err);
    return status == OK ? finish(s, err) : status;
}

/*
 * A model without an epoch is of no use and would be taken for the newest.
 * That it could not be removed is no news beside why learning ended.
 */
static void forget_model(struct study *s)
{
    struct task *task = s->task;
    int64_t id = s->model.id;
    enum status status;
    struct err err;

    if (id == 0 || s->model.step > 0 || task_begin(task, &err) != OK)
        return;
    status = task_set_model(task, 0, &err);
    if (status == OK)
        status = model_forget(task->cat, id, &err);
    if (task_end(task, status, &err) != OK)
        task->job->model_id = id;
}

enum status task_learn(struct task *task, struct err *err)
{
    struct study s;
    enum status status;

    memset(&s, 0, sizeof(s));
    s.task = task;
    status = study_run(&s, err);
    if (status != OK)
        forget_model(&s);
    study_release(&s);
    return status;
}
