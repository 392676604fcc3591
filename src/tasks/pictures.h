#ifndef BITGROVE_TASKS_PICTURES_H
#define BITGROVE_TASKS_PICTURES_H

/*
 * Import of picture files: a walk, a comparison with what the catalogue holds,
 * and then what is new or has changed, a lot of files at a time, each lot in a
 * transaction of its own. So an import that is cut short leaves whole images
 * behind, and the same command does the rest. One thread, with a pool of its
 * own for decoding.
 */

#include "tasks/task.h"

/* True if the job's first source is of picture files. */
bool pictures_meant(const struct task *task);

enum status pictures_import(struct task *task, struct err *err) MUST_USE;

#endif
