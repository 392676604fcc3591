#ifndef BITGROVE_CLI_EXPORTMODEL_H
#define BITGROVE_CLI_EXPORTMODEL_H

/*
 * A model as a safetensors file: a job of the worker, which alone knows what
 * a checkpoint holds, writes it into a temporary file, and that is passed on.
 * Main thread.
 */

#include <stdio.h>

#include "cli/subject.h"

/* name is of out, for messages. Waits for the job; Ctrl-C cancels it. */
enum status exportmodel(FILE *out, const char *name, struct subject *s,
                        enum format format, struct err *err) MUST_USE;

#endif
