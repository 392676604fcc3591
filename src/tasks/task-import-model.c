#include <config.h>

/*
 * A model from a safetensors file or a checkpoint of PyTorch: it must be for
 * images and classes such as the data set has. It becomes a model that has
 * done all its epochs, without their history; its class codes, tree and
 * checkpoint are written at once.
 */

#include "tasks/task.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "catalogue/dataset.h"
#include "catalogue/images.h"
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

static enum status find_dataset(struct adoption *a, struct err *err)
{
    struct task *task = a->task;
    enum status status =
        dataset_find(task->cat, task_text(task, "dataset"), &a->dataset, err);

    if (status == OK)
        status = class_all(task->cat, a->dataset.id, &a->classes, err);
    if (status != OK)
        return status;
    a->class_ids = mem_zalloc((size_t)a->classes.count, sizeof(*a->class_ids));
    for (int c = 0; c < a->classes.count; c++)
        a->class_ids[c] = a->classes.items[c].id;
    return OK;
}

static enum status read_file(struct adoption *a, struct err *err)
{
    const struct learn_shape shape = {.channels = a->dataset.channels,
                                      .height = a->dataset.height,
                                      .width = a->dataset.width,
                                      .classes = (uint32_t)a->classes.count};
    const char **names = mem_zalloc((size_t)a->classes.count, sizeof(*names));
    const struct modelfile_ask ask = {
        .arch = task_text(a->task, "arch"),
        .codebook = task_text(a->task, "codebook"),
        .mean = task_text(a->task, "mean"),
        .deviation = task_text(a->task, "deviation"),
        .shape = &shape,
        .names = names};
    enum status status;

    for (int c = 0; c < a->classes.count; c++)
        names[c] = a->classes.items[c].name;
    status = modelfile_read(&a->file, a->path, &ask, err);
    free(names);
    return status;
}

/* Images that tell how large margins become. */
#define SCALE_IMAGES 256

/* The ids of up to so many images, from all over the data set. */
static enum status pick_images(struct adoption *a, int64_t *ids, int *count,
                               struct err *err)
{
    struct images_query q;
    struct image_list page = {NULL, 0, 0};
    int64_t last = 0;
    enum status status;

    images_query_init(&q);
    q.dataset = a->dataset.id;
    q.limit = 1;
    q.before = INT64_MAX;
    status = images_page(a->task->cat, &q, &page, err);
    if (status == OK && page.count > 0)
        last = page.items[0].id;
    q.before = 0;
    *count = 0;
    for (int i = 0; status == OK && last > 0 && i < SCALE_IMAGES; i++) {
        q.after = last / SCALE_IMAGES * i;
        if (*count > 0 && q.after < ids[*count - 1])
            q.after = ids[*count - 1];
        image_list_release(&page);
        status = images_page(a->task->cat, &q, &page, err);
        if (status != OK || page.count == 0)
            break;
        ids[(*count)++] = page.items[0].id;
    }
    image_list_release(&page);
    return status;
}

/* A checkpoint does not say how large its margins are: some images do. */
static enum status fit_scale(struct adoption *a, struct err *err)
{
    const struct dataset *d = &a->dataset;
    struct learner *learner = a->file.learner;
    size_t image = (size_t)d->channels * (size_t)d->height * (size_t)d->width;
    size_t bits = (size_t)learner_spec(learner)->bits;
    int64_t ids[SCALE_IMAGES];
    uint8_t *pixels = mem_large(SCALE_IMAGES, image);
    float *margins = mem_large(SCALE_IMAGES, bits * sizeof(*margins));
    int n = 0;
    enum status status = OK;

    if (pixels == NULL || margins == NULL)
        status = err_set(err, ERR_NOMEM, "no memory to look at %d images",
                         SCALE_IMAGES);
    if (status == OK)
        status = pick_images(a, ids, &n, err);
    for (int i = 0; i < n && status == OK; i++)
        status = image_pixels(a->task->cat, ids[i], pixels + (size_t)i * image,
                              image, err);
    if (status == OK)
        status =
            learner_encode(learner, pixels, (uint32_t)n, margins, NULL, err);
    if (status == OK)
        modelfile_fit_scale(&a->file, margins, (size_t)n * bits);
    free(pixels);
    free(margins);
    return status;
}

static enum status prepare(struct adoption *a, struct err *err)
{
    const struct learner *learner = a->file.learner;
    enum status status = check_shape(a, err);

    if (status == OK)
        status = checkpoint_fits(a->task->cat, learner_size(learner), err);
    if (status == OK && a->file.headless)
        status = task_log(a->task, err,
                          "its classifier is of other classes than data set "
                          "%s has: only the encoder was taken",
                          a->dataset.name);
    if (status == OK && !a->file.scaled && learner_has_codes(learner))
        status = fit_scale(a, err);
    if (status != OK)
        return status;
    return spec_model(&a->model, a->task, learner_spec(learner), &a->dataset,
                      a->file.model, err);
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
        status = task_end_done(a->task, status, err);
    }
    str_release(&state);
    return status;
}

static enum status adopt(struct adoption *a, struct err *err)
{
    struct codebook book = CODEBOOK_INIT;
    struct dendro tree = DENDRO_INIT;
    enum status status = find_dataset(a, err);

    if (status == OK)
        status = read_file(a, err);
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
