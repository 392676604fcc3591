#ifndef BITGROVE_CLI_JOBFILE_H
#define BITGROVE_CLI_JOBFILE_H

/*
 * A file that only the worker can make: a job writes it into a temporary file,
 * and that is passed on. Main thread.
 */

#include <stdio.h>

#include "cli/follow.h"

/*
 * Queues a job of this kind whose option "output", set here, is the temporary
 * file, and waits for it; Ctrl-C cancels it. name is of out, for messages.
 * *job may be NULL, else it is the finished job, due job_release() on OK.
 */
enum status jobfile_write(FILE *out, const char *name, struct catalogue *cat,
                          enum job_kind kind, struct params *params,
                          int64_t model, const struct follow *options,
                          struct job *job, struct err *err) MUST_USE;

#endif
