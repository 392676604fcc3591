#ifndef BITGROVE_CLI_PROGRESS_H
#define BITGROVE_CLI_PROGRESS_H

/*
 * The progress of a job on standard error: on a terminal one line that is
 * drawn over and over, with the job's log above it; else the log alone and,
 * when that is silent, a line now and then. Main thread.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "queue/jobs.h"

struct progress {
    bool quiet, brief, terminal, drawn;
    int log_seq;   /* last line of the log that was shown */
    int64_t shown; /* monotonic, when something was last shown */
};

/* brief: without the log. */
void progress_init(struct progress *p, bool quiet, bool brief);

/* Shows how the job stands and what it logged since. */
void progress_show(struct progress *p, struct catalogue *cat,
                   const struct job *job);

/* A line of our own among those of the log. */
void progress_note(struct progress *p, const char *text);

/* Takes the bar away. */
void progress_end(struct progress *p);

/*
 * The line itself, at most `columns` wide:
 *     learn ████████▌······· 54 % · 8 123/s · 1 min 05 s left · phase 1 ...
 * What does not fit is left out from the right.
 */
void progress_line(struct str *out, const struct job *job, int columns);

#endif
