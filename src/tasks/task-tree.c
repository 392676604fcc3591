#include <config.h>

/*
 * The tree of a model's class codes at an epoch under another linkage than the
 * one that learning stored.
 */

#include "tasks/task.h"

#include "catalogue/codestore.h"
#include "tasks/epoch.h"

static enum status save_tree(struct task *task, int64_t model, int step,
                             enum linkage linkage, struct err *err)
{
    struct class_codes codes;
    struct dendro tree = DENDRO_INIT;
    enum status status = class_codes_load(task->cat, model, step, &codes, err);

    if (status != OK)
        return status;
    status = epoch_build_tree(&tree, task, linkage, codes.codes,
                              (uint32_t)codes.classes, true, err);
    if (status == OK)
        status = task_begin(task, err);
    if (status == OK)
        status = task_end(task,
                          epoch_save_tree(task, model, step, linkage, &tree,
                                          codes.class_ids, err),
                          err);
    dendro_release(&tree);
    class_codes_release(&codes);
    return status;
}

enum status task_tree(struct task *task, struct err *err)
{
    struct model_row model = {0};
    enum linkage linkage;
    int step = (int)task_int(task, "step");
    enum status status = task_model(&model, task, err);

    if (step == 0)
        step = model.step;
    if (status == OK)
        status = model_need_codes(&model, err);
    if (status == OK)
        status = linkage_parse(&linkage, task_text(task, "linkage"), err);
    if (status == OK && (step == 0 || step > model.step))
        status = err_set(err, ERR_BAD_INPUT,
                         "model %s has no epoch %d: it has finished %d",
                         model.name, step, model.step);
    if (status == OK)
        status = save_tree(task, model.id, step, linkage, err);
    if (status == OK)
        str_addf(&task->result,
                 "{\"model_id\":%lld,\"linkage\":\"%s\","
                 "\"step\":%d}",
                 (long long)model.id, linkage_name(linkage), step);
    model_release(&model);
    return status;
}
