#include <config.h>

#include "worker/shift.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "catalogue/codestore.h"
#include "catalogue/models.h"
#include "tasks/task.h"
#include "worker/heart.h"

enum {
    POLL_MS = 100,         /* between looks for new rows */
    LEASE_EVERY_MS = 1000, /* a lease that ran out changes no row */
    BUSY_MOST = 12,        /* in a row, each DB_BUSY_MS long */
    BLOCKS_AT_ONCE = 32,   /* of codes, in a tenth of a second */
};

struct shift {
    const struct shift_options *options;
    struct catalogue *cat;
    char worker[320];
    struct heart heart;
};

static volatile sig_atomic_t told_to_stop;

static void on_signal(int number)
{
    (void)number;
    told_to_stop = 1;
}

void shift_catch_signals(void)
{
    static const int numbers[] = {SIGTERM, SIGINT, SIGHUP};
    struct sigaction action;

    memset(&action, 0, sizeof(action));
    action.sa_handler = on_signal;
    /* The second one ends the process: it is crash-safe. */
    action.sa_flags = (int)SA_RESETHAND;
    for (int i = 0; i < 3; i++)
        sigaction(numbers[i], &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

static bool stopped(void *ctx)
{
    struct shift *shift = ctx;

    return told_to_stop || atomic_load(&shift->heart.cancel) ||
           atomic_load(&shift->heart.lost);
}

static void lengthen(void *ctx, int64_t lease_ms)
{
    struct shift *shift = ctx;

    atomic_store(&shift->heart.lease_ms, lease_ms);
}

static void say(const struct shift *shift, const char *fmt, ...)
    PRINTF_LIKE(2, 3);

static void say(const struct shift *shift, const char *fmt, ...)
{
    char text[ERR_TEXT_MAX + 128];
    struct str safe = STR_INIT;
    va_list args;

    if (shift->options->quiet)
        return;
    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    utf8_escape(&safe, text);
    puts(safe.text);
    fflush(stdout);
    str_release(&safe);
}

/* How a job that was run ended; the lease is still ours. */
static enum job_state ending(const struct shift *shift, enum status status)
{
    if (status == OK)
        return JOB_DONE;
    if (status != ERR_CANCELLED)
        return JOB_FAILED;
    return atomic_load(&shift->heart.cancel) ? JOB_CANCELLED : JOB_QUEUED;
}

static enum status write_ending(struct shift *shift, const struct task *task,
                                enum job_state state, const struct err *why,
                                struct err *err)
{
    int64_t id = task->job->id;

    if (state == JOB_QUEUED)
        return job_yield(shift->cat, id, shift->worker, err);
    return job_finish(shift->cat, id, shift->worker, state,
                      state == JOB_FAILED ? why : NULL, task->result.text, err);
}

/* The row of a job that ended, once the heartbeat is still. */
static enum status end_job(struct shift *shift, struct task *task,
                           enum status status, const struct err *why,
                           int64_t began, struct err *err)
{
    const struct job *job = task->job;
    enum job_state state = ending(shift, status);
    char took[64];
    enum status written;

    if (atomic_load(&shift->heart.lost) && !task->finished) {
        if (catalogue_in_place(shift->cat, err) != OK)
            return err->status;
        say(shift, "job %lld: the lease was lost, another worker has it",
            (long long)job->id);
        return OK;
    }
    if (!task->finished) {
        int tries = 0;

        do
            written = write_ending(shift, task, state, why, err);
        while (written == ERR_BUSY && ++tries < BUSY_MOST && !told_to_stop);
        if (written != OK)
            return err_wrap(err, "job %lld could not be ended",
                            (long long)job->id);
    }
    clock_duration(clock_monotonic() - began, took, sizeof(took));
    say(shift, "job %lld %s: %s after %s%s%s", (long long)job->id,
        job_kind_name(job->kind), job_state_name(state), took,
        state == JOB_FAILED ? ": " : "", state == JOB_FAILED ? why->text : "");
    return OK;
}

static enum status run_task(struct task *task, struct err *err)
{
    enum status status = OK;

    if (task->job->attempts > 1)
        status = task_log(task, err, "attempt %d", task->job->attempts);
    return status == OK ? task_run(task, err) : status;
}

/* ERR_* only when the shift can't go on. */
static enum status run_job(struct shift *shift, struct job *job,
                           struct err *err)
{
    struct task task = {.cat = shift->cat,
                        .worker = shift->worker,
                        .lease_ms = shift->options->lease_ms,
                        .threads = shift->options->threads,
                        .stopped = stopped,
                        .lengthen = lengthen,
                        .ctx = shift};
    struct err why = {OK, ""};
    int64_t began = clock_monotonic();
    enum status status;

    say(shift, "job %lld %s: started", (long long)job->id,
        job_kind_name(job->kind));
    status = heart_start(&shift->heart, catalogue_path(shift->cat),
                         shift->worker, job->id, shift->options->lease_ms, err);
    if (status != OK)
        return status;
    status = task_init(&task, job, &why);
    if (status == OK)
        status = run_task(&task, &why);
    heart_stop(&shift->heart);
    catalogue_rollback(shift->cat);
    status = end_job(shift, &task, status, &why, began, err);
    task_release(&task);
    return status;
}

/*
 * Codes that lie outside of blocks, after a job that made some or in a
 * catalogue that was just brought up to date, go into blocks. It can be left
 * at any time, and whoever else writes comes first.
 */
static enum status pack_model(struct shift *shift, int64_t model,
                              struct err *err)
{
    int64_t first = INT64_MIN;
    bool more = true;
    enum status status = OK;

    while (status == OK && more && !told_to_stop) {
        status = catalogue_begin(shift->cat, err);
        if (status == OK)
            status = catalogue_end(shift->cat,
                                   image_codes_pack(shift->cat, model,
                                                    BLOCKS_AT_ONCE, &first,
                                                    &more, err),
                                   err);
    }
    return status;
}

static void pack_codes(struct shift *shift)
{
    struct model_list models = {NULL, 0, 0};
    struct image_codes_stamp stamp;
    struct err err = {OK, ""};
    enum status status = model_all(shift->cat, &models, &err);

    for (int i = 0; status == OK && i < models.count; i++) {
        int64_t model = models.items[i].id;

        status = image_codes_stamp(shift->cat, model, &stamp, &err);
        if (status == OK && !stamp.whole)
            status = pack_model(shift, model, &err);
    }
    if (status != OK && status != ERR_BUSY)
        say(shift, "codes were not packed: %s", err.text);
    model_list_release(&models);
}

/* Waits for rows to change, for a lease to run out or for `until`. */
static void wait_for_work(struct shift *shift, int64_t until)
{
    int64_t now = clock_monotonic();
    int64_t end = now + LEASE_EVERY_MS < until ? now + LEASE_EVERY_MS : until;

    while (!told_to_stop && clock_monotonic() < end &&
           !catalogue_changed(shift->cat))
        clock_sleep(POLL_MS);
}

static enum status work(struct shift *shift, int *jobs, struct err *err)
{
    const struct shift_options *o = shift->options;
    int64_t until = clock_monotonic() + o->idle_ms;
    int busy = 0;

    pack_codes(shift);
    while (!told_to_stop) {
        struct job job;
        enum status status = catalogue_in_place(shift->cat, err);

        if (status == OK)
            status =
                job_lease(shift->cat, shift->worker, o->lease_ms, &job, err);
        if (status == ERR_NOT_FOUND) {
            if (clock_monotonic() >= until)
                break;
            wait_for_work(shift, until);
            continue;
        }
        if (status == ERR_BUSY && ++busy < BUSY_MOST)
            continue;
        if (status != OK)
            return status;
        busy = 0;
        status = run_job(shift, &job, err);
        job_release(&job);
        if (status != OK)
            return status;
        pack_codes(shift);
        ++*jobs;
        if (o->once)
            break;
        until = clock_monotonic() + o->idle_ms;
    }
    return OK;
}

enum status shift_run(const struct shift_options *options, int *jobs,
                      struct err *err)
{
    struct shift shift = {.options = options};
    char host[256] = "";
    enum status status =
        catalogue_open(&shift.cat, options->path, DB_WRITE, err);

    *jobs = 0;
    if (status != OK)
        return status;
    gethostname(host, sizeof(host) - 1);
    snprintf(shift.worker, sizeof(shift.worker), "%s:%ld:%llx", host,
             (long)getpid(), (unsigned long long)clock_monotonic());
    status = work(&shift, jobs, err);
    catalogue_close(shift.cat);
    return status;
}
