#ifndef BITGROVE_TASKS_TASK_H
#define BITGROVE_TASKS_TASK_H

/*
 * What a running job has at hand, and the table of what each kind of job does.
 * One file a kind beside this one; task_run() looks the kind up.
 *
 * A task works on one connection of its own, in the thread that runs it. It
 * asks task_stopped() often (several times a second), and then ends with
 * ERR_CANCELLED, leaving the catalogue whole: everything it writes goes
 * between task_begin() and task_end(), and no transaction is open across
 * long computation, but for the one of an import.
 *
 * task_end() proves inside the transaction that the job is still leased to
 * this worker. A worker that was suspended, and whose job another has taken
 * over, can therefore never add a row to what the other writes.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "catalogue/dataset.h"
#include "catalogue/models.h"
#include "queue/jobs.h"

struct task {
    struct catalogue *cat; /* borrowed */
    const char *worker;    /* borrowed: the name that holds the lease */
    int64_t lease_ms;
    int threads; /* 0: what the job says */
    bool (*stopped)(void *ctx);
    void (*lengthen)(void *ctx, int64_t lease_ms); /* of heartbeats; or NULL */
    void *ctx;

    struct job *job;      /* borrowed; model_id follows task_set_model() */
    struct params params; /* owned: the job's */
    struct str result;    /* JSON for the job's row */
    bool finished;        /* its row says done already: task_end_done() */

    /* Progress: where it stood when the rate was last taken, and when. */
    int64_t shown_at, mark_at, mark, mark_total;
    double rate;
};

/*
 * Fills *task from a leased job; the caller sets what stands before
 * `job` first. ERR_BAD_INPUT when the params are no JSON.
 */
enum status task_init(struct task *task, struct job *job,
                      struct err *err) MUST_USE;
void task_release(struct task *task);

/* Runs the job as its kind says. ERR_CANCELLED when task_stopped(). */
enum status task_run(struct task *task, struct err *err) MUST_USE;

/* ---- for the files of this room ---- */

bool task_stopped(const struct task *task);

/* ERR_CANCELLED if stopped, else OK. */
enum status task_check(const struct task *task, struct err *err) MUST_USE;

/*
 * Shows progress in the job's row, at most four times a second (always when
 * done is 0 or total). A locked catalogue is no
 * error: the next call shows it.
 */
enum status task_progress(struct task *task, int64_t done, int64_t total,
                          const char *message, struct err *err) MUST_USE;

/* A line for the job's log. */
enum status task_log(struct task *task, struct err *err, const char *fmt, ...)
    PRINTF_LIKE(3, 4) MUST_USE;

/* Waits for a locked catalogue until task_stopped(). */
enum status task_begin(struct task *task, struct err *err) MUST_USE;

/*
 * Ends what task_begin() began. When status is OK it renews the lease and
 * commits; else, or when that fails, it rolls back. The status is then the one
 * given, or that of the commit.
 */
enum status task_end(struct task *task, enum status status,
                     struct err *err) MUST_USE;

/* The same, and the job is done with task->result in the same transaction. */
enum status task_end_done(struct task *task, enum status status,
                          struct err *err) MUST_USE;

/*
 * Makes the lease at least so long from now on: for a transaction that lasts,
 * since no heartbeat gets through while it does.
 */
enum status task_lengthen_lease(struct task *task, int64_t lease_ms,
                                struct err *err) MUST_USE;

/* The job's row names this model from now on. In the caller's transaction. */
enum status task_set_model(struct task *task, int64_t model,
                           struct err *err) MUST_USE;

/* An option of the job, its fallback, or NULL; and as a whole number. */
const char *task_text(const struct task *task, const char *name);
int64_t task_int(const struct task *task, const char *name);

/* What the worker was told, else what the job says; 0: one a processor. */
int task_threads(const struct task *task);

/* The model the job is about: its own, the one named, or the newest. */
enum status task_model(struct model_row *out, struct task *task,
                       struct err *err) MUST_USE;

/* One a kind. */
enum status task_import(struct task *task, struct err *err) MUST_USE;
enum status task_learn(struct task *task, struct err *err) MUST_USE;
enum status task_encode(struct task *task, struct err *err) MUST_USE;
enum status task_tree(struct task *task, struct err *err) MUST_USE;
enum status task_export(struct task *task, struct err *err) MUST_USE;
enum status task_import_model(struct task *task, struct err *err) MUST_USE;
enum status task_features(struct task *task, struct err *err) MUST_USE;

#endif
