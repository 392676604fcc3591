#ifndef BITGROVE_NN_POOL_H
#define BITGROVE_NN_POOL_H

/*
 * Threads of the engine. Work is cut into numbered tasks whose size does not
 * depend on the number of threads; whoever is free takes the next one. A task
 * writes only to places of its own number, and the caller adds these up in
 * their order: so results are the same for any number of threads.
 *
 * Each thread calls single-threaded BLAS: pool_new() sets OpenBLAS to one
 * thread for the whole process.
 */

#include "base/err.h"

struct pool;

/* thread: 0 to pool_threads() - 1, for scratch memory of its own */
typedef void pool_task(void *ctx, int task, int thread);

/* threads: 1 and more, the caller's included; 0: one a processor. ERR_IO. */
enum status pool_new(struct pool **out, int threads, struct err *err) MUST_USE;
void pool_free(struct pool *pool); /* joins the threads; NULL is fine */

int pool_threads(const struct pool *pool);

/* Runs tasks 0 to tasks - 1 and returns when all are done. The caller takes
 * part as thread 0. Only the thread that made the pool may call it, and not
 * from inside a task. */
void pool_run(struct pool *pool, int tasks, pool_task *task, void *ctx);

#endif
