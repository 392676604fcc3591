#include <config.h>

#include "queue/jobs.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "queue/jobrow.h"
#include "store/stmt.h"

/*
 * Where a process id means something: the host's name and, in containers that
 * may share it, the namespace of process ids.
 */
static void host_name(char *out, size_t size)
{
    char host[HOST_NAME_MAX + 1] = "", space[64] = "";
    const char *digits;
    ssize_t n = readlink("/proc/self/ns/pid", space, sizeof(space) - 1);

    if (gethostname(host, sizeof(host) - 1) != 0 || host[0] == '\0')
        memcpy(host, "unknown", sizeof("unknown"));
    space[n > 0 ? n : 0] = '\0';
    digits = strpbrk(space, "0123456789");
    snprintf(out, size, "%s/%.*s", host,
             digits ? (int)strspn(digits, "0123456789") : 0,
             digits ? digits : "");
}

bool lease_is_lost(const struct job *job)
{
    char host[HOST_NAME_MAX + 80];

    if (job->state != JOB_RUNNING)
        return false;
    if (job->lease_until <= clock_wall())
        return true;
    host_name(host, sizeof(host));
    return strcmp(job->host, host) == 0 && job->pid > 0 &&
           job->pid <= INT_MAX && kill((pid_t)job->pid, 0) != 0 &&
           errno == ESRCH;
}

/* A write of `worker` that found no row: the lease is another's. */
static enum status held(struct catalogue *cat, int64_t id, enum status status,
                        struct err *err)
{
    if (status == OK && db_changed_rows(catalogue_db(cat)) == 0)
        return err_set(err, ERR_BUSY,
                       "job %lld was taken from this worker: its lease ran out",
                       (long long)id);
    return status;
}

static enum status end(struct catalogue *cat, int64_t id, const char *worker,
                       enum job_state state, const char *message,
                       const char *code, const char *result, struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_JOB_END);

    stmt_bind_text(q, ":state", job_state_name(state));
    stmt_bind_text(q, ":message", message);
    stmt_bind_text(q, ":status", code);
    stmt_bind_text(q, ":result", result);
    stmt_bind_int(q, ":now", clock_wall());
    stmt_bind_int(q, ":id", id);
    stmt_bind_text(q, ":worker", worker);
    return held(cat, id, stmt_run(q, err), err);
}

static enum status requeue(struct catalogue *cat, int64_t id,
                           const char *worker, int attempts, struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_JOB_REQUEUE);

    stmt_bind_int(q, ":attempts", attempts);
    stmt_bind_int(q, ":now", clock_wall());
    stmt_bind_int(q, ":id", id);
    stmt_bind_text(q, ":worker", worker);
    return held(cat, id, stmt_run(q, err), err);
}

static enum status free_lost(struct catalogue *cat, const struct job *job,
                             struct err *err)
{
    char text[160];
    enum status status;

    if (job->cancel)
        return end(cat, job->id, job->worker, JOB_CANCELLED, "", "", "", err);
    if (job->attempts >= JOB_ATTEMPTS) {
        snprintf(text, sizeof(text),
                 "%d workers vanished while they ran it: see the log, then "
                 "retry it",
                 job->attempts);
        return end(cat, job->id, job->worker, JOB_FAILED, text,
                   err_name(ERR_IO), "", err);
    }
    snprintf(text, sizeof(text),
             "worker %.80s (process %lld) vanished; attempt %d of %d",
             job->worker, (long long)job->pid, job->attempts, JOB_ATTEMPTS);
    status = job_log_add(cat, job->id, text, err);
    return status != OK ? status : requeue(cat, job->id, job->worker, 0, err);
}

enum status lease_free_lost(struct catalogue *cat, struct err *err)
{
    struct job_list list;
    enum status status =
        jobrow_list(stmt_use(catalogue_db(cat), Q_JOB_RUNNING), &list, err);

    if (status != OK)
        return status;
    for (int i = 0; status == OK && i < list.count; i++) {
        if (lease_is_lost(&list.items[i]))
            status = free_lost(cat, &list.items[i], err);
    }
    job_list_release(&list);
    return status;
}

static enum status start(struct catalogue *cat, int64_t id, const char *worker,
                         int64_t lease_ms, struct job *out, struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_JOB_START);
    char host[HOST_NAME_MAX + 80];
    int64_t now = clock_wall();
    enum status status;

    host_name(host, sizeof(host));
    stmt_bind_text(q, ":worker", worker);
    stmt_bind_text(q, ":host", host);
    stmt_bind_int(q, ":pid", getpid());
    stmt_bind_int(q, ":until", now + lease_ms);
    stmt_bind_int(q, ":now", now);
    stmt_bind_int(q, ":id", id);
    status = stmt_run(q, err);
    return status != OK ? status : job_get(cat, id, out, err);
}

/* The id of the first job that may start. */
static enum status next(struct catalogue *cat, int64_t *id, struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_JOB_NEXT);
    bool found = stmt_next(q);
    int64_t first = found ? stmt_int(q, 0) : 0;
    enum status status = stmt_end(q, err);

    if (status == OK && !found)
        return err_set(err, ERR_NOT_FOUND, "no job can start now");
    if (status == OK)
        *id = first;
    return status;
}

enum status job_lease(struct catalogue *cat, const char *worker,
                      int64_t lease_ms, struct job *out, struct err *err)
{
    struct job job = {0};
    struct err failure;
    int64_t id = 0;
    enum status status = catalogue_begin(cat, err);

    if (status != OK)
        return status;
    status = lease_free_lost(cat, err);
    if (status == OK)
        status = next(cat, &id, err);
    if (status == OK)
        status = start(cat, id, worker, lease_ms, &job, err);
    /* When nothing can start, what was freed stays so. */
    if ((status == OK || status == ERR_NOT_FOUND) &&
        catalogue_commit(cat, &failure) != OK) {
        *err = failure;
        status = failure.status;
    }
    if (status != OK) {
        catalogue_rollback(cat);
        job_release(&job);
        return status;
    }
    *out = job;
    return OK;
}

enum status job_heartbeat(struct catalogue *cat, int64_t id, const char *worker,
                          int64_t lease_ms, bool *cancel, struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_JOB_HEARTBEAT);
    bool asked = false, mine;
    enum status status;

    stmt_bind_int(q, ":until", clock_wall() + lease_ms);
    stmt_bind_int(q, ":id", id);
    stmt_bind_text(q, ":worker", worker);
    mine = stmt_next(q);
    if (mine)
        asked = stmt_int(q, 0) != 0;
    while (stmt_next(q))
        ;
    status = stmt_end(q, err);
    if (status == OK && !mine)
        return err_set(err, ERR_BUSY,
                       "job %lld was taken from this worker: its lease ran out",
                       (long long)id);
    if (status == OK)
        *cancel = asked;
    return status;
}

enum status job_progress(struct catalogue *cat, int64_t id, const char *worker,
                         int64_t progress, int64_t total, double rate,
                         const char *message, struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_JOB_PROGRESS);

    stmt_bind_int(q, ":progress", progress);
    stmt_bind_int(q, ":total", total);
    stmt_bind_real(q, ":rate", rate);
    stmt_bind_text(q, ":message", message);
    stmt_bind_int(q, ":id", id);
    stmt_bind_text(q, ":worker", worker);
    return held(cat, id, stmt_run(q, err), err);
}

enum status job_set_model(struct catalogue *cat, int64_t id, const char *worker,
                          int64_t model, struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_JOB_SET_MODEL);

    stmt_bind_int(q, ":model", model);
    stmt_bind_int(q, ":id", id);
    stmt_bind_text(q, ":worker", worker);
    return held(cat, id, stmt_run(q, err), err);
}

enum status job_finish(struct catalogue *cat, int64_t id, const char *worker,
                       enum job_state state, const struct err *why,
                       const char *result, struct err *err)
{
    return end(cat, id, worker, state, why != NULL ? why->text : "",
               why != NULL ? err_name(why->status) : "",
               result != NULL ? result : "", err);
}

enum status job_yield(struct catalogue *cat, int64_t id, const char *worker,
                      struct err *err)
{
    return requeue(cat, id, worker, -1, err);
}
