#include <config.h>

#include "catalogue/originals.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "catalogue/tally.h"
#include "store/stmt.h"

void original_list_release(struct original_list *list)
{
    for (int64_t i = 0; i < list->count; i++)
        free(list->items[i].path);
    free(list->items);
    *list = (struct original_list){NULL, 0, 0};
}

enum status original_all(struct catalogue *cat, int64_t source,
                         struct original_list *out, struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_ORIGINAL_ALL);
    struct original_list list = {NULL, 0, 0};
    enum status status;

    stmt_bind_int(q, ":source", source);
    while (stmt_next(q)) {
        struct original_row *row;

        ARRAY_GROW(list.items, list.count, list.room);
        row = &list.items[list.count++];
        memset(row, 0, sizeof(*row));
        row->image_id = stmt_int(q, 0);
        row->source_id = source;
        row->path = mem_strdup(stmt_text(q, 1));
        row->bytes = stmt_int(q, 2);
        row->mtime = stmt_int(q, 3);
        snprintf(row->digest, sizeof(row->digest), "%s", stmt_text(q, 4));
        row->class_id = stmt_int(q, 5);
    }
    status = stmt_end(q, err);
    if (status == OK)
        *out = list;
    else
        original_list_release(&list);
    return status;
}

static void bind_file(struct stmt *q, const struct original_row *row)
{
    stmt_bind_int(q, ":id", row->image_id);
    stmt_bind_text(q, ":path", row->path);
    stmt_bind_int(q, ":bytes", row->bytes);
    stmt_bind_int(q, ":mtime", row->mtime);
}

static void bind_content(struct stmt *q, const struct original_row *row)
{
    stmt_bind_text(q, ":digest", row->digest);
    stmt_bind_int(q, ":width", row->width);
    stmt_bind_int(q, ":height", row->height);
}

enum status original_insert(struct catalogue *cat,
                            const struct original_row *row, struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_ORIGINAL_INSERT);

    bind_file(q, row);
    bind_content(q, row);
    stmt_bind_int(q, ":source", row->source_id);
    return stmt_run(q, err);
}

enum status original_update(struct catalogue *cat,
                            const struct original_row *row, struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_ORIGINAL_UPDATE);

    bind_file(q, row);
    bind_content(q, row);
    return stmt_run(q, err);
}

enum status original_touch(struct catalogue *cat,
                           const struct original_row *row, struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_ORIGINAL_TOUCH);

    bind_file(q, row);
    return stmt_run(q, err);
}

static enum status run_for(struct catalogue *cat, enum query query,
                           int64_t dataset, int64_t image, struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), query);

    stmt_bind_int(q, ":dataset", dataset);
    stmt_bind_int(q, ":image", image);
    return stmt_run(q, err);
}

static enum status forget_codes(struct catalogue *cat, int64_t dataset,
                                int64_t image, struct err *err)
{
    static const enum query queries[] = {Q_IMAGE_UNBLOCK, Q_IMAGE_UNCOUNT,
                                         Q_IMAGE_UNCODE, Q_IMAGE_UNANSWER};
    enum status status = OK;

    for (size_t i = 0; i < ARRAY_SIZE(queries) && status == OK; i++)
        status = run_for(cat, queries[i], dataset, image, err);
    return status;
}

enum status original_repaint(struct catalogue *cat, int64_t dataset,
                             int64_t image, const uint8_t *pixels, size_t size,
                             struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_PIXELS_UPDATE);
    enum status status;

    stmt_bind_int(q, ":id", image);
    stmt_bind_blob(q, ":bytes", pixels, size);
    status = stmt_run(q, err);
    return status == OK ? forget_codes(cat, dataset, image, err) : status;
}

enum status original_reclass(struct catalogue *cat, int64_t dataset,
                             enum split split, int64_t image, int64_t from,
                             int64_t to, struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_IMAGE_RECLASS);
    enum status status;

    stmt_bind_int(q, ":id", image);
    if (to != 0)
        stmt_bind_int(q, ":class", to);
    else
        stmt_bind_null(q, ":class");
    status = stmt_run(q, err);
    if (status == OK)
        status = run_for(cat, Q_IMAGE_UNBLOCK, dataset, image, err);
    if (status != OK)
        return status;
    tally_images(catalogue_tally(cat), dataset, split, from, -1);
    tally_images(catalogue_tally(cat), dataset, split, to, 1);
    return OK;
}

enum status source_grow(struct catalogue *cat, int64_t source, int64_t images,
                        struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_SOURCE_GROW);

    stmt_bind_int(q, ":id", source);
    stmt_bind_int(q, ":images", images);
    stmt_bind_int(q, ":at", clock_wall());
    return stmt_run(q, err);
}

enum status source_reroot(struct catalogue *cat, int64_t source,
                          const char *path, struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_SOURCE_REROOT);

    stmt_bind_int(q, ":id", source);
    stmt_bind_text(q, ":path", path);
    return stmt_run(q, err);
}

void refusal_list_release(struct refusal_list *list)
{
    for (int64_t i = 0; i < list->count; i++) {
        free(list->items[i].path);
        free(list->items[i].reason);
    }
    free(list->items);
    *list = (struct refusal_list){NULL, 0, 0};
}

enum status refusal_all(struct catalogue *cat, int64_t source,
                        struct refusal_list *out, struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_REFUSAL_ALL);
    struct refusal_list list = {NULL, 0, 0};
    enum status status;

    stmt_bind_int(q, ":source", source);
    while (stmt_next(q)) {
        ARRAY_GROW(list.items, list.count, list.room);
        list.items[list.count++] =
            (struct refusal_row){.path = mem_strdup(stmt_text(q, 0)),
                                 .reason = mem_strdup(stmt_text(q, 3)),
                                 .bytes = stmt_int(q, 1),
                                 .mtime = stmt_int(q, 2)};
    }
    status = stmt_end(q, err);
    if (status == OK)
        *out = list;
    else
        refusal_list_release(&list);
    return status;
}

enum status refusal_put(struct catalogue *cat, int64_t source,
                        const struct refusal_row *row, struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_REFUSAL_PUT);

    stmt_bind_int(q, ":source", source);
    stmt_bind_text(q, ":path", row->path);
    stmt_bind_int(q, ":bytes", row->bytes);
    stmt_bind_int(q, ":mtime", row->mtime);
    stmt_bind_text(q, ":reason", row->reason);
    return stmt_run(q, err);
}

enum status refusal_delete(struct catalogue *cat, int64_t source,
                           const char *path, struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_REFUSAL_DELETE);

    stmt_bind_int(q, ":source", source);
    stmt_bind_text(q, ":path", path);
    return stmt_run(q, err);
}
