#ifndef BITGROVE_QUEUE_SPAWN_H
#define BITGROVE_QUEUE_SPAWN_H

/*
 * Starts bitgrove-worker for a catalogue with posix_spawn (OpenBLAS deadlocks
 * after fork), in a session of its own, standard streams on /dev/null, so that
 * it outlives the terminal. Several may be started: they share the queue.
 */

#include "base/err.h"

struct catalogue;

/*
 * Starts one unless a live worker is known to run a job of this catalogue or
 * nothing waits. The program is $BITGROVE_WORKER, or bitgrove-worker beside
 * the running program, or in the directory it was installed to, or on PATH.
 * threads: 0 for one a core.
 */
enum status spawn_worker(struct catalogue *cat, int threads,
                         struct err *err) MUST_USE;

#endif
