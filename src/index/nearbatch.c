#include <config.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "index/nearindex-parts.h"

#define THREADS 256
#define KEEP    1024 /* answers that memory is set aside for */

/* What all threads look at; each takes the next few queries off the heap. */
struct batch {
    const struct nearindex *index;
    const struct near_query *queries;
    struct near_answer *answers; /* (count); items set aside until answered */
    size_t count;
    atomic_size_t next;
    atomic_size_t failed; /* the first that failed, or count */
    pthread_mutex_t lock; /* of err */
    struct err *err;      /* that of the first that failed */
};

static void fail(struct batch *b, size_t which, const struct err *err)
{
    pthread_mutex_lock(&b->lock);
    if (which < b->failed) {
        b->failed = which;
        *b->err = *err;
    }
    pthread_mutex_unlock(&b->lock);
}

static void scan_together(struct near_ask *asks, const bool *open, size_t n)
{
    size_t count = asks[0].index->set->count;

    for (size_t i = 0; i < n; i++) {
        if (open[i])
            nearscan_begin(&asks[i]);
    }
    for (size_t from = 0; from < count; from += NEAR_BLOCK) {
        size_t some = count - from < NEAR_BLOCK ? count - from : NEAR_BLOCK;

        for (size_t i = 0; i < n; i++) {
            if (open[i])
                nearscan_block(&asks[i], from, some);
        }
    }
    for (size_t i = 0; i < n; i++) {
        if (open[i])
            nearscan_end(&asks[i]);
    }
}

/*
 * Memory for the answers, from the thread that will keep them: each other
 * thread would have its heap grow page by page, by a system call that makes the
 * rest of them wait.
 */
static void set_aside(struct batch *b)
{
    for (size_t i = 0; i < b->count; i++) {
        size_t k = b->queries[i].k, n = b->index->set->count;

        if (k > 0 && k <= KEEP && !b->queries[i].all_ties)
            b->answers[i].items =
                malloc((k < n ? k : n) * sizeof(*b->answers[i].items));
    }
}

static void hand_over(struct near_ask *ask, struct near_answer *answer)
{
    ask->items = answer->items;
    ask->kept = ask->items != NULL ? ask->want : 0;
    answer->items = NULL;
}

/* Queries first..first+n-1, n <= NEAR_TOGETHER. */
static void answer(struct batch *b, size_t first, size_t n)
{
    struct near_ask asks[NEAR_TOGETHER];
    bool open[NEAR_TOGETHER], any = false;
    struct err err;
    size_t ready = 0;

    for (; ready < n; ready++) {
        if (nearask_init(&asks[ready], b->index, &b->queries[first + ready],
                         NEAR_AUTO, &err) != OK) {
            fail(b, first + ready, &err);
            break;
        }
        hand_over(&asks[ready], &b->answers[first + ready]);
    }
    if (ready > 0)
        nearball_foresee(asks, ready);
    for (size_t i = 0; i < ready; i++) {
        open[i] = !nearindex_try(&asks[i], NEAR_AUTO);
        any |= open[i];
    }
    if (any)
        scan_together(asks, open, ready);
    for (size_t i = 0; i < ready; i++) {
        if (nearask_finish(&b->answers[first + i], &asks[i], &err) != OK)
            fail(b, first + i, &err);
        nearask_release(&asks[i]);
    }
}

static void *work(void *context)
{
    struct batch *b = context;

    for (;;) {
        size_t first = atomic_fetch_add(&b->next, NEAR_TOGETHER);

        if (first >= b->count || first > b->failed)
            return NULL;
        answer(b, first,
               b->count - first < NEAR_TOGETHER ? b->count - first
                                                : NEAR_TOGETHER);
    }
}

static int processors(size_t queries, int threads)
{
    size_t most = (queries + NEAR_TOGETHER - 1) / NEAR_TOGETHER;

    if (threads <= 0)
        threads = (int)sysconf(_SC_NPROCESSORS_ONLN);
    if (threads > THREADS)
        threads = THREADS;
    if ((size_t)threads > most)
        threads = (int)most;
    return threads < 1 ? 1 : threads;
}

enum status nearindex_batch(struct near_answer *out,
                            const struct nearindex *index,
                            const struct near_query *queries, size_t count,
                            int threads, struct err *err)
{
    struct batch b = {.index = index,
                      .queries = queries,
                      .count = count,
                      .failed = count,
                      .lock = PTHREAD_MUTEX_INITIALIZER,
                      .err = err};
    pthread_t helpers[THREADS];
    int started = 0;

    threads = processors(count, threads);
    b.answers = mem_large(count, sizeof(*b.answers));
    if (count > 0 && b.answers == NULL)
        return err_set(err, ERR_NOMEM, "no memory for %zu answers", count);
    set_aside(&b);
    while (started + 1 < threads &&
           pthread_create(&helpers[started], NULL, work, &b) == 0)
        started++;
    work(&b);
    while (started > 0)
        pthread_join(helpers[--started], NULL);
    for (size_t i = 0; i < count; i++) {
        if (b.failed < count)
            near_answer_release(&b.answers[i]);
        else
            out[i] = b.answers[i];
    }
    free(b.answers);
    pthread_mutex_destroy(&b.lock);
    return b.failed < count ? err->status : OK;
}
