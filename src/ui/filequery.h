#ifndef BITGROVE_UI_FILEQUERY_H
#define BITGROVE_UI_FILEQUERY_H

/*
 * The code of an image file that is in no catalogue: the worker computes it as
 * a job, whose row is looked at whenever the catalogue changes. A value that
 * owns its path. The user interface's thread.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "codes/code.h"

struct app;

struct filequery {
    char *path;    /* as the user gave it; NULL: there is none */
    int64_t job;   /* 0 when it is over */
    int64_t model; /* whose code it is */
    bool known;    /* code and margins are there */
    uint64_t code;
    int8_t margins[CODE_BITS_MAX];
};

void filequery_release(struct filequery *query);

/* Queues the job with the model that is looked at, and starts a worker. path
 * may be relative, begin with "~/", or end in ":ROW" of an IDX file. */
MUST_USE enum status filequery_start(struct filequery *query, struct app *app,
                                     const char *path, struct err *err);

/* Looks at the job; its own error when it failed. */
MUST_USE enum status filequery_poll(struct filequery *query, struct app *app,
                                    struct err *err);

/* Appends the paths that begin with text, one a line. */
void filequery_complete(void *unused, const char *text, struct str *out);

#endif
