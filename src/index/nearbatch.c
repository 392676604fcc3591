#include <config.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "index/nearindex-parts.h"

#define THREADS   256
#define LEND_MOST (UINT32_C(1) << 22) /* items lent to all */

/* What all threads look at; each takes the next few queries off the heap. */
struct batch {
    const struct nearindex *index;
    const struct near_query *queries;
    struct near_answers *answers;
    size_t *lent; /* (count + 1) where the items lent to each begin */
    atomic_size_t next;
    atomic_size_t failed; /* the first that failed, or their number */
    pthread_mutex_t lock; /* of err */
    struct err *err;      /* that of the first that failed */
};

/* What a thread keeps from a few queries to the next. */
struct memory {
    uint64_t *keys;
    size_t room;
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

/* The others get their items when they are made. */
static size_t lend(struct batch *b, size_t count)
{
    size_t n = b->index->set->count, lent = 0;

    for (size_t i = 0; i < count; i++) {
        size_t k = b->queries[i].k < n ? b->queries[i].k : n;

        b->lent[i] = lent;
        if (k <= LEND_MOST - lent && !b->queries[i].all_ties)
            lent += k;
    }
    b->lent[count] = lent;
    return lent;
}

/*
 * Memory for all answers, in one piece: threads that each ask for their own
 * hold one another up.
 */
static bool set_aside(struct batch *b, size_t count)
{
    struct near_answers *a = b->answers;
    size_t lent;

    near_answers_clear(a);
    b->lent = malloc((count + 1) * sizeof(*b->lent));
    if (b->lent == NULL)
        return false;
    lent = lend(b, count);
    if (count > a->room || lent > a->items_room) {
        near_answers_release(a);
        a->each = malloc(count * sizeof(*a->each));
        a->items = mem_large_raw(lent, sizeof(*a->items));
        if (a->each == NULL || a->items == NULL)
            return false;
        a->room = count;
        a->items_room = lent;
    }
    for (; a->count < count; a->count++)
        a->each[a->count].items = NULL;
    return true;
}

/* Queries first..first+n-1, n <= NEAR_TOGETHER. */
static void answer(struct batch *b, struct memory *memory, size_t first,
                   size_t n)
{
    struct near_ask asks[NEAR_TOGETHER];
    bool open[NEAR_TOGETHER], any = false;
    struct err err;
    size_t ready = 0;

    for (; ready < n; ready++) {
        size_t which = first + ready;
        struct near_ask *ask = &asks[ready];

        if (nearask_init(ask, b->index, &b->queries[which], NEAR_AUTO, &err) !=
            OK) {
            fail(b, which, &err);
            break;
        }
        if (b->lent[which + 1] > b->lent[which])
            ask->lent = b->answers->items + b->lent[which];
        ask->keys = memory[ready].keys;
        ask->room = memory[ready].room;
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
        struct near_answer *each = &b->answers->each[first + i];

        if (nearask_finish(each, &asks[i], &err) != OK) {
            *each = (struct near_answer)NEAR_ANSWER_INIT;
            fail(b, first + i, &err);
        }
        memory[i] = (struct memory){asks[i].keys, asks[i].room};
        asks[i].keys = NULL;
        nearask_release(&asks[i]);
    }
}

static void *work(void *context)
{
    struct batch *b = context;
    struct memory memory[NEAR_TOGETHER] = {{NULL, 0}};
    size_t count = b->answers->count;

    for (;;) {
        size_t first = atomic_fetch_add(&b->next, NEAR_TOGETHER);

        if (first >= count || first > b->failed)
            break;
        answer(b, memory, first,
               count - first < NEAR_TOGETHER ? count - first : NEAR_TOGETHER);
    }
    for (size_t i = 0; i < NEAR_TOGETHER; i++)
        free(memory[i].keys);
    return NULL;
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

static void answer_all(struct batch *b, int threads)
{
    pthread_t helpers[THREADS];
    int started = 0;

    while (started + 1 < threads &&
           pthread_create(&helpers[started], NULL, work, b) == 0)
        started++;
    work(b);
    while (started > 0)
        pthread_join(helpers[--started], NULL);
}

enum status nearindex_batch(struct near_answers *out,
                            const struct nearindex *index,
                            const struct near_query *queries, size_t count,
                            int threads, struct err *err)
{
    struct batch b = {.index = index,
                      .queries = queries,
                      .answers = out,
                      .failed = count,
                      .lock = PTHREAD_MUTEX_INITIALIZER,
                      .err = err};
    enum status status = OK;

    if (set_aside(&b, count)) {
        answer_all(&b, processors(count, threads));
        status = b.failed < count ? err->status : OK;
    } else {
        status = err_set(err, ERR_NOMEM, "no memory for %zu answers", count);
    }
    if (status != OK)
        near_answers_clear(out);
    free(b.lent);
    pthread_mutex_destroy(&b.lock);
    return status;
}
