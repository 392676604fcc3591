#include <config.h>

#include "catalogue/dataset.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "store/stmt.h"

void source_row_release(struct source_row *row)
{
    free(row->path);
    free(row->digest);
    memset(row, 0, sizeof(*row));
}

void source_list_release(struct source_list *list)
{
    for (int i = 0; i < list->count; i++)
        source_row_release(&list->items[i]);
    free(list->items);
    *list = (struct source_list){NULL, 0, 0};
}

enum status source_all(struct catalogue *cat, struct source_list *out,
                       struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_SOURCE_ALL);
    struct source_list list = {NULL, 0, 0};
    enum status status = OK, ended;

    while (status == OK && stmt_next(q)) {
        struct source_row *row;
        enum split split;

        status = split_parse(&split, stmt_text(q, 2), err);
        if (status != OK) {
            err->status = status = ERR_CATALOGUE;
            break;
        }
        ARRAY_GROW(list.items, list.count, list.room);
        row = &list.items[list.count++];
        row->id = stmt_int(q, 0);
        row->dataset_id = stmt_int(q, 1);
        row->split = split;
        row->path = mem_strdup(stmt_text(q, 3));
        row->digest = mem_strdup(stmt_text(q, 4));
        row->images = stmt_int(q, 5);
        row->imported_at = stmt_int(q, 6);
        snprintf(row->element, sizeof(row->element), "%s", stmt_text(q, 7));
        row->start = stmt_int(q, 8);
        row->stride = stmt_int(q, 9);
        row->bytes = stmt_int(q, 10);
        row->mtime = stmt_int(q, 11);
    }
    ended = stmt_end(q, err);
    if (status != OK || ended != OK) {
        source_list_release(&list);
        return status != OK ? status : ended;
    }
    *out = list;
    return OK;
}

/* ERR_BAD_INPUT when the same bytes are in that split already. */
static enum status refuse_twice(struct catalogue *cat,
                                const struct source_row *row, struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_SOURCE_HAS);
    enum status status = OK, ended;

    stmt_bind_int(q, ":dataset", row->dataset_id);
    stmt_bind_text(q, ":split", split_name(row->split));
    stmt_bind_text(q, ":digest", row->digest);
    if (stmt_next(q))
        status = err_set(err, ERR_BAD_INPUT,
                         "%s: these images are in split %s already, imported "
                         "from %s",
                         row->path, split_name(row->split), stmt_text(q, 0));
    ended = stmt_end(q, err);
    return status != OK ? status : ended;
}

static void bind_place(struct stmt *q, const struct source_row *row)
{
    stmt_bind_text(q, ":path", row->path);
    stmt_bind_int(q, ":start", row->start);
    stmt_bind_int(q, ":stride", row->stride);
    stmt_bind_int(q, ":bytes", row->bytes);
    stmt_bind_int(q, ":mtime", row->mtime);
}

enum status source_move(struct catalogue *cat, const struct source_row *row,
                        struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_SOURCE_MOVE);

    stmt_bind_int(q, ":id", row->id);
    bind_place(q, row);
    return stmt_run(q, err);
}

enum status source_find(struct catalogue *cat, int64_t dataset,
                        enum split split, const char *digest,
                        struct source_row *out, struct err *err)
{
    struct source_list list;
    enum status status = source_all(cat, &list, err);
    bool found = false;

    if (status != OK)
        return status;
    for (int i = 0; i < list.count && !found; i++) {
        struct source_row *row = &list.items[i];

        found = row->dataset_id == dataset && row->split == split &&
                strcmp(row->digest, digest) == 0;
        if (!found)
            continue;
        *out = *row;
        row->path = row->digest = NULL;
    }
    source_list_release(&list);
    return found ? OK
                 : err_set(err, ERR_NOT_FOUND, "no source has the digest %s",
                           digest);
}

enum status source_insert(struct catalogue *cat, const struct source_row *row,
                          int64_t *id, struct err *err)
{
    enum status status = refuse_twice(cat, row, err);
    struct stmt *q;

    if (status != OK)
        return status;
    q = stmt_use(catalogue_db(cat), Q_SOURCE_INSERT);
    stmt_bind_int(q, ":dataset", row->dataset_id);
    stmt_bind_text(q, ":split", split_name(row->split));
    stmt_bind_text(q, ":digest", row->digest);
    stmt_bind_int(q, ":images", row->images);
    stmt_bind_int(q, ":imported_at", row->imported_at);
    stmt_bind_text(q, ":element", row->element);
    bind_place(q, row);
    status = stmt_run(q, err);
    if (status == OK)
        *id = db_last_id(catalogue_db(cat));
    return status;
}
