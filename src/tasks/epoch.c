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

struct watched {
    struct task *task;
    bool show;
};

static bool going(void *ctx, uint32_t done, uint32_t total)
{
    struct watched *watched = ctx;
    struct err ignored;

    /* what could not be shown now is shown the next time */
    if (watched->show)
        (void)!task_progress(watched->task, done, total, "merges", &ignored);
    return !task_stopped(watched->task);
}

enum status epoch_build_tree(struct dendro *out, struct task *task,
                             enum linkage linkage, const uint64_t *codes,
                             uint32_t n, bool show, struct err *err)
{
    struct watched watched = {task, show};
    const struct linkage_watch watch = {going, &watched};

    return dendro_build(out, codes, n, linkage, &watch, err);
}

enum status epoch_save_tree(struct task *task, int64_t model, int step,
                            enum linkage linkage, const struct dendro *tree,
                            const int64_t *class_ids, struct err *err)
{
    struct tree_rows rows = {.step = step};
    enum status status;

    rows.items = mem_zalloc(tree->count, sizeof(*rows.items));
    rows.count = rows.room = (int)tree->count;
    for (uint32_t i = 0; i < tree->count; i++) {
        const struct dendro_node *node = &tree->node[i];

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
    return status;
}

enum status epoch_save_codes(struct task *task, int64_t model, int step,
                             enum linkage linkage, const int64_t *class_ids,
                             const struct codebook *book,
                             const struct dendro *tree, struct err *err)
{
    const struct class_codes rows = {.classes = (int)book->classes,
                                     .bits = book->bits,
                                     .step = step,
                                     .codes = book->codes,
                                     .weights = book->weights};
    enum status status =
        class_codes_save(task->cat, model, &rows, class_ids, err);

    if (status == OK)
        status =
            epoch_save_tree(task, model, step, linkage, tree, class_ids, err);
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

/* All rows of the epoch; book and tree may be empty, then there are none. */
static enum status save_rows(struct task *task, const struct model_row *row,
                             enum linkage linkage, const int64_t *class_ids,
                             const struct codebook *book,
                             const struct dendro *tree,
                             const struct learn_report *report,
                             const struct str *state, struct err *err)
{
    enum status status = save_history(task, row->id, row->step, report, err);

    if (status == OK && report->codebook != NULL)
        status = epoch_save_codes(task, row->id, row->step, linkage, class_ids,
                                  book, tree, err);
    if (status == OK)
        status = checkpoint_save(task->cat, row->id, row->step, state->text,
                                 state->length, err);
    if (status == OK)
        status = model_update(task->cat, row, err);
    return status;
}

enum status epoch_save(struct task *task, struct model_row *model,
                       enum linkage linkage, const int64_t *class_ids,
                       const struct learner *learner,
                       const struct learn_report *report, struct err *err)
{
    struct model_row row = *model;
    struct str state = STR_INIT;
    struct codebook book = CODEBOOK_INIT;
    struct dendro tree = DENDRO_INIT;
    enum status status = OK;

    row.phase = (int)report->phase;
    row.step = report->total_epoch;
    row.margin_scale = (double)learner_margin_scale(learner);
    if (report->codebook != NULL)
        status = codebook_from_weights(&book, report->codebook, report->classes,
                                       report->bits, err);
    if (status == OK)
        status = epoch_build_tree(&tree, task, linkage, book.codes,
                                  book.classes, false, err);
    if (status == OK) {
        learner_save(learner, &state);
        status = task_begin(task, err);
    }
    if (status == OK)
        status = task_end(task,
                          save_rows(task, &row, linkage, class_ids, &book,
                                    &tree, report, &state, err),
                          err);
    str_release(&state);
    codebook_release(&book);
    dendro_release(&tree);
    if (status == OK)
        *model = row;
    return status;
}
