#ifndef BITGROVE_WORKER_HEART_H
#define BITGROVE_WORKER_HEART_H

/*
 * The heartbeat of a running job: a thread with a connection of its own that
 * moves the lease on at a third of its length, and looks several times a
 * second whether the front end asked to stop. The thread that runs the job
 * only reads the flags.
 *
 * A heartbeat that finds the catalogue locked is no alarm: whoever holds the
 * lock (an import of this very worker, say) also keeps others from taking the
 * job, and the next beat tries again. The lease is lost only when the job's
 * row says so.
 */

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct heart {
    const char *path;   /* borrowed: the catalogue */
    const char *worker; /* borrowed */
    int64_t job;
    pthread_t thread;
    atomic_llong lease_ms; /* may grow while the job runs */
    atomic_bool stop;
    atomic_bool cancel; /* the front end asked */
    atomic_bool lost;   /* the job is another's now, or its catalogue is gone:
                         * write nothing more */
};

/* Everything borrowed must outlive heart_stop(). */
enum status heart_start(struct heart *heart, const char *path,
                        const char *worker, int64_t job, int64_t lease_ms,
                        struct err *err) MUST_USE;
void heart_stop(struct heart *heart); /* waits for the thread */

#endif
