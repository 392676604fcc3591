#include <config.h>

#include "queue/jobs.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "queue/jobrow.h"
#include "store/stmt.h"

static const char *const state_names[] = {
    [JOB_QUEUED] = "queued", [JOB_RUNNING] = "running",     [JOB_DONE] = "done",
    [JOB_FAILED] = "failed", [JOB_CANCELLED] = "cancelled",
};

const char *job_state_name(enum job_state state)
{
    return state_names[state];
}

void job_release(struct job *job)
{
    free(job->params);
    free(job->message);
    free(job->status);
    free(job->result);
    free(job->worker);
    free(job->host);
    *job = (struct job){0};
}

void job_list_release(struct job_list *list)
{
    for (int i = 0; i < list->count; i++)
        job_release(&list->items[i]);
    free(list->items);
    *list = (struct job_list){NULL, 0, 0};
}

int64_t job_time_left(const struct job *job)
{
    double left = (double)(job->total - job->progress) / job->rate * 1000.0;

    if (job->state != JOB_RUNNING || job->total <= 0 || !(job->rate > 0) ||
        !(left < 9e15))
        return -1;
    return left > 0 ? (int64_t)left : 0;
}

static int position(const char *name, const char *(*name_of)(int), int count)
{
    for (int i = 0; i < count; i++) {
        if (strcmp(name, name_of(i)) == 0)
            return i;
    }
    return -1;
}

static const char *kind_at(int i)
{
    return job_kind_name((enum job_kind)i);
}

static const char *state_at(int i)
{
    return job_state_name((enum job_state)i);
}

/* The current row of a query with the columns of job-by-id. */
static enum status row(struct stmt *q, struct job *out, struct err *err)
{
    int kind = position(stmt_text(q, 1), kind_at, JOB_KIND_COUNT);
    int state = position(stmt_text(q, 2), state_at, ARRAY_SIZE(state_names));

    if (kind < 0 || state < 0)
        return err_set(err, ERR_CATALOGUE,
                       "job %lld is damaged: kind \"%s\", state \"%s\"",
                       (long long)stmt_int(q, 0), stmt_text(q, 1),
                       stmt_text(q, 2));
    out->id = stmt_int(q, 0);
    out->kind = (enum job_kind)kind;
    out->state = (enum job_state)state;
    out->params = mem_strdup(stmt_text(q, 3));
    out->model_id = stmt_int(q, 4);
    out->progress = stmt_int(q, 5);
    out->total = stmt_int(q, 6);
    out->rate = stmt_real(q, 7);
    out->message = mem_strdup(stmt_text(q, 8));
    out->status = mem_strdup(stmt_text(q, 9));
    out->result = mem_strdup(stmt_text(q, 10));
    out->cancel = stmt_int(q, 11) != 0;
    out->attempts = (int)stmt_int(q, 12);
    out->worker = mem_strdup(stmt_text(q, 13));
    out->host = mem_strdup(stmt_text(q, 14));
    out->pid = stmt_int(q, 15);
    out->lease_until = stmt_int(q, 16);
    out->created_at = stmt_int(q, 17);
    out->started_at = stmt_int(q, 18);
    out->ended_at = stmt_int(q, 19);
    return OK;
}

enum status jobrow_list(struct stmt *q, struct job_list *out, struct err *err)
{
    struct job_list list = {NULL, 0, 0};
    enum status status = OK, ended;

    while (status == OK && stmt_next(q)) {
        ARRAY_GROW(list.items, list.count, list.room);
        status = row(q, &list.items[list.count], err);
        list.count += status == OK;
    }
    ended = stmt_end(q, err);
    if (status != OK || ended != OK) {
        job_list_release(&list);
        return ended != OK ? ended : status;
    }
    *out = list;
    return OK;
}

/* The first row, ending the statement. Leaves *err alone when it returns
 * ERR_NOT_FOUND. */
static enum status one(struct stmt *q, struct job *out, struct err *err)
{
    struct job job = {0};
    enum status status = ERR_NOT_FOUND, ended;

    if (stmt_next(q))
        status = row(q, &job, err);
    ended = stmt_end(q, err);
    if (status != OK || ended != OK) {
        job_release(&job);
        return ended != OK ? ended : status;
    }
    *out = job;
    return OK;
}

enum status job_add(struct catalogue *cat, enum job_kind kind,
                    const struct params *params, int64_t model, int64_t *id,
                    struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_JOB_INSERT);
    struct str json = STR_INIT;
    enum status status;

    params_write(params, &json);
    stmt_bind_text(q, ":kind", job_kind_name(kind));
    stmt_bind_text(q, ":params", json.text);
    if (model != 0)
        stmt_bind_int(q, ":model", model);
    stmt_bind_int(q, ":created_at", clock_wall());
    status = stmt_run(q, err);
    if (status == OK)
        *id = db_last_id(catalogue_db(cat));
    str_release(&json);
    return status;
}

enum status job_get(struct catalogue *cat, int64_t id, struct job *out,
                    struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_JOB_BY_ID);
    enum status status;

    stmt_bind_int(q, ":id", id);
    status = one(q, out, err);
    if (status == ERR_NOT_FOUND)
        err_set(err, status, "there is no job %lld", (long long)id);
    return status;
}

enum status job_all(struct catalogue *cat, int limit, struct job_list *out,
                    struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_JOB_ALL);

    stmt_bind_int(q, ":limit", limit > 0 ? limit : -1);
    return jobrow_list(q, out, err);
}

/* Why a job can't be cancelled or retried. */
static enum status wrong_state(struct catalogue *cat, int64_t id,
                               const char *remedy, struct err *err)
{
    struct job job;
    enum status status = job_get(cat, id, &job, err);

    if (status != OK)
        return status;
    status = err_set(err, ERR_BAD_INPUT, "job %lld is %s: %s", (long long)id,
                     job_state_name(job.state), remedy);
    job_release(&job);
    return status;
}

static enum status cancel(struct catalogue *cat, int64_t id, struct err *err)
{
    struct db *db = catalogue_db(cat);
    struct stmt *q = stmt_use(db, Q_JOB_CANCEL_QUEUED);
    enum status status;

    stmt_bind_int(q, ":id", id);
    stmt_bind_int(q, ":now", clock_wall());
    status = stmt_run(q, err);
    if (status != OK || db_changed_rows(db) > 0)
        return status;
    q = stmt_use(db, Q_JOB_ASK_CANCEL);
    stmt_bind_int(q, ":id", id);
    status = stmt_run(q, err);
    if (status != OK || db_changed_rows(db) == 0)
        return status != OK ? status
                            : wrong_state(cat, id,
                                          "only one that waits or runs can be "
                                          "cancelled",
                                          err);
    /* One whose worker is gone has nobody to ask: it ends here. */
    return lease_free_lost(cat, err);
}

enum status job_cancel(struct catalogue *cat, int64_t id, struct err *err)
{
    enum status status = catalogue_begin(cat, err);

    if (status != OK)
        return status;
    return catalogue_end(cat, cancel(cat, id, err), err);
}

enum status job_free_lost(struct catalogue *cat, struct err *err)
{
    enum status status = catalogue_begin(cat, err);

    return status == OK ? catalogue_end(cat, lease_free_lost(cat, err), err)
                        : status;
}

enum status job_retry(struct catalogue *cat, int64_t id, struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_JOB_RETRY);
    enum status status;

    stmt_bind_int(q, ":id", id);
    status = stmt_run(q, err);
    if (status == OK && db_changed_rows(catalogue_db(cat)) == 0)
        return wrong_state(cat, id,
                           "only one that failed or was cancelled can be "
                           "tried again",
                           err);
    return status;
}

enum status job_pending(struct catalogue *cat, int *queued, int *running,
                        struct err *err)
{
    struct job_list list;
    int64_t waiting;
    int live = 0;
    enum status status = stmt_number(
        stmt_use(catalogue_db(cat), Q_JOB_QUEUED_COUNT), &waiting, err);

    if (status == OK)
        status =
            jobrow_list(stmt_use(catalogue_db(cat), Q_JOB_RUNNING), &list, err);
    if (status != OK)
        return status;
    for (int i = 0; i < list.count; i++) {
        if (lease_is_lost(&list.items[i]))
            waiting++;
        else
            live++;
    }
    job_list_release(&list);
    *queued = (int)waiting;
    *running = live;
    return OK;
}
