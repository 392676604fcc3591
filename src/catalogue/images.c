#include <config.h>

#include "catalogue/images.h"

#include <assert.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "catalogue/tally.h"
#include "store/stmt.h"

void image_list_release(struct image_list *list)
{
    free(list->items);
    *list = (struct image_list){NULL, 0, 0};
}

void images_query_init(struct images_query *q)
{
    *q = (struct images_query){
        .split = -1, .class_id = -1, .distance = -1, .limit = 100};
}

static enum status row(struct stmt *q, struct image_row *out, struct err *err)
{
    struct image_row image = {0};

    image.id = stmt_int(q, 0);
    image.class_id = stmt_int(q, 1);
    image.source_id = stmt_int(q, 2);
    image.position = stmt_int(q, 3);
    if (split_parse(&image.split, stmt_text(q, 4), err) != OK) {
        err_wrap(err, "image %lld", (long long)image.id);
        return err->status = ERR_CATALOGUE;
    }
    image.has_code = !stmt_is_null(q, 5);
    image.code = (uint64_t)stmt_int(q, 5);
    image.decoded = stmt_int(q, 6);
    image.distance = (int)stmt_int(q, 7);
    *out = image;
    return OK;
}

/*
 * A query is answered in parts, one for each data set and split, so that each
 * part is a search by key in an index whose rows come in the order of id.
 */
enum driver { BY_SPLIT, BY_CLASS, BY_DISTANCE };

static enum driver driver(const struct images_query *q)
{
    if (q->class_id >= 0)
        return BY_CLASS;
    return q->distance >= 0 ? BY_DISTANCE : BY_SPLIT;
}

static void bind(struct stmt *s, const struct images_query *q, int64_t dataset,
                 int split)
{
    stmt_bind_int(s, ":dataset", dataset);
    stmt_bind_text(s, ":split", split_name((enum split)split));
    stmt_bind_int(s, ":model", q->model);
    stmt_bind_int(s, ":verdict", q->verdict);
    if (driver(q) != BY_SPLIT)
        stmt_bind_int(s, ":distance", q->distance);
    if (driver(q) != BY_CLASS)
        return;
    if (q->class_id > 0)
        stmt_bind_int(s, ":class", q->class_id);
    else
        stmt_bind_null(s, ":class");
}

static enum status page_part(struct catalogue *cat,
                             const struct images_query *q, int64_t dataset,
                             int split, struct image_list *list,
                             struct err *err)
{
    static const enum query queries[][2] = {
        [BY_SPLIT] = {Q_IMAGES_AFTER, Q_IMAGES_BEFORE},
        [BY_CLASS] = {Q_IMAGES_CLASS_AFTER, Q_IMAGES_CLASS_BEFORE},
        [BY_DISTANCE] = {Q_IMAGES_DISTANCE_AFTER, Q_IMAGES_DISTANCE_BEFORE},
    };
    bool back = q->before != 0;
    struct stmt *s = stmt_use(catalogue_db(cat), queries[driver(q)][back]);
    enum status status = OK, ended;

    bind(s, q, dataset, split);
    stmt_bind_int(s, ":from", back ? q->before : q->after);
    stmt_bind_int(s, ":limit", q->limit);
    while (status == OK && stmt_next(s)) {
        ARRAY_GROW(list->items, list->count, list->room);
        status = row(s, &list->items[list->count], err);
        list->count += status == OK;
    }
    ended = stmt_end(s, err);
    return status != OK ? status : ended;
}

static enum status count_part(struct catalogue *cat,
                              const struct images_query *q, int64_t dataset,
                              int split, int64_t *count, struct err *err)
{
    static const enum query queries[] = {
        [BY_SPLIT] = Q_IMAGES_COUNT,
        [BY_CLASS] = Q_IMAGES_CLASS_COUNT,
        [BY_DISTANCE] = Q_IMAGES_DISTANCE_COUNT,
    };
    bool plain = q->verdict == 0 && q->distance < 0;
    struct stmt *s =
        stmt_use(catalogue_db(cat), plain ? Q_TALLY_COUNT : queries[driver(q)]);

    if (plain) {
        stmt_bind_int(s, ":dataset", dataset);
        stmt_bind_text(s, ":split", split_name((enum split)split));
        if (q->class_id >= 0)
            stmt_bind_int(s, ":class", q->class_id);
    } else {
        bind(s, q, dataset, split);
    }
    if (stmt_next(s))
        *count += stmt_int(s, 0);
    return stmt_end(s, err);
}

/* Each part in turn: into list, or counted when list is NULL. */
static enum status each_part(struct catalogue *cat,
                             const struct images_query *q,
                             struct image_list *list, int64_t *count,
                             struct err *err)
{
    struct dataset_list sets;
    enum status status = dataset_all(cat, &sets, err);

    if (status != OK)
        return status;
    for (int i = 0; i < sets.count; i++) {
        int64_t id = sets.items[i].id;

        if (q->dataset != 0 && q->dataset != id)
            continue;
        for (int split = 0; status == OK && split < SPLIT_COUNT; split++) {
            if (q->split >= 0 && q->split != split)
                continue;
            status = list != NULL ? page_part(cat, q, id, split, list, err)
                                  : count_part(cat, q, id, split, count, err);
        }
    }
    dataset_list_release(&sets);
    return status;
}

static int by_id(const void *a, const void *b)
{
    const struct image_row *x = a, *y = b;

    return (x->id > y->id) - (x->id < y->id);
}

/* Each part holds up to `limit` rows: keep those nearest to where it starts. */
static void merge(struct image_list *list, const struct images_query *q)
{
    if (list->count > 0)
        qsort(list->items, (size_t)list->count, sizeof(list->items[0]), by_id);
    if (list->count <= q->limit)
        return;
    if (q->before != 0)
        memmove(list->items, list->items + (list->count - q->limit),
                (size_t)q->limit * sizeof(list->items[0]));
    list->count = q->limit;
}

enum status images_page(struct catalogue *cat, const struct images_query *q,
                        struct image_list *out, struct err *err)
{
    struct image_list list = {NULL, 0, 0};
    enum status status;

    assert(q->limit > 0);
    status = each_part(cat, q, &list, NULL, err);
    if (status != OK) {
        image_list_release(&list);
        return status;
    }
    merge(&list, q);
    *out = list;
    return OK;
}

enum status images_count(struct catalogue *cat, const struct images_query *q,
                         int64_t *out, struct err *err)
{
    int64_t count = 0;
    enum status status = each_part(cat, q, NULL, &count, err);

    if (status == OK)
        *out = count;
    return status;
}

enum status image_get(struct catalogue *cat, int64_t id, int64_t model,
                      struct image_row *out, struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_IMAGE_BY_ID);
    struct image_row found;
    enum status status, ended;

    stmt_bind_int(q, ":id", id);
    stmt_bind_int(q, ":model", model);
    if (stmt_next(q))
        status = row(q, &found, err);
    else
        status = err_set(err, ERR_NOT_FOUND, "there is no image %lld",
                         (long long)id);
    ended = stmt_end(q, err);
    if (status != OK || ended != OK)
        return ended != OK ? ended : status;
    *out = found;
    return OK;
}

enum status image_pixels(struct catalogue *cat, int64_t id, uint8_t *out,
                         size_t size, struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_PIXELS_BY_IMAGE);
    enum status status = OK, ended;
    const void *bytes;
    size_t stored;

    stmt_bind_int(q, ":id", id);
    if (!stmt_next(q)) {
        status = err_set(err, ERR_NOT_FOUND, "image %lld has no pixels",
                         (long long)id);
    } else {
        bytes = stmt_blob(q, 0, &stored);
        if (stored != size)
            status = err_set(err, ERR_CATALOGUE,
                             "image %lld has %zu bytes of pixels instead of "
                             "%zu: the catalogue is damaged",
                             (long long)id, stored, size);
        else if (size > 0)
            memcpy(out, bytes, size);
    }
    ended = stmt_end(q, err);
    return ended != OK ? ended : status;
}

static int by_number(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

/* The counts of each class at once: a tally is searched from its end. */
static void count_classes(struct catalogue *cat, int64_t dataset,
                          enum split split, const int64_t *class_ids, int64_t n)
{
    int64_t *sorted;

    if (class_ids == NULL) {
        tally_images(catalogue_tally(cat), dataset, split, 0, n);
        return;
    }
    sorted = mem_zalloc((size_t)n, sizeof(*sorted));
    memcpy(sorted, class_ids, (size_t)n * sizeof(*sorted));
    qsort(sorted, (size_t)n, sizeof(*sorted), by_number);
    for (int64_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && sorted[end] == sorted[i]; end++)
            ;
        tally_images(catalogue_tally(cat), dataset, split, sorted[i], end - i);
    }
    free(sorted);
}

#define STOP_ROWS 4096 /* rows between two looks at stop() */

enum status image_insert_rows(struct catalogue *cat, int64_t dataset,
                              enum split split, const int64_t *class_ids,
                              int64_t source, int64_t n,
                              bool (*stop)(const void *ctx), const void *ctx,
                              struct err *err)
{
    struct db *db = catalogue_db(cat);
    struct stmt *q = stmt_use(db, Q_IMAGE_INSERT);
    enum status status = OK, ended;

    assert(db_in_transaction(db));
    stmt_bind_int(q, ":dataset", dataset);
    stmt_bind_text(q, ":split", split_name(split));
    stmt_bind_int(q, ":source", source);
    for (int64_t i = 0; i < n && status == OK; i++) {
        if (class_ids != NULL)
            stmt_bind_int(q, ":class", class_ids[i]);
        stmt_bind_int(q, ":position", i);
        stmt_again(q);
        if (i % STOP_ROWS == 0 && stop != NULL && stop(ctx))
            status = err_set(err, ERR_CANCELLED, "the import was cancelled");
    }
    ended = stmt_end(q, err);
    if (status == OK && ended == OK)
        count_classes(cat, dataset, split, class_ids, n);
    return status != OK ? status : ended;
}

enum status image_insert(struct catalogue *cat, int64_t dataset,
                         enum split split, int64_t class_id, int64_t source,
                         int64_t position, const uint8_t *pixels, size_t size,
                         int64_t *id, struct err *err)
{
    struct db *db = catalogue_db(cat);
    struct stmt *q = stmt_use(db, Q_IMAGE_INSERT);
    int64_t image;
    enum status status;

    assert(db_in_transaction(db));
    stmt_bind_int(q, ":dataset", dataset);
    stmt_bind_text(q, ":split", split_name(split));
    if (class_id != 0)
        stmt_bind_int(q, ":class", class_id);
    stmt_bind_int(q, ":source", source);
    stmt_bind_int(q, ":position", position);
    status = stmt_run(q, err);
    if (status != OK)
        return status;
    image = db_last_id(db);
    q = stmt_use(db, Q_PIXELS_INSERT);
    stmt_bind_int(q, ":id", image);
    stmt_bind_blob(q, ":bytes", pixels, size);
    status = stmt_run(q, err);
    if (status != OK)
        return status;
    tally_images(catalogue_tally(cat), dataset, split, class_id, 1);
    *id = image;
    return OK;
}
