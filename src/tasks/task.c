#include <config.h>

#include "tasks/task.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

enum { SHOW_MS = 250, RATE_MS = 1000 };

static enum status (*const kinds[])(struct task *task, struct err *err) = {
    [JOB_IMPORT] = task_import,     [JOB_LEARN] = task_learn,
    [JOB_ENCODE] = task_encode,     [JOB_TREE] = task_tree,
    [JOB_EXPORT] = task_export,     [JOB_IMPORT_MODEL] = task_import_model,
    [JOB_FEATURES] = task_features,
};

enum status task_init(struct task *task, struct job *job, struct err *err)
{
    task->job = job;
    str_init(&task->result);
    task->finished = false;
    task->shown_at = task->mark_at = 0;
    task->mark = task->mark_total = 0;
    task->rate = 0;
    return params_read(&task->params, job->params, err);
}

void task_release(struct task *task)
{
    params_release(&task->params);
    str_release(&task->result);
}

enum status task_run(struct task *task, struct err *err)
{
    return kinds[task->job->kind](task, err);
}

bool task_stopped(const struct task *task)
{
    return task->stopped(task->ctx);
}

enum status task_check(const struct task *task, struct err *err)
{
    return task_stopped(task) ? err_set(err, ERR_CANCELLED, "stopped") : OK;
}

/* Units a second: the newest second weighs half. */
static void take_rate(struct task *task, int64_t now, int64_t done,
                      int64_t total)
{
    int64_t passed = now - task->mark_at;
    double fresh;

    /* Another total, another count: what a checkpoint had is no work. */
    if (task->mark_at == 0 || done < task->mark || total != task->mark_total) {
        task->mark_at = now;
        task->mark = done;
        task->mark_total = total;
        return;
    }
    if (passed < RATE_MS)
        return;
    fresh = (double)(done - task->mark) * 1000.0 / (double)passed;
    task->rate = task->rate > 0 ? (task->rate + fresh) / 2 : fresh;
    task->mark_at = now;
    task->mark = done;
}

enum status task_progress(struct task *task, int64_t done, int64_t total,
                          const char *message, struct err *err)
{
    int64_t now = clock_monotonic();
    enum status status;

    take_rate(task, now, done, total);
    if (task->shown_at != 0 && now - task->shown_at < SHOW_MS && done != 0 &&
        done != total)
        return OK;
    task->shown_at = now;
    status = job_progress(task->cat, task->job->id, task->worker, done, total,
                          task->rate, message, err);
    /* Locked, or the lease is lost, which task_stopped() will say. */
    return status == ERR_BUSY ? OK : status;
}

enum status task_log(struct task *task, struct err *err, const char *fmt, ...)
{
    char text[512];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    return job_log_add(task->cat, task->job->id, text, err);
}

enum status task_begin(struct task *task, struct err *err)
{
    enum status status;

    do
        status = catalogue_begin(task->cat, err);
    while (status == ERR_BUSY && !task_stopped(task));
    return status;
}

enum status task_end(struct task *task, enum status status, struct err *err)
{
    bool cancel;

    if (status == OK)
        status = job_heartbeat(task->cat, task->job->id, task->worker,
                               task->lease_ms, &cancel, err);
    return catalogue_end(task->cat, status, err);
}

enum status task_end_done(struct task *task, enum status status,
                          struct err *err)
{
    if (status == OK)
        status = job_finish(task->cat, task->job->id, task->worker, JOB_DONE,
                            NULL, task->result.text, err);
    status = catalogue_end(task->cat, status, err);
    task->finished = status == OK;
    return status;
}

enum status task_lengthen_lease(struct task *task, int64_t lease_ms,
                                struct err *err)
{
    bool cancel;
    enum status status;

    if (lease_ms <= task->lease_ms)
        return OK;
    task->lease_ms = lease_ms;
    if (task->lengthen != NULL)
        task->lengthen(task->ctx, lease_ms);
    status = job_heartbeat(task->cat, task->job->id, task->worker, lease_ms,
                           &cancel, err);
    return status == ERR_BUSY ? OK : status; /* task_end() asks again */
}

enum status task_set_model(struct task *task, int64_t model, struct err *err)
{
    enum status status =
        job_set_model(task->cat, task->job->id, task->worker, model, err);

    if (status == OK)
        task->job->model_id = model;
    return status;
}

const char *task_text(const struct task *task, const char *name)
{
    return params_get(&task->params, task->job->kind, name);
}

int64_t task_int(const struct task *task, const char *name)
{
    return params_int(&task->params, task->job->kind, name);
}

int task_threads(const struct task *task)
{
    return task->threads > 0 ? task->threads : (int)task_int(task, "threads");
}

enum status task_model(struct model_row *out, struct task *task,
                       struct err *err)
{
    if (task->job->model_id != 0)
        return model_get(task->cat, task->job->model_id, out, err);
    return model_find(task->cat, task_text(task, "model"), out, err);
}
