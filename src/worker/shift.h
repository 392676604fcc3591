#ifndef BITGROVE_WORKER_SHIFT_H
#define BITGROVE_WORKER_SHIFT_H

/*
 * A worker's shift: lease a job, run it, write how it ended, until the queue
 * has been empty for a while or a signal ends it.
 *
 *     job ends with                        its row becomes
 *     success                              done
 *     an error                             failed, with the error
 *     stopped because the front end asked  cancelled
 *     stopped by SIGTERM or SIGINT         queued; goes on from its checkpoint
 *     its lease lost                       left alone: it is another's
 *
 * Main thread; one shift a process.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct shift_options {
    const char *path; /* of the catalogue */
    int64_t idle_ms;  /* leaves after so long without work */
    int64_t lease_ms;
    int threads; /* 0: what the job says, else one a processor */
    bool once;   /* one job at most */
    bool quiet;  /* no lines on standard output */
};

/* SIGTERM, SIGINT and SIGHUP end the shift after this. */
void shift_catch_signals(void);

/* *jobs counts those that were run. A job that fails is no error here. */
enum status shift_run(const struct shift_options *options, int *jobs,
                      struct err *err) MUST_USE;

#endif
