#include <config.h>

/*
 * A model from a safetensors file: it must be for images and classes such as
 * the data set has. It becomes a model that has done all its epochs, without
 * their history; its class codes, tree and checkpoint are written at once.
 */

#include "tasks/task.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "catalogue/dataset.h"
#include "learn/modelfile.h"
#include "tasks/epoch.h"
#include "tasks/spec.h"

struct adoption {
    struct task *task;
    const char *path;
    struct modelfile file;
    struct dataset dataset;
    struct class_list classes;
    int64_t *class_ids;
    struct model_row model;
};

static enum status check_shape(const struct adoption *a, struct err *err)
{
    const struct learn_shape *shape = learner_shape(a->file.learner);
    const struct dataset *d = &a->dataset;

    if (shape->channels != d->channels || shape->height != d->height ||
        shape->width != d->width)
        return err_set(err, ERR_BAD_INPUT,
                       "%s: the model is for %dx%d with %d channels, data set "
                       "%s is %dx%d with %d",
                       a->path, shape->width, shape->height, shape->channels,
                       d->name, d->width, d->height, d->channels);
    if (shape->classes != (uint32_t)a->classes.count)
        return err_set(err, ERR_BAD_INPUT,
                       "%s: the model knows %u classes, data set %s has %d",
                       a->path, shape->classes, d->name, a->classes.count);
    for (int c = 0; c < a->classes.count; c++)
        if (strcmp(a->file.names[c], a->classes.items[c].name) != 0)
            return err_set(err, ERR_BAD_INPUT,
                           "%s: class %d of the model is \"%.80s\", in data "
                           "set %s it is \"%.80s\": is it a model of other "
                           "data?",
                           a->path, c, a->file.names[c], d->name,
                           a->classes.items[c].name);
    return OK;
}

static enum status prepare(struct adoption *a, struct err *err)
{
    struct task *task = a->task;
    const struct learner *learner = a->file.learner;
    enum status status =
        dataset_find(task->cat, task_text(task, "dataset"), &a->dataset, err);

    if (status == OK)
        status = class_all(task->cat, a->dataset.id, &a->classes, err);
    if (status == OK)
        status = check_shape(a, err);
    if (status == OK)
        status = spec_model(&a->model, task, learner_spec(learner), &a->dataset,
                            a->file.model, err);
    if (status != OK)
        return status;
    a->class_ids = mem_zalloc((size_t)a->classes.count, sizeof(*a->class_ids));
    for (int c = 0; c < a->classes.count; c++)
        a->class_ids[c] = a->classes.items[c].id;
    return OK;
}

/* In the caller's transaction. */
static enum status save(struct adoption *a, const struct str *state,
                        const struct codebook *book, const struct dendro *tree,
                        struct err *err)
{
    struct task *task = a->task;
    struct model_row *m = &a->model;
    struct learner *learner = a->file.learner;
    enum status status = model_insert(task->cat, m, &m->id, err);

    m->state = MODEL_READY;
    m->phase = PHASE_COUNT - 1;
    m->step = m->steps;
    m->margin_scale = (double)learner_margin_scale(learner);
    if (status == OK)
        status = task_set_model(task, m->id, err);
    if (status == OK && learner_has_codes(learner))
        status = epoch_save_codes(task, m->id, m->step, LINKAGE_AVERAGE,
                                  a->class_ids, book, tree, err);
    if (status == OK)
        status = checkpoint_save(task->cat, m->id, m->step, state->text,
                                 state->length, err);
    return status == OK ? model_update(task->cat, m, err) : status;
}

static enum status commit(struct adoption *a, const struct codebook *book,
                          const struct dendro *tree, struct err *err)
{
    struct str state = STR_INIT;
    enum status status;

    learner_save(a->file.learner, &state);
    status = task_begin(a->task, err);
    if (status == OK) {
        status = save(a, &state, book, tree, err);
        str_addf(&a->task->result, "{\"model_id\":%lld}",
                 (long long)a->model.id);
        if (status == OK)
            status = task_commit_done(a->task, err);
        else
            task_rollback(a->task);
    }
    str_release(&state);
    return status;
}

static enum status adopt(struct adoption *a, struct err *err)
{
    struct codebook book = CODEBOOK_INIT;
    struct dendro tree = DENDRO_INIT;
    enum status status = modelfile_read(&a->file, a->path, err);

    if (status == OK)
        status = prepare(a, err);
    if (status == OK && learner_has_codes(a->file.learner))
        status = codebook_from_weights(&book, learner_codebook(a->file.learner),
                                       (uint32_t)a->classes.count,
                                       a->model.bits, err);
    if (status == OK && book.classes > 0)
        status = epoch_build_tree(&tree, a->task, LINKAGE_AVERAGE, book.codes,
                                  book.classes, true, err);
    if (status == OK)
        status = commit(a, &book, &tree, err);
    dendro_release(&tree);
    codebook_release(&book);
    return status;
}

enum status task_import_model(struct task *task, struct err *err)
{
    struct adoption a = {.task = task, .path = task_text(task, "file")};
    enum status status =
        a.path != NULL
            ? task_progress(task, 0, 0, "reading the model", err)
            : err_set(err, ERR_BAD_INPUT,
                      "the job has no file: use bitgrove import-model");

    if (status == OK)
        status = adopt(&a, err);
    modelfile_release(&a.file);
    dataset_release(&a.dataset);
    class_list_release(&a.classes);
    free(a.class_ids);
    model_release(&a.model);
    return status;
}
