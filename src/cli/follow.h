#ifndef BITGROVE_CLI_FOLLOW_H
#define BITGROVE_CLI_FOLLOW_H

/*
 * Long work from the command line: a job is queued, a worker started, and the
 * job's row followed until it ends, with a bar on standard error if that is a
 * terminal, and with lines of the job's log otherwise. A worker that died is
 * replaced, and the job goes on from where it was. Ctrl-C asks the job to stop
 * and waits a little for it; a second one leaves at once. Main thread.
 */

#include <stdbool.h>
#include <stdint.h>

#include "catalogue/catalogue.h"
#include "cli/args.h"
#include "queue/jobs.h"

struct follow {
    bool quiet;  /* no progress */
    bool brief;  /* a bar at most: the job's log is not shown */
    bool leave;  /* Ctrl-C leaves the job running instead of cancelling it */
    int threads; /* of a worker that must be started; 0: its default */
};

/* From --quiet and --threads of a command. */
struct follow follow_options(const struct args *args);

/*
 * Follows a job to its end. OK: *out is the finished job, due job_release().
 * Else the job's own error, or ERR_CANCELLED.
 */
enum status follow_job(struct catalogue *cat, int64_t id,
                       const struct follow *options, struct job *out,
                       struct err *err) MUST_USE;

/* Queues a job, starts a worker, and follows it. */
enum status follow_new(struct catalogue *cat, enum job_kind kind,
                       const struct params *params, int64_t model,
                       const struct follow *options, struct job *out,
                       struct err *err) MUST_USE;

/*
 * The usual end of a command that queues a job: with --detach it says the
 * job's number and leaves *out zeroed, else it follows.
 */
enum status follow_or_detach(struct catalogue *cat, enum job_kind kind,
                             const struct args *args, int64_t model,
                             struct job *out, struct err *err) MUST_USE;

/* Ctrl-C was pressed since follow_catch(); retrieval_run() and the like may
 * ask it. */
void follow_catch(void);
bool follow_interrupted(void *unused);

#endif
