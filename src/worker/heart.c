#include <config.h>

#include "worker/heart.h"

#include <signal.h>
#include <string.h>

#include "base/clock.h"
#include "catalogue/catalogue.h"
#include "queue/jobs.h"

enum { LOOK_MS = 200 };

/* What the job's row says. */
static void look(struct heart *heart, struct catalogue *cat)
{
    struct job job;
    struct err err;

    if (catalogue_in_place(cat, &err) != OK)
        atomic_store(&heart->lost, true);
    if (job_get(cat, heart->job, &job, &err) != OK)
        return;
    if (job.cancel)
        atomic_store(&heart->cancel, true);
    if (job.state != JOB_RUNNING || strcmp(job.worker, heart->worker) != 0)
        atomic_store(&heart->lost, true);
    job_release(&job);
}

static void beat(struct heart *heart, struct catalogue *cat)
{
    struct err err;
    bool cancel = false;

    if (job_heartbeat(cat, heart->job, heart->worker,
                      atomic_load(&heart->lease_ms), &cancel, &err) == OK &&
        cancel)
        atomic_store(&heart->cancel, true);
}

static void *run(void *argument)
{
    struct heart *heart = argument;
    struct catalogue *cat = NULL;
    struct err err;
    int64_t lease_ms = atomic_load(&heart->lease_ms), next = 0;

    while (!atomic_load(&heart->stop)) {
        int64_t now = clock_monotonic();

        if (cat == NULL &&
            catalogue_open(&cat, heart->path, DB_WRITE, &err) != OK)
            cat = NULL;
        if (cat != NULL && now >= next) {
            beat(heart, cat);
            next = now + lease_ms / 3;
        }
        if (cat != NULL)
            look(heart, cat);
        clock_sleep(lease_ms / 6 < LOOK_MS ? lease_ms / 6 : LOOK_MS);
    }
    catalogue_close(cat);
    return NULL;
}

enum status heart_start(struct heart *heart, const char *path,
                        const char *worker, int64_t job, int64_t lease_ms,
                        struct err *err)
{
    sigset_t all, old;
    int rc;

    heart->path = path;
    heart->worker = worker;
    heart->job = job;
    atomic_init(&heart->lease_ms, lease_ms);
    atomic_init(&heart->stop, false);
    atomic_init(&heart->cancel, false);
    atomic_init(&heart->lost, false);
    /* Signals are for the main thread. */
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &old);
    rc = pthread_create(&heart->thread, NULL, run, heart);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return rc == 0 ? OK : err_sys(err, rc, "cannot start the heartbeat");
}

void heart_stop(struct heart *heart)
{
    atomic_store(&heart->stop, true);
    pthread_join(heart->thread, NULL);
}
