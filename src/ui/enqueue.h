#ifndef BITGROVE_UI_ENQUEUE_H
#define BITGROVE_UI_ENQUEUE_H

/*
 * Jobs that are queued from the explorer, with options typed as NAME=VALUE,
 * the names being those of the command line; a flag is its NAME alone. The
 * worker does the rest. The user interface's thread.
 */

#include "queue/params.h"

struct app;

/* Asks for the options of learning, with some to begin from. */
void enqueue_ask_learn(struct app *app);

/* Queues a job and starts a worker; the message says what came of it. */
void enqueue_run(struct app *app, enum job_kind kind, const char *text);

/* Appends what the text could become, one a line: options, then values where
 * there is a choice of them. */
void enqueue_complete(enum job_kind kind, const char *text, struct str *out);

#endif
