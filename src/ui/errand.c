#include <config.h>

#include "ui/errand.h"

#include <signal.h>

static void *run(void *argument)
{
    struct errand *errand = argument;

    errand->work(errand->job);
    atomic_store(&errand->done, true);
    return NULL;
}

enum status errand_start(struct errand *errand, void (*work)(void *job),
                         void *job, struct err *err)
{
    sigset_t all, before;
    int failed;

    errand->work = work;
    errand->job = job;
    atomic_init(&errand->stop, false);
    atomic_init(&errand->done, false);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    failed = pthread_create(&errand->thread, NULL, run, errand);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed ? err_sys(err, failed, "cannot start a thread") : OK;
}

bool errand_done(const struct errand *errand)
{
    return atomic_load(&errand->done);
}

void errand_stop(struct errand *errand)
{
    atomic_store(&errand->stop, true);
}

bool errand_stopped(const struct errand *errand)
{
    return atomic_load(&errand->stop);
}

void errand_end(struct errand *errand)
{
    pthread_join(errand->thread, NULL);
}
