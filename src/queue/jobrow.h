#ifndef BITGROVE_QUEUE_JOBROW_H
#define BITGROVE_QUEUE_JOBROW_H

/* What the files of this room share: rows to structs, and freeing lost leases. */

#include "queue/jobs.h"

struct stmt;

/* All rows of a query with the columns of job-by-id, ending the statement. */
enum status jobrow_list(struct stmt *q, struct job_list *out,
                        struct err *err) MUST_USE;

/*
 * Frees every running job whose worker is gone: cancelled if that was asked,
 * failed if it was the last attempt, else queued. Within a transaction.
 */
enum status lease_free_lost(struct catalogue *cat, struct err *err) MUST_USE;

#endif
