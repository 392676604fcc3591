#include <config.h>

#include "nn/pool.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include <cblas.h>

#include "base/mem.h"

#define POOL_THREADS_MAX 256

struct pool_thread {
    struct pool *pool;
    int number;
    pthread_t id;
};

/*
 * `round` counts the calls of pool_run(); a thread sleeps until it differs
 * from the last one it worked on. The round is over when `busy`, the threads
 * that have not yet found the tasks used up, is 0.
 */
struct pool {
    int threads;
    struct pool_thread *helpers; /* threads - 1 of them */
    pthread_mutex_t lock;
    pthread_cond_t begin, end;
    unsigned long round;
    int busy;
    bool stop;
    pool_task *task;
    void *ctx;
    int tasks;
    atomic_int next;
};

static void work(struct pool *pool, int thread)
{
    int task;

    while ((task = atomic_fetch_add(&pool->next, 1)) < pool->tasks)
        pool->task(pool->ctx, task, thread);
}

static void *helper_main(void *arg)
{
    struct pool_thread *self = arg;
    struct pool *pool = self->pool;
    unsigned long seen = 0;

    pthread_mutex_lock(&pool->lock);
    for (;;) {
        while (pool->round == seen && !pool->stop)
            pthread_cond_wait(&pool->begin, &pool->lock);
        if (pool->stop)
            break;
        seen = pool->round;
        pthread_mutex_unlock(&pool->lock);
        work(pool, self->number);
        pthread_mutex_lock(&pool->lock);
        if (--pool->busy == 0)
            pthread_cond_signal(&pool->end);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

/* Helpers take no signals: those are for the program's own threads. But for
 * the one of a mapped file that ends early, which comes where it is read. */
static int start_helpers(struct pool *pool)
{
    sigset_t all, before;
    int started = 0, error = 0;

    sigfillset(&all);
    sigdelset(&all, SIGBUS);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    for (; started < pool->threads - 1; started++) {
        struct pool_thread *helper = &pool->helpers[started];

        helper->pool = pool;
        helper->number = started + 1;
        error = pthread_create(&helper->id, NULL, helper_main, helper);
        if (error != 0)
            break;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pool->threads = started + 1;
    return error;
}

enum status pool_new(struct pool **out, int threads, struct err *err)
{
    struct pool *pool = mem_zalloc(1, sizeof(*pool));
    int error;

    if (threads <= 0)
        threads = (int)sysconf(_SC_NPROCESSORS_ONLN);
    if (threads < 1)
        threads = 1;
    if (threads > POOL_THREADS_MAX)
        threads = POOL_THREADS_MAX;
    openblas_set_num_threads(1);
    pool->threads = threads;
    pool->helpers = mem_zalloc((size_t)threads, sizeof(*pool->helpers));
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->begin, NULL);
    pthread_cond_init(&pool->end, NULL);
    error = start_helpers(pool);
    if (error != 0) {
        int got = pool->threads;

        pool_free(pool);
        return err_sys(err, error, "cannot start thread %d of %d", got + 1,
                       threads);
    }
    *out = pool;
    return OK;
}

void pool_free(struct pool *pool)
{
    if (pool == NULL)
        return;
    pthread_mutex_lock(&pool->lock);
    pool->stop = true;
    pthread_cond_broadcast(&pool->begin);
    pthread_mutex_unlock(&pool->lock);
    for (int i = 0; i < pool->threads - 1; i++)
        pthread_join(pool->helpers[i].id, NULL);
    pthread_cond_destroy(&pool->end);
    pthread_cond_destroy(&pool->begin);
    pthread_mutex_destroy(&pool->lock);
    free(pool->helpers);
    free(pool);
}

int pool_threads(const struct pool *pool)
{
    return pool->threads;
}

void pool_run(struct pool *pool, int tasks, pool_task *task, void *ctx)
{
    pthread_mutex_lock(&pool->lock);
    pool->task = task;
    pool->ctx = ctx;
    pool->tasks = tasks;
    atomic_store(&pool->next, 0);
    pool->busy = pool->threads - 1;
    pool->round++;
    if (pool->busy > 0)
        pthread_cond_broadcast(&pool->begin);
    pthread_mutex_unlock(&pool->lock);
    work(pool, 0);
    pthread_mutex_lock(&pool->lock);
    while (pool->busy > 0)
        pthread_cond_wait(&pool->end, &pool->lock);
    pthread_mutex_unlock(&pool->lock);
}
