#ifndef BITGROVE_QUEUE_JOBROW_H
#define BITGROVE_QUEUE_JOBROW_H

/* What the files of this room share: rows to structs, and freeing lost leases. */

#include "queue/jobs.h"

struct stmt;

/* The current row of a query with the columns of job-by-id. */
enum status jobrow_read(struct stmt *q, struct job *out,
                        struct err *err) MUST_USE;

/* All rows, or the first one, ending the statement. jobrow_one() leaves *err
 * alone when it returns ERR_NOT_FOUND. */
enum status jobrow_list(struct stmt *q, struct job_list *out,
                        struct err *err) MUST_USE;
enum status jobrow_one(struct stmt *q, struct job *out,
                       struct err *err) MUST_USE;

/*
 * Frees every running job whose worker is gone: cancelled if that was asked,
 * failed if it was the last attempt, else queued. Within a transaction.
 */
enum status lease_free_lost(struct catalogue *cat, struct err *err) MUST_USE;

#endif
