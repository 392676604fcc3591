#include <config.h>

/*
 * A model as a safetensors file. The file is there already: whoever queued the
 * job made it, and takes it from there, so that a job that is tried again much
 * later leaves nothing behind.
 */

#include "tasks/task.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "catalogue/dataset.h"
#include "learn/modelfile.h"
#include "tasks/coder.h"

static enum status write_file(const char *path, const struct learner *learner,
                              const struct model_row *model,
                              const char *const *names, struct err *err)
{
    FILE *f = fopen(path, "r+b");
    enum status status;

    if (f == NULL && errno == ENOENT)
        return err_set(err, ERR_BAD_INPUT, "%s is gone: export the model again",
                       path);
    if (f == NULL || ftruncate(fileno(f), 0) != 0) {
        err_sys(err, errno, "cannot write %s", path);
        if (f != NULL)
            fclose(f);
        return err->status;
    }
    status = modelfile_write(f, path, learner, model->name, names, err);
    if (fclose(f) != 0 && status == OK)
        status = err_sys(err, errno, "cannot write %s", path);
    return status;
}

static enum status export_model(struct task *task,
                                const struct model_row *model, const char *path,
                                struct err *err)
{
    struct learner *learner = NULL;
    struct class_list classes = {NULL, 0, 0};
    const char **names = NULL;
    enum status status = class_all(task->cat, model->dataset_id, &classes, err);

    if (status == OK)
        status = coder_learner(&learner, task, model, err);
    if (status == OK &&
        learner_shape(learner)->classes != (uint32_t)classes.count)
        status = err_set(err, ERR_CATALOGUE,
                         "model %s knows %u classes and its data set has %d: "
                         "see bitgrove check",
                         model->name, learner_shape(learner)->classes,
                         classes.count);
    if (status == OK) {
        names = mem_zalloc((size_t)classes.count, sizeof(*names));
        for (int c = 0; c < classes.count; c++)
            names[c] = classes.items[c].name;
        status = write_file(path, learner, model, names, err);
    }
    free(names);
    learner_free(learner);
    class_list_release(&classes);
    return status;
}

enum status task_export(struct task *task, struct err *err)
{
    const char *path = task_text(task, "output");
    struct model_row model = {0};
    enum status status =
        path != NULL ? task_model(&model, task, err)
                     : err_set(err, ERR_BAD_INPUT,
                               "the job has no --output: use bitgrove export");

    if (status == OK)
        status = task_progress(task, 0, 1, "writing", err);
    if (status == OK)
        status = export_model(task, &model, path, err);
    if (status == OK)
        status = task_progress(task, 1, 1, "writing", err);
    if (status == OK)
        str_addf(&task->result, "{\"model_id\":%lld}", (long long)model.id);
    model_release(&model);
    return status;
}
