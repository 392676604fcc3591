#include <config.h>

#include "catalogue/dataset.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "store/stmt.h"

void class_list_release(struct class_list *list)
{
    for (int i = 0; i < list->count; i++) {
        free(list->items[i].name);
        free(list->items[i].path);
        free(list->items[i].folder);
    }
    free(list->items);
    *list = (struct class_list){NULL, 0, 0};
}

/* Ids mostly ascend with the numbers: the next is looked for after the last. */
static enum status count_images(struct catalogue *cat, int64_t dataset,
                                enum split split, struct class_list *list,
                                struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_CLASS_TALLIES);
    int at = 0;

    stmt_bind_int(q, ":dataset", dataset);
    stmt_bind_text(q, ":split", split_name(split));
    while (stmt_next(q)) {
        int64_t id = stmt_int(q, 0);

        while (at < list->count && list->items[at].id < id)
            at++;
        if (at == list->count || list->items[at].id != id)
            at = class_index(list, id);
        if (at >= 0)
            list->items[at].images[split] = stmt_int(q, 1);
        at = at < 0 ? 0 : at;
    }
    return stmt_end(q, err);
}

enum status class_all(struct catalogue *cat, int64_t dataset,
                      struct class_list *out, struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_CLASS_ALL);
    struct class_list list = {NULL, 0, 0};
    enum status status;

    stmt_bind_int(q, ":dataset", dataset);
    while (stmt_next(q)) {
        struct class_row *row;

        ARRAY_GROW(list.items, list.count, list.room);
        row = &list.items[list.count++];
        row->id = stmt_int(q, 0);
        row->number = stmt_int(q, 1);
        row->name = mem_strdup(stmt_text(q, 2));
        row->path = mem_strdup(stmt_text(q, 3));
        row->folder = mem_strdup(stmt_text(q, 4));
        memset(row->images, 0, sizeof(row->images));
    }
    status = stmt_end(q, err);
    for (int split = 0; status == OK && split < SPLIT_COUNT; split++)
        status = count_images(cat, dataset, (enum split)split, &list, err);
    if (status != OK) {
        class_list_release(&list);
        return status;
    }
    *out = list;
    return OK;
}

/* Ids follow numbers when one import made them all: look there first. */
bool class_list_same(const struct class_list *a, const struct class_list *b)
{
    for (int i = 0; i < a->count && a->count == b->count; i++) {
        if (a->items[i].id != b->items[i].id ||
            strcmp(a->items[i].name, b->items[i].name) != 0)
            return false;
    }
    return a->count == b->count;
}

int class_index(const struct class_list *list, int64_t id)
{
    int64_t guess = list->count > 0 ? id - list->items[0].id : -1;

    if (guess >= 0 && guess < list->count && list->items[guess].id == id)
        return (int)guess;
    for (int i = 0; i < list->count; i++) {
        if (list->items[i].id == id)
            return i;
    }
    return -1;
}

/* how: 0 the name, 1 the number, 2 a start of the name, 3 a part of it. */
static bool matches(const struct class_row *row, const char *text, int how)
{
    char *end;
    long long number;

    if (how == 0)
        return strcmp(row->name, text) == 0;
    if (how == 2)
        return str_starts(row->name, text);
    if (how == 3)
        return strstr(row->name, text) != NULL;
    errno = 0;
    number = strtoll(text, &end, 10);
    return errno == 0 && end != text && *end == '\0' && row->number == number;
}

#define CANDIDATES 8

/* Appends the first names that match, numbers behind them; how many match. */
static int candidates(struct str *out, const struct class_list *list,
                      const char *text, int how)
{
    int count = 0;

    for (int i = 0; i < list->count; i++) {
        const struct class_row *row = &list->items[i];

        if (!matches(row, text, how) || count++ >= CANDIDATES)
            continue;
        str_addf(out, "%s%s (%lld)", count > 1 ? ", " : "", row->name,
                 (long long)row->number);
    }
    if (count > CANDIDATES)
        str_addf(out, " and %d more", count - CANDIDATES);
    return count;
}

static enum status ambiguous(const struct class_list *list, const char *text,
                             int how, struct err *err)
{
    struct str names = STR_INIT;
    int count = candidates(&names, list, text, how);

    err_set(err, ERR_BAD_INPUT,
            "\"%s\" may be %d classes: %s; write the name in full, or its "
            "number",
            text, count, names.text);
    str_release(&names);
    return ERR_BAD_INPUT;
}

static enum status unknown(const struct class_list *list, const char *text,
                           struct err *err)
{
    struct str names = STR_INIT;

    if (text[0] != '\0')
        candidates(&names, list, text, 3);
    err_set(err, ERR_NOT_FOUND,
            "there is no class \"%s\" among the %d of this data set%s%s", text,
            list->count, names.length > 0 ? "; names that hold it: " : "",
            names.length > 0 ? names.text : "");
    str_release(&names);
    return ERR_NOT_FOUND;
}

enum status class_find(const struct class_list *list, const char *text,
                       int *index, struct err *err)
{
    for (int how = 0; how < 3 && text[0] != '\0'; how++) {
        int count = 0, found = -1;

        for (int i = 0; i < list->count; i++) {
            if (matches(&list->items[i], text, how) && count++ == 0)
                found = i;
        }
        if (count > 1)
            return ambiguous(list, text, how, err);
        if (count == 1) {
            *index = found;
            return OK;
        }
    }
    return unknown(list, text, err);
}

enum status class_insert(struct catalogue *cat, int64_t dataset,
                         const struct class_row *row, int64_t *id,
                         struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_CLASS_INSERT);
    enum status status;

    stmt_bind_int(q, ":dataset", dataset);
    stmt_bind_int(q, ":number", row->number);
    stmt_bind_text(q, ":name", row->name);
    stmt_bind_text(q, ":path", row->path != NULL ? row->path : "");
    stmt_bind_text(q, ":folder", row->folder != NULL ? row->folder : "");
    status = stmt_run(q, err);
    if (status == OK)
        *id = db_last_id(catalogue_db(cat));
    else if (status == ERR_BAD_INPUT)
        err_wrap(err, "class %lld (%s)", (long long)row->number, row->name);
    return status;
}

enum status class_rename(struct catalogue *cat, const struct class_row *row,
                         struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_CLASS_RENAME);

    stmt_bind_int(q, ":id", row->id);
    stmt_bind_text(q, ":name", row->name);
    stmt_bind_text(q, ":path", row->path);
    return stmt_run(q, err);
}
