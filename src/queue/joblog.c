#include <config.h>

#include "queue/jobs.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "store/stmt.h"

void log_list_release(struct log_list *list)
{
    for (int i = 0; i < list->count; i++)
        free(list->items[i].text);
    free(list->items);
    *list = (struct log_list){NULL, 0, 0};
}

enum status job_log_read(struct catalogue *cat, int64_t id, int after,
                         struct log_list *out, struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_JOB_LOG_ALL);
    struct log_list list = {NULL, 0, 0};
    enum status status;

    stmt_bind_int(q, ":id", id);
    stmt_bind_int(q, ":after", after);
    while (stmt_next(q)) {
        struct log_line *line;

        ARRAY_GROW(list.items, list.count, list.room);
        line = &list.items[list.count++];
        line->seq = (int)stmt_int(q, 0);
        line->at = stmt_int(q, 1);
        line->text = mem_strdup(stmt_text(q, 2));
    }
    status = stmt_end(q, err);
    if (status != OK) {
        log_list_release(&list);
        return status;
    }
    *out = list;
    return OK;
}

enum status job_log_add(struct catalogue *cat, int64_t id, const char *text,
                        struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_JOB_LOG_INSERT);

    stmt_bind_int(q, ":id", id);
    stmt_bind_int(q, ":at", clock_wall());
    stmt_bind_text(q, ":text", text);
    return stmt_run(q, err);
}
