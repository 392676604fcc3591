#ifndef BITGROVE_QUEUE_JOBS_H
#define BITGROVE_QUEUE_JOBS_H

/*
 * The queue: rows of table job.
 *
 *              job_add            job_lease              job_finish
 *     (nothing) ------> queued ----------------> running ----------> done
 *                        ^  |                     |  |  \----------> failed
 *              job_retry |  | job_cancel          |  |  job_finish
 *        failed,cancelled|  +------> cancelled <--|--+  (cancel asked)
 *                                                 |
 *                        queued <-----------------+ job_yield, or the lease
 *                                                   ran out: job_lease takes it
 *
 * Invariants
 *  1. A job is run by at most one worker: job_lease() moves it to running in
 *     one IMMEDIATE transaction, and every later write of the worker names
 *     itself and is refused (ERR_BUSY) once the lease is another's.
 *  2. A lease is good until lease_until. The worker's heartbeat (a thread with
 *     a connection of its own) moves it on at a third of its length. A lease
 *     held by a process of this host that no longer exists is free at once.
 *  3. Jobs start in the order of id. A job of the same model never starts
 *     while an earlier one of that model runs; an import never while any runs.
 *  4. A job whose worker vanished is tried again JOB_ATTEMPTS times in all,
 *     then failed: a job that kills its worker must not do so for ever.
 */

#include <stdbool.h>
#include <stdint.h>

#include "catalogue/catalogue.h"
#include "queue/params.h"

#define JOB_ATTEMPTS 5
#define JOB_LEASE_MS 10000

enum job_state { JOB_QUEUED, JOB_RUNNING, JOB_DONE, JOB_FAILED, JOB_CANCELLED };
const char *job_state_name(enum job_state state);

struct job {
    int64_t id;
    enum job_kind kind;
    enum job_state state;
    char *params;     /* JSON */
    int64_t model_id; /* 0: none (yet) */
    int64_t progress, total;
    double rate;   /* units of progress a second */
    char *message; /* what it is doing, or what went wrong */
    char *status;  /* err_name() of a failure, or "" */
    char *result;  /* JSON of a finished job, or "" */
    bool cancel;   /* asked to stop */
    int attempts;
    char *worker, *host;
    int64_t pid, lease_until, created_at, started_at, ended_at;
};
struct job_list {
    struct job *items;
    int count, room;
};
void job_release(struct job *job);
void job_list_release(struct job_list *list);

/* Whether the worker of a running job is known to be gone: its lease ran out,
 * or it was a process of this host that does not exist. */
bool lease_is_lost(const struct job *job);

/* Puts jobs whose lease is lost back into the queue, as the next worker would:
 * what keeps it from doing so, a full disk, is heard here. */
enum status job_free_lost(struct catalogue *cat, struct err *err) MUST_USE;

/* Milliseconds left, or -1 when unknown. */
int64_t job_time_left(const struct job *job);

/* ---- the front end ---- */

enum status job_add(struct catalogue *cat, enum job_kind kind,
                    const struct params *params, int64_t model, int64_t *id,
                    struct err *err) MUST_USE;
enum status job_get(struct catalogue *cat, int64_t id, struct job *out,
                    struct err *err) MUST_USE;
/* Newest first; limit 0 means all. */
enum status job_all(struct catalogue *cat, int limit, struct job_list *out,
                    struct err *err) MUST_USE;
/* Queued: cancelled at once. Running: asked to. Else ERR_BAD_INPUT. */
enum status job_cancel(struct catalogue *cat, int64_t id,
                       struct err *err) MUST_USE;
/* Failed or cancelled: queued again. Else ERR_BAD_INPUT. */
enum status job_retry(struct catalogue *cat, int64_t id,
                      struct err *err) MUST_USE;
/* How many wait or run; running ones whose worker is gone count as waiting. */
enum status job_pending(struct catalogue *cat, int *queued, int *running,
                        struct err *err) MUST_USE;

struct log_line {
    int seq;
    int64_t at;
    char *text;
};
struct log_list {
    struct log_line *items;
    int count, room;
};
/* Lines with seq greater than `after`, oldest first. */
enum status job_log_read(struct catalogue *cat, int64_t id, int after,
                         struct log_list *out, struct err *err) MUST_USE;
void log_list_release(struct log_list *list);

/* ---- the worker ---- */

/* worker: a name unique to this process. ERR_NOT_FOUND: nothing to do. */
enum status job_lease(struct catalogue *cat, const char *worker,
                      int64_t lease_ms, struct job *out,
                      struct err *err) MUST_USE;
/* Moves the lease on; *cancel says whether the front end asked to stop.
 * ERR_BUSY: the lease is lost, stop working on it. */
enum status job_heartbeat(struct catalogue *cat, int64_t id, const char *worker,
                          int64_t lease_ms, bool *cancel,
                          struct err *err) MUST_USE;
enum status job_progress(struct catalogue *cat, int64_t id, const char *worker,
                         int64_t progress, int64_t total, double rate,
                         const char *message, struct err *err) MUST_USE;
/* model 0: none. */
enum status job_set_model(struct catalogue *cat, int64_t id, const char *worker,
                          int64_t model, struct err *err) MUST_USE;
/* state: done, failed or cancelled. why: the error of a failure, else NULL. */
enum status job_finish(struct catalogue *cat, int64_t id, const char *worker,
                       enum job_state state, const struct err *why,
                       const char *result, struct err *err) MUST_USE;
/* Back to queued, e.g. when the worker is told to stop; not an attempt. */
enum status job_yield(struct catalogue *cat, int64_t id, const char *worker,
                      struct err *err) MUST_USE;
enum status job_log_add(struct catalogue *cat, int64_t id, const char *text,
                        struct err *err) MUST_USE;

#endif
