#include <config.h>

#include "cli/follow.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/console.h"
#include "cli/jsonout.h"
#include "cli/progress.h"
#include "queue/spawn.h"

#define POLL_MS        100
#define RESPAWN_MS     2000 /* between two looks whether a worker is alive */
#define SPAWNS_MOST    8    /* in vain, before it is given up */
#define CANCEL_WAIT_MS 5000 /* for a cancelled job to end */

static volatile sig_atomic_t interrupts;

static void on_interrupt(int number)
{
    (void)number;
    if (interrupts++ > 0)
        _exit(130);
}

void follow_catch(void)
{
    struct sigaction action;

    memset(&action, 0, sizeof(action));
    action.sa_handler = on_interrupt;
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
}

bool follow_interrupted(void *unused)
{
    (void)unused;
    return interrupts > 0;
}

struct follow follow_options(const struct args *args)
{
    struct follow f = {.quiet = args_has(args, "quiet")};

    if (args_passed(args->command, "threads") &&
        params_get(&args->params, args->command->kind, "threads") != NULL)
        f.threads =
            (int)params_int(&args->params, args->command->kind, "threads");
    return f;
}

/* The error that a failed or cancelled job ended with. */
static enum status job_error(const struct catalogue *cat, const struct job *job,
                             struct err *err)
{
    enum status status = ERR_IO;

    if (job->state == JOB_CANCELLED)
        return err_set(err, ERR_CANCELLED,
                       "job %lld was cancelled. To go on: bitgrove jobs %s "
                       "retry %lld --follow",
                       (long long)job->id, catalogue_path(cat),
                       (long long)job->id);
    for (int s = OK + 1; s <= ERR_CANCELLED; s++)
        if (strcmp(job->status, err_name((enum status)s)) == 0)
            status = (enum status)s;
    return err_set(err, status, "%s",
                   job->message[0] ? job->message : "the job failed");
}

/* One job being followed. */
struct watch {
    struct catalogue *cat;
    int64_t id;
    const struct follow *options;
    struct progress progress;
    int64_t spawned_at; /* monotonic */
    int spawns;         /* since the job last moved */
    int64_t asked_at;   /* cancel, monotonic; 0: not */
};

/* A job whose worker has vanished waits for another again. */
static enum status take_back(struct watch *w, const struct job *job,
                             struct err *err)
{
    struct err why;
    enum status status = job_free_lost(w->cat, &why);

    if (status == OK || status == ERR_BUSY)
        return OK;
    return err_set(err, status,
                   "job %lld has lost its worker, and no other can take it: "
                   "%s; then go on with: bitgrove jobs %s --follow %lld",
                   (long long)job->id, why.text, catalogue_path(w->cat),
                   (long long)job->id);
}

/* Sees to it that somebody works on the queue. */
static enum status keep_working(struct watch *w, const struct job *job,
                                struct err *err)
{
    int64_t now = clock_monotonic();
    int queued, running;

    if (job->state == JOB_RUNNING && !lease_is_lost(job)) {
        w->spawns = 0;
        return OK;
    }
    if (w->spawns > 0 && now - w->spawned_at < RESPAWN_MS)
        return OK;
    if (job->state == JOB_RUNNING && take_back(w, job, err) != OK)
        return err->status;
    if (job_pending(w->cat, &queued, &running, err) != OK)
        return err->status;
    w->spawned_at = now;
    if (running > 0)
        return OK;
    if (w->spawns++ >= SPAWNS_MOST)
        return err_set(err, ERR_IO,
                       "bitgrove-worker was started %d times and took no job; "
                       "run it by hand to see why: bitgrove-worker %s",
                       SPAWNS_MOST, catalogue_path(w->cat));
    return spawn_worker(w->cat, w->options->threads, err);
}

/* Passes Ctrl-C on. True: the command may leave now. */
static bool interrupted(struct watch *w)
{
    struct err ignored;

    if (!interrupts)
        return false;
    if (w->options->leave)
        return true;
    if (w->asked_at == 0) {
        w->asked_at = clock_monotonic();
        progress_note(&w->progress, "stopping (Ctrl-C again leaves at once)");
        if (job_cancel(w->cat, w->id, &ignored) != OK)
            return true;
    }
    return clock_monotonic() - w->asked_at > CANCEL_WAIT_MS;
}

/* One look at the job. *ended: *job is due to the caller. */
static enum status look(struct watch *w, struct job *job, bool *ended,
                        struct err *err)
{
    enum status status = catalogue_in_place(w->cat, err);

    if (status == OK)
        status = job_get(w->cat, w->id, job, err);
    if (status != OK)
        return status;
    progress_show(&w->progress, w->cat, job);
    *ended = job->state != JOB_QUEUED && job->state != JOB_RUNNING;
    if (!*ended) {
        status = keep_working(w, job, err);
        job_release(job);
    }
    return status;
}

enum status follow_job(struct catalogue *cat, int64_t id,
                       const struct follow *options, struct job *out,
                       struct err *err)
{
    struct watch w = {.cat = cat, .id = id, .options = options};
    struct job job;
    bool ended = false;
    enum status status;

    follow_catch();
    progress_init(&w.progress, options->quiet, options->brief);
    for (;;) {
        status = look(&w, &job, &ended, err);
        if (status == ERR_BUSY)
            status = OK;
        if (status != OK || ended)
            break;
        if (interrupted(&w)) {
            status = err_set(err, ERR_CANCELLED, "interrupted; job %lld %s",
                             (long long)id,
                             options->leave ? "goes on" : "was asked to stop");
            break;
        }
        clock_sleep(POLL_MS);
    }
    progress_end(&w.progress);
    if (status != OK)
        return status;
    if (job.state == JOB_DONE) {
        *out = job;
        return OK;
    }
    status = job_error(cat, &job, err);
    job_release(&job);
    return status;
}

enum status follow_new(struct catalogue *cat, enum job_kind kind,
                       const struct params *params, int64_t model,
                       const struct follow *options, struct job *out,
                       struct err *err)
{
    int64_t id;
    enum status status = job_add(cat, kind, params, model, &id, err);

    return status == OK ? follow_job(cat, id, options, out, err) : status;
}

enum status follow_or_detach(struct catalogue *cat, enum job_kind kind,
                             const struct args *args, int64_t model,
                             struct job *out, struct err *err)
{
    struct follow options = follow_options(args);
    struct str path = STR_INIT;
    int64_t id;
    enum status status;

    memset(out, 0, sizeof(*out));
    if (!args_has(args, "detach"))
        return follow_new(cat, kind, &args->params, model, &options, out, err);
    status = job_add(cat, kind, &args->params, model, &id, err);
    if (status == OK)
        status = spawn_worker(cat, options.threads, err);
    if (status != OK)
        return status;
    if (args->format != FORMAT_TABLE) {
        jsonout_print_as(json_pack("{s:I}", "job", (json_int_t)id),
                         args->format);
        return OK;
    }
    console_name(&path, args->words[0]);
    printf("job %lld is queued; follow it with: bitgrove jobs %s --follow "
           "%lld\n",
           (long long)id, path.text, (long long)id);
    str_release(&path);
    return OK;
}
