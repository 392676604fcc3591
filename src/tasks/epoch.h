#ifndef BITGROVE_TASKS_EPOCH_H
#define BITGROVE_TASKS_EPOCH_H

/*
 * The end of an epoch in the catalogue: history, class codes, their tree, the
 * state that learning goes on from and the model's row, all in one
 * transaction. So a catalogue never holds an epoch in part, and a run that was
 * killed goes on from the last whole one. One thread.
 */

#include <stdint.h>

#include "learn/learner.h"
#include "tasks/task.h"
#include "codes/codebook.h"
#include "taxonomy/dendro.h"
#include "taxonomy/linkage.h"

/* class_ids: (report->classes). Updates *model. */
enum status epoch_save(struct task *task, struct model_row *model,
                       enum linkage linkage, const int64_t *class_ids,
                       const struct learner *learner,
                       const struct learn_report *report,
                       struct err *err) MUST_USE;

/*
 * Clusters class codes (n), outside any transaction: seconds for 22,000
 * classes. ERR_CANCELLED when the task is stopped; `show` makes its merges the
 * job's progress.
 */
enum status epoch_build_tree(struct dendro *out, struct task *task,
                             enum linkage linkage, const uint64_t *codes,
                             uint32_t n, bool show, struct err *err) MUST_USE;

/* Stores class codes and their tree, in the caller's transaction. */
enum status epoch_save_codes(struct task *task, int64_t model, int step,
                             enum linkage linkage, const int64_t *class_ids,
                             const struct codebook *book,
                             const struct dendro *tree,
                             struct err *err) MUST_USE;

/* Stores the tree of an epoch, in the caller's transaction. */
enum status epoch_save_tree(struct task *task, int64_t model, int step,
                            enum linkage linkage, const struct dendro *tree,
                            const int64_t *class_ids, struct err *err) MUST_USE;

#endif
