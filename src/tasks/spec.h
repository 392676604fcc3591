#ifndef BITGROVE_TASKS_SPEC_H
#define BITGROVE_TASKS_SPEC_H

/*
 * From the options of a job to what the learner is told, and to the row of the
 * model, whose `options` hold every setting as JSON: a model can be begun
 * again from its row alone. One thread.
 */

#include "learn/learner.h"
#include "tasks/task.h"

/* From the job's options over the recipe's defaults. */
enum status spec_read(struct learn_spec *out, const struct task *task,
                      const struct dataset *dataset, struct err *err) MUST_USE;

/* ERR_BAD_INPUT when the job resumes a model and gives other options, too. */
enum status spec_check_resume(const struct task *task,
                              struct err *err) MUST_USE;

/* From a model's options. ERR_CATALOGUE when they are damaged. */
enum status spec_restore(struct learn_spec *out, const struct model_row *model,
                         struct err *err) MUST_USE;

/*
 * The row of a new model, to be released by the caller: named as asked, or
 * after data set, bits and baseline: "glyphs-16", "glyphs-16-ordinary", and
 * with "-2" and so on behind it when that is taken. suggested, unless NULL,
 * stands for that name.
 */
enum status spec_model(struct model_row *out, const struct task *task,
                       const struct learn_spec *spec,
                       const struct dataset *dataset, const char *suggested,
                       struct err *err) MUST_USE;

/*
 * The codebook to start from, (classes, bits), owned by the caller; NULL when
 * none was asked for. ERR_BAD_INPUT when the file has another shape.
 */
enum status spec_codebook(float **out, const char *path,
                          const struct learn_spec *spec, uint32_t classes,
                          struct err *err) MUST_USE;

/* The path of the codebook ("load_codebook") or the name of the model
 * ("from") that a model's options begin with, owned by the caller, or NULL. */
char *spec_start(const struct model_row *model, const char *key);

#endif
