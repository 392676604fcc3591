#include <config.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "queue/jobs.h"

#include "catbox.h"
#include "tap.h"

static int64_t add(struct catbox *box, enum job_kind kind, int64_t model)
{
    struct params none = {NULL, NULL, 0, 0};
    struct err err;
    int64_t id;

    catbox_must(job_add(box->cat, kind, &none, model, &id, &err), &err);
    return id;
}

/* Leases as `worker`; the id, or 0 when nothing can start. */
static int64_t lease(struct catbox *box, const char *worker, int64_t ms)
{
    struct job job;
    struct err err;
    enum status status = job_lease(box->cat, worker, ms, &job, &err);
    int64_t id;

    if (status == ERR_NOT_FOUND)
        return 0;
    catbox_must(status, &err);
    id = job.id;
    job_release(&job);
    return id;
}

static void finish(struct catbox *box, int64_t id, const char *worker)
{
    struct err err;

    tap_int(job_finish(box->cat, id, worker, JOB_DONE, NULL, "{}", &err), OK,
            "job %lld is finished", (long long)id);
}

static struct job get(struct catbox *box, int64_t id)
{
    struct job job;
    struct err err;

    catbox_must(job_get(box->cat, id, &job, &err), &err);
    return job;
}

static enum job_state state(struct catbox *box, int64_t id)
{
    struct job job = get(box, id);
    enum job_state s = job.state;

    job_release(&job);
    return s;
}

static void test_life(struct catbox *box)
{
    struct params params = {NULL, NULL, 0, 0};
    struct job job;
    struct job_list list;
    struct err err, why;
    int64_t id;
    bool cancel = true;

    tap_int(lease(box, "a", 1000), 0, "an empty queue");
    catbox_must(params_set(&params, JOB_LEARN, "bits", "12", &err), &err);
    tap_int(job_add(box->cat, JOB_LEARN, &params, 0, &id, &err), OK, "added");
    params_release(&params);
    job = get(box, id);
    tap_str(job.params, "{\"bits\":\"12\"}", "its parameters");
    tap_int(job.state, JOB_QUEUED, "waits");
    tap_int(job_time_left(&job), -1, "no time known");
    job_release(&job);

    tap_int(lease(box, "a", 60000), id, "leased");
    tap_int(lease(box, "b", 60000), 0, "by one");
    job = get(box, id);
    tap_int(job.state, JOB_RUNNING, "runs");
    tap_str(job.worker, "a", "by a");
    tap_int(job.pid, getpid(), "this process");
    tap_int(job.attempts, 1, "for the first time");
    job_release(&job);
    tap_int(job_progress(box->cat, id, "a", 25, 100, 5.0, "phase 1", &err), OK,
            "progress");
    tap_int(job_progress(box->cat, id, "b", 0, 0, 0, "", &err), ERR_BUSY, "%s",
            err.text);
    tap_int(job_heartbeat(box->cat, id, "a", 60000, &cancel, &err), OK,
            "alive");
    tap_ok(!cancel, "not asked to stop");
    tap_int(job_heartbeat(box->cat, id, "b", 60000, &cancel, &err), ERR_BUSY,
            "not by another");
    tap_int(job_set_model(box->cat, id, "a", box->model, &err), OK, "model");
    tap_int(job_set_model(box->cat, id, "b", box->model, &err), ERR_BUSY,
            "not by another");
    job = get(box, id);
    tap_int(job_time_left(&job), 15000, "time left");
    tap_str(job.message, "phase 1", "what it does");
    tap_int(job.model_id, box->model, "its model");
    job_release(&job);
    err_set(&why, ERR_NOMEM, "too large");
    tap_int(job_finish(box->cat, id, "b", JOB_FAILED, &why, NULL, &err),
            ERR_BUSY, "not by another");
    tap_int(job_finish(box->cat, id, "a", JOB_FAILED, &why, NULL, &err), OK,
            "failed");
    tap_int(job_heartbeat(box->cat, id, "a", 60000, &cancel, &err), ERR_BUSY,
            "it is over");
    job = get(box, id);
    tap_str(job.message, "too large", "why");
    tap_str(job.status, "no-memory", "its code");
    tap_ok(job.ended_at >= job.started_at, "times");
    job_release(&job);
    tap_int(job_get(box->cat, 999, &job, &err), ERR_NOT_FOUND, "%s", err.text);
    tap_int(job_all(box->cat, 1, &list, &err), OK, "list");
    tap_int(list.count, 1, "of one");
    job_list_release(&list);
}

static void test_cancel(struct catbox *box)
{
    int64_t id = add(box, JOB_ENCODE, 0);
    struct err err;
    bool cancel = false;

    tap_int(job_retry(box->cat, id, &err), ERR_BAD_INPUT, "%s", err.text);
    tap_int(job_cancel(box->cat, id, &err), OK, "cancelled while it waits");
    tap_int(state(box, id), JOB_CANCELLED, "at once");
    tap_int(job_cancel(box->cat, id, &err), ERR_BAD_INPUT, "%s", err.text);
    tap_int(job_cancel(box->cat, 999, &err), ERR_NOT_FOUND, "%s", err.text);
    tap_int(job_retry(box->cat, id, &err), OK, "tried again");
    tap_int(lease(box, "a", 60000), id, "leased");
    tap_int(job_cancel(box->cat, id, &err), OK, "cancelled while it runs");
    tap_int(state(box, id), JOB_RUNNING, "the worker is asked");
    tap_int(job_heartbeat(box->cat, id, "a", 60000, &cancel, &err), OK, "told");
    tap_ok(cancel, "to stop");
    tap_int(job_yield(box->cat, id, "a", &err), OK, "given back instead");
    tap_int(state(box, id), JOB_CANCELLED, "is cancelled all the same");

    tap_int(job_retry(box->cat, id, &err), OK, "tried again");
    tap_int(lease(box, "a", 0), id, "leased, and the lease runs out");
    tap_int(job_cancel(box->cat, id, &err), OK, "cancelled");
    tap_int(state(box, id), JOB_CANCELLED, "at once: there is nobody to ask");
}

static void test_yield(struct catbox *box)
{
    int64_t id = add(box, JOB_ENCODE, 0);
    struct job job;
    struct err err;

    for (int i = 0; i < JOB_ATTEMPTS + 2; i++) {
        if (lease(box, "a", 60000) != id ||
            job_yield(box->cat, id, "a", &err) != OK)
            tap_ok(false, "round %d", i);
    }
    job = get(box, id);
    tap_int(job.state, JOB_QUEUED, "given back, it waits");
    tap_int(job.attempts, 0, "and that is no attempt");
    job_release(&job);
    tap_int(lease(box, "b", 60000), id, "leased");
    tap_int(job_yield(box->cat, id, "a", &err), ERR_BUSY, "not another's");
    finish(box, id, "b");
}

static void test_order(struct catbox *box)
{
    int64_t learn = add(box, JOB_LEARN, 0), free_one;
    int64_t one = add(box, JOB_ENCODE, box->model);
    int64_t two = add(box, JOB_TREE, box->model);
    int64_t import = add(box, JOB_IMPORT, 0);
    int64_t late = add(box, JOB_LEARN, 0);

    tap_int(lease(box, "a", 60000), learn, "in the order of id");
    tap_int(lease(box, "b", 60000), one, "beside another model");
    tap_int(lease(box, "c", 60000), 0,
            "not beside its own model, and an "
            "import waits for all");
    finish(box, one, "b");
    tap_int(lease(box, "b", 60000), two, "then it may");
    finish(box, two, "b");
    tap_int(lease(box, "b", 60000), 0,
            "the import still waits, and what comes "
            "behind it as well");
    finish(box, learn, "a");
    tap_int(lease(box, "a", 60000), import, "now it starts");
    tap_int(lease(box, "b", 60000), 0, "alone");
    finish(box, import, "a");
    tap_int(lease(box, "a", 60000), late, "then the rest");
    free_one = add(box, JOB_ENCODE, 0);
    tap_int(lease(box, "b", 60000), free_one, "jobs of no model run at once");
    finish(box, late, "a");
    finish(box, free_one, "b");
}

static void test_expiry(struct catbox *box)
{
    int64_t id = add(box, JOB_ENCODE, 0);
    struct log_list log;
    struct job job;
    struct err err;
    int queued, running;
    bool cancel;

    for (int i = 1; i <= JOB_ATTEMPTS; i++)
        tap_int(lease(box, i % 2 ? "a" : "b", 0), id, "attempt %d", i);
    tap_int(job_pending(box->cat, &queued, &running, &err), OK, "pending");
    tap_int(queued * 10 + running, 10, "a lost one counts as waiting");
    tap_int(lease(box, "a", 60000), 0, "it is not tried for ever");
    job = get(box, id);
    tap_int(job.state, JOB_FAILED, "but failed");
    tap_ok(strstr(job.message, "vanished") != NULL, "%s", job.message);
    job_release(&job);
    tap_int(job_log_read(box->cat, id, 0, &log, &err), OK, "its log");
    tap_int(log.count, JOB_ATTEMPTS - 1, "names each loss");
    tap_int(log.items[1].seq, 2, "in order");
    log_list_release(&log);
    tap_int(job_log_read(box->cat, id, 3, &log, &err), OK, "behind a line");
    tap_int(log.count, JOB_ATTEMPTS - 4, "the rest");
    log_list_release(&log);

    tap_int(job_retry(box->cat, id, &err), OK, "retried");
    tap_int(lease(box, "a", 0), id, "leased by a, who is slow");
    tap_int(job_heartbeat(box->cat, id, "a", 60000, &cancel, &err), OK,
            "a lease that nobody took is still a's");
    tap_int(lease(box, "b", 60000), 0, "and good again");
    tap_int(job_heartbeat(box->cat, id, "a", 0, &cancel, &err), OK, "until");
    tap_int(lease(box, "b", 60000), id, "b takes it");
    tap_int(job_heartbeat(box->cat, id, "a", 60000, &cancel, &err), ERR_BUSY,
            "a is told");
    tap_int(job_progress(box->cat, id, "a", 1, 2, 3, "", &err), ERR_BUSY,
            "and writes nothing");
    tap_int(job_finish(box->cat, id, "a", JOB_DONE, NULL, NULL, &err), ERR_BUSY,
            "nor ends it");
    finish(box, id, "b");
}

/* A process that leases and dies, or waits for a line on its input. */
static pid_t child(struct catbox *box, int64_t ms, bool die)
{
    int ready[2];
    pid_t pid;
    char c;

    if (pipe(ready) != 0 || (pid = fork()) < 0) {
        perror("fork");
        exit(1);
    }
    if (pid == 0) {
        struct catbox mine = *box;
        struct err err;

        catbox_must(catalogue_open(&mine.cat, box->path, DB_WRITE, &err), &err);
        if (lease(&mine, "child", ms) == 0)
            _exit(1);
        if (write(ready[1], "x", 1) != 1)
            _exit(1);
        if (!die)
            pause();
        _exit(0);
    }
    close(ready[1]);
    if (read(ready[0], &c, 1) != 1)
        tap_ok(false, "the child leased");
    close(ready[0]);
    return pid;
}

static void test_dead(struct catbox *box)
{
    int64_t id = add(box, JOB_ENCODE, 0);
    struct err err;
    int queued, running;
    pid_t pid = child(box, 3600000, false);

    tap_int(lease(box, "a", 60000), 0, "a live process keeps its lease");
    tap_int(job_pending(box->cat, &queued, &running, &err), OK, "pending");
    tap_int(queued * 10 + running, 1, "it runs");
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    tap_int(job_pending(box->cat, &queued, &running, &err), OK, "pending");
    tap_int(queued * 10 + running, 10, "killed, it waits");
    tap_int(lease(box, "a", 60000), id, "and is taken up at once");
    finish(box, id, "a");

    id = add(box, JOB_ENCODE, 0);
    pid = child(box, 3600000, true);
    waitpid(pid, NULL, 0);
    catbox_sql(box,
               "UPDATE job SET host = 'elsewhere' WHERE state = 'running'");
    tap_int(lease(box, "a", 60000), 0, "of another host nothing is known");
    catbox_sql(box, "UPDATE job SET lease_until = 1 WHERE state = 'running'");
    tap_int(lease(box, "a", 60000), id, "until the lease runs out");
    finish(box, id, "a");
}

int main(void)
{
    struct catbox box;

    catbox_new(&box);
    catbox_fill(&box, 3);
    catbox_learn(&box);
    test_life(&box);
    test_cancel(&box);
    test_yield(&box);
    test_order(&box);
    test_expiry(&box);
    test_dead(&box);
    catbox_free(&box);
    return tap_done();
}
