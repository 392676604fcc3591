#include <config.h>

#include "tasks/epoch.h"

#include <math.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "catalogue/codestore.h"
#include "codes/codebook.h"
#include "taxonomy/dendro.h"

static int32_t place(uint32_t node)
{
    return node == DENDRO_NONE ? -1 : (int32_t)node;
}

enum status epoch_save_tree(struct task *task, int64_t model, int step,
                            enum linkage linkage, const uint64_t *codes,
                            const int64_t *class_ids, uint32_t n,
                            struct err *err)
{
    struct dendro d = DENDRO_INIT;
    struct tree_rows rows = {.step = step};
    enum status status = dendro_build(&d, codes, n, linkage, err);

    if (status != OK)
        return status;
    rows.items = mem_zalloc(d.count, sizeof(*rows.items));
    rows.count = rows.room = (int)d.count;
    for (uint32_t i = 0; i < d.count; i++) {
        const struct dendro_node *node = &d.node[i];

        rows.items[i] = (struct tree_row){
            .parent = place(node->parent),
            .left = place(node->left),
            .right = place(node->right),
            .leaves = (int32_t)node->size,
            .height = node->height,
        };
    }
    status = tree_rows_save(task->cat, model, step, linkage_name(linkage),
                            &rows, class_ids, err);
    tree_rows_release(&rows);
    dendro_release(&d);
    return status;
}

static enum status save_codes(struct task *task, int64_t model, int step,
                              enum linkage linkage, const int64_t *class_ids,
                              const struct learn_report *report,
                              struct err *err)
{
    struct codebook book = CODEBOOK_INIT;
    struct class_codes rows;
    enum status status = codebook_from_weights(
        &book, report->codebook, report->classes, report->bits, err);

    if (status != OK)
        return status;
    rows = (struct class_codes){.classes = (int)book.classes,
                                .bits = book.bits,
                                .step = step,
                                .codes = book.codes,
                                .weights = book.weights};
    status = class_codes_save(task->cat, model, &rows, class_ids, err);
    if (status == OK)
        status = epoch_save_tree(task, model, step, linkage, book.codes,
                                 class_ids, book.classes, err);
    codebook_release(&book);
    return status;
}

/* What a phase does not have is NAN. */
static enum status save_history(struct task *task, int64_t model, int step,
                                const struct learn_report *r, struct err *err)
{
    bool tested = r->tested > 0, coded = tested && r->phase != PHASE_WARM;
    struct history_row row = {
        .step = step,
        .phase = (int)r->phase,
        .epoch = r->epoch,
        .loss = r->loss,
        .rate = r->lr,
        .top1 = tested ? r->top1 : NAN,
        .top5 = tested ? r->top5 : NAN,
        .mhd = coded ? r->mhd : NAN,
        .ed = coded ? r->ed : NAN,
        .ties = coded ? r->ties : NAN,
        .duration = (int64_t)(r->seconds * 1000.0),
        .at = clock_wall(),
    };

    return history_insert(task->cat, model, &row, err);
}

enum status epoch_save(struct task *task, struct model_row *model,
                       enum linkage linkage, const int64_t *class_ids,
                       const struct learner *learner,
                       const struct learn_report *report, struct err *err)
{
    struct model_row row = *model;
    struct str state = STR_INIT;
    enum status status;

    row.phase = (int)report->phase;
    row.step = report->total_epoch;
    row.margin_scale = (double)learner_margin_scale(learner);
    learner_save(learner, &state);
    status = task_begin(task, err);
    if (status == OK) {
        status = save_history(task, row.id, row.step, report, err);
        if (status == OK && report->codebook != NULL)
            status = save_codes(task, row.id, row.step, linkage, class_ids,
                                report, err);
        if (status == OK)
            status = checkpoint_save(task->cat, row.id, row.step, state.text,
                                     state.length, err);
        if (status == OK)
            status = model_update(task->cat, &row, err);
        if (status == OK)
            status = task_commit(task, err);
        else
            task_rollback(task);
    }
    str_release(&state);
    if (status == OK)
        *model = row;
    return status;
}
