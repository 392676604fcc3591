#ifndef BITGROVE_UI_ERRAND_H
#define BITGROVE_UI_ERRAND_H

/*
 * Work that a thread does for the screen, so that it never holds up a key.
 * The struct lies within the one that holds what the work reads and makes;
 * that one must stay where it is until errand_end(), and nobody but the thread
 * touches what is made until errand_done(). All calls from the user
 * interface's thread, but errand_stopped().
 */

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "base/err.h"

struct errand {
    pthread_t thread;
    void (*work)(void *job);
    void *job;
    atomic_bool stop;
    atomic_bool done; /* set last: what was made is final */
};

/* Signals stay with the thread that has the terminal. ERR_IO when no thread
 * could be started; there is nothing to end then. */
MUST_USE enum status errand_start(struct errand *errand,
                                  void (*work)(void *job), void *job,
                                  struct err *err);

bool errand_done(const struct errand *errand);

/* Asks it to give up; the work looks at errand_stopped(). */
void errand_stop(struct errand *errand);
bool errand_stopped(const struct errand *errand); /* any thread */

/* Waits for the end. Once after every start. */
void errand_end(struct errand *errand);

#endif
