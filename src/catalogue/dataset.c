#include <config.h>

#include "catalogue/dataset.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "store/stmt.h"

static const char *const split_names[SPLIT_COUNT] = {"train", "test", "ood"};

static const char *const kind_names[] = {
    [DATASET_IMAGES] = "images", [DATASET_VECTORS] = "vectors"};

const char *dataset_kind_name(enum dataset_kind kind)
{
    return kind_names[kind];
}

const char *split_name(enum split split)
{
    return split_names[split];
}

enum status split_parse(enum split *out, const char *text, struct err *err)
{
    for (int i = 0; i < SPLIT_COUNT; i++) {
        if (strcmp(text, split_names[i]) == 0) {
            *out = (enum split)i;
            return OK;
        }
    }
    return err_set(err, ERR_BAD_INPUT,
                   "split \"%s\": it must be train, test or ood", text);
}

void dataset_release(struct dataset *dataset)
{
    free(dataset->name);
    dataset->name = NULL;
}

void dataset_list_release(struct dataset_list *list)
{
    for (int i = 0; i < list->count; i++)
        dataset_release(&list->items[i]);
    free(list->items);
    *list = (struct dataset_list){NULL, 0, 0};
}

/* Sizes that no import makes would overflow where images are counted. */
#define SIDE_MAX      65535
#define DIMENSION_MAX 65536

static enum status row(struct stmt *q, const char *path, struct dataset *out,
                       struct err *err)
{
    int64_t c = stmt_int(q, 3), h = stmt_int(q, 4), w = stmt_int(q, 5);
    bool vectors = strcmp(stmt_text(q, 2), kind_names[DATASET_VECTORS]) == 0;
    bool sound = vectors ? c >= 1 && c <= DIMENSION_MAX && h == 1 && w == 1
                         : (c == 1 || c == 3) && h >= 1 && h <= SIDE_MAX &&
                               w >= 1 && w <= SIDE_MAX;

    if (!sound)
        return err_set(err, ERR_CATALOGUE,
                       "%s is damaged: data set %lld has images of "
                       "%lld x %lld x %lld; go back to a copy",
                       path, (long long)stmt_int(q, 0), (long long)c,
                       (long long)h, (long long)w);
    out->id = stmt_int(q, 0);
    out->name = mem_strdup(stmt_text(q, 1));
    out->kind = vectors ? DATASET_VECTORS : DATASET_IMAGES;
    out->channels = (int)c;
    out->height = (int)h;
    out->width = (int)w;
    out->created_at = stmt_int(q, 6);
    out->resize = (int)stmt_int(q, 7);
    return OK;
}

enum status dataset_all(struct catalogue *cat, struct dataset_list *out,
                        struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_DATASET_ALL);
    struct dataset_list list = {NULL, 0, 0};
    enum status status = OK, ended;

    while (status == OK && stmt_next(q)) {
        ARRAY_GROW(list.items, list.count, list.room);
        status = row(q, catalogue_path(cat), &list.items[list.count], err);
        list.count += status == OK;
    }
    ended = stmt_end(q, err);
    if (status != OK || ended != OK) {
        dataset_list_release(&list);
        return status != OK ? status : ended;
    }
    *out = list;
    return OK;
}

enum status dataset_get(struct catalogue *cat, int64_t id, struct dataset *out,
                        struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_DATASET_BY_ID);
    struct dataset found = {0};
    enum status status, ended;

    stmt_bind_int(q, ":id", id);
    if (stmt_next(q))
        status = row(q, catalogue_path(cat), &found, err);
    else
        status = err_set(err, ERR_NOT_FOUND, "there is no data set %lld",
                         (long long)id);
    ended = stmt_end(q, err);
    if (status != OK || ended != OK) {
        dataset_release(&found);
        return ended != OK ? ended : status;
    }
    *out = found;
    return OK;
}

/* The names of a list for a message. */
static void add_names(struct str *text, const struct dataset_list *list)
{
    for (int i = 0; i < list->count; i++)
        str_addf(text, "%s%s", i ? ", " : "", list->items[i].name);
}

static enum status choose(const struct dataset_list *list, const char *name,
                          int *index, struct err *err)
{
    struct str names = STR_INIT;
    bool any = name == NULL || name[0] == '\0';
    enum status status = OK;

    *index = -1;
    for (int i = 0; i < list->count; i++) {
        if (any ? list->count == 1 : strcmp(list->items[i].name, name) == 0)
            *index = i;
    }
    if (*index >= 0)
        return OK;
    add_names(&names, list);
    if (list->count == 0)
        status = err_set(err, ERR_NOT_FOUND,
                         "the catalogue has no images yet: import some first");
    else if (any)
        status = err_set(err, ERR_BAD_INPUT,
                         "there are several data sets: choose one of %s",
                         names.text);
    else
        status = err_set(err, ERR_NOT_FOUND,
                         "there is no data set \"%s\", there is: %s", name,
                         names.text);
    str_release(&names);
    return status;
}

enum status dataset_find(struct catalogue *cat, const char *name,
                         struct dataset *out, struct err *err)
{
    struct dataset_list list;
    int index;
    enum status status = dataset_all(cat, &list, err);

    if (status != OK)
        return status;
    status = choose(&list, name, &index, err);
    if (status == OK) {
        *out = list.items[index];
        list.items[index].name = NULL;
    }
    dataset_list_release(&list);
    return status;
}

enum status dataset_insert(struct catalogue *cat, const struct dataset *dataset,
                           int64_t *id, struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_DATASET_INSERT);
    enum status status;

    stmt_bind_text(q, ":name", dataset->name);
    stmt_bind_text(q, ":kind", kind_names[dataset->kind]);
    stmt_bind_int(q, ":channels", dataset->channels);
    stmt_bind_int(q, ":height", dataset->height);
    stmt_bind_int(q, ":width", dataset->width);
    stmt_bind_int(q, ":created_at", dataset->created_at);
    stmt_bind_int(q, ":resize", dataset->resize);
    status = stmt_run(q, err);
    if (status == OK)
        *id = db_last_id(catalogue_db(cat));
    else if (status == ERR_BAD_INPUT)
        err_wrap(err, "data set \"%s\"", dataset->name);
    return status;
}
