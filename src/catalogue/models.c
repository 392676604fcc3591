#include <config.h>

#include "catalogue/models.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "store/stmt.h"

static const char *const state_names[] = {
    [MODEL_LEARNING] = "learning",
    [MODEL_READY] = "ready",
};

void model_release(struct model_row *model)
{
    free(model->name);
    free(model->encoder);
    free(model->recipe);
    free(model->options);
    free(model->baseline);
    *model = (struct model_row){0};
}

void model_list_release(struct model_list *list)
{
    for (int i = 0; i < list->count; i++)
        model_release(&list->items[i]);
    free(list->items);
    *list = (struct model_list){NULL, 0, 0};
}

static enum status row(struct stmt *q, const char *path, struct model_row *out,
                       struct err *err)
{
    int64_t bits = stmt_int(q, 6);

    if (bits < 1 || bits > 64)
        return err_set(err, ERR_CATALOGUE,
                       "%s is damaged: model %lld has codes of %lld bits; go "
                       "back to a copy",
                       path, (long long)stmt_int(q, 0), (long long)bits);
    out->id = stmt_int(q, 0);
    out->dataset_id = stmt_int(q, 1);
    out->name = mem_strdup(stmt_text(q, 2));
    out->encoder = mem_strdup(stmt_text(q, 3));
    out->recipe = mem_strdup(stmt_text(q, 4));
    out->options = mem_strdup(stmt_text(q, 5));
    out->bits = (int)bits;
    out->seed = stmt_int(q, 7);
    out->state =
        strcmp(stmt_text(q, 8), "ready") == 0 ? MODEL_READY : MODEL_LEARNING;
    out->phase = (int)stmt_int(q, 9);
    out->step = (int)stmt_int(q, 10);
    out->steps = (int)stmt_int(q, 11);
    out->margin_scale = stmt_real(q, 12);
    out->created_at = stmt_int(q, 13);
    out->coded = stmt_int(q, 14);
    out->baseline = mem_strdup(stmt_is_null(q, 15) ? "" : stmt_text(q, 15));
    return OK;
}

enum status model_all(struct catalogue *cat, struct model_list *out,
                      struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_MODEL_ALL);
    struct model_list list = {NULL, 0, 0};
    enum status status = OK, ended;

    while (status == OK && stmt_next(q)) {
        ARRAY_GROW(list.items, list.count, list.room);
        status = row(q, catalogue_path(cat), &list.items[list.count], err);
        list.count += status == OK;
    }
    ended = stmt_end(q, err);
    if (status != OK || ended != OK) {
        model_list_release(&list);
        return status != OK ? status : ended;
    }
    *out = list;
    return OK;
}

/* The one row of a query; ERR_NOT_FOUND leaves the message to the caller. */
static enum status one(struct catalogue *cat, struct stmt *q,
                       struct model_row *out, struct err *err)
{
    struct model_row found = {0};
    enum status status = ERR_NOT_FOUND, ended;

    if (stmt_next(q))
        status = row(q, catalogue_path(cat), &found, err);
    ended = stmt_end(q, err);
    if (status != OK || ended != OK) {
        model_release(&found);
        return ended != OK ? ended : status;
    }
    *out = found;
    return OK;
}

enum status model_get(struct catalogue *cat, int64_t id, struct model_row *out,
                      struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_MODEL_BY_ID);
    enum status status;

    stmt_bind_int(q, ":id", id);
    status = one(cat, q, out, err);
    if (status == ERR_NOT_FOUND)
        err_set(err, status, "there is no model %lld", (long long)id);
    return status;
}

static enum status not_found(struct catalogue *cat, const char *name,
                             struct err *err)
{
    struct str names = STR_INIT;
    struct model_list list;
    enum status status = model_all(cat, &list, err);

    if (status != OK)
        return status;
    for (int i = 0; i < list.count; i++)
        str_addf(&names, "%s%s", i ? ", " : "", list.items[i].name);
    status = list.count == 0 || name == NULL || name[0] == '\0'
                 ? err_set(err, ERR_NOT_FOUND,
                           "the catalogue has no model yet: learn one with "
                           "`bitgrove learn %s'",
                           catalogue_path(cat))
                 : err_set(err, ERR_NOT_FOUND,
                           "there is no model \"%s\", there is: %s", name,
                           names.text);
    model_list_release(&list);
    str_release(&names);
    return status;
}

enum status model_find(struct catalogue *cat, const char *name,
                       struct model_row *out, struct err *err)
{
    bool any = name == NULL || name[0] == '\0';
    struct stmt *q =
        stmt_use(catalogue_db(cat), any ? Q_MODEL_NEWEST : Q_MODEL_BY_NAME);
    enum status status;

    if (!any)
        stmt_bind_text(q, ":name", name);
    status = one(cat, q, out, err);
    return status == ERR_NOT_FOUND ? not_found(cat, name, err) : status;
}

bool model_has_codes(const struct model_row *model)
{
    return strcmp(model->baseline, "ordinary") != 0;
}

enum status model_need_codes(const struct model_row *model, struct err *err)
{
    if (model_has_codes(model))
        return OK;
    return err_set(err, ERR_BAD_INPUT,
                   "model %s is an ordinary classifier: it has no codes. "
                   "Choose another with --model; what it reached is printed "
                   "by: bitgrove eval CATALOGUE --baselines",
                   model->name);
}

enum status model_insert(struct catalogue *cat, const struct model_row *model,
                         int64_t *id, struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_MODEL_INSERT);
    enum status status;

    stmt_bind_int(q, ":dataset", model->dataset_id);
    stmt_bind_text(q, ":name", model->name);
    stmt_bind_text(q, ":encoder", model->encoder);
    stmt_bind_text(q, ":recipe", model->recipe);
    stmt_bind_text(q, ":options", model->options);
    stmt_bind_int(q, ":bits", model->bits);
    stmt_bind_int(q, ":seed", model->seed);
    stmt_bind_text(q, ":state", state_names[model->state]);
    stmt_bind_int(q, ":phase", model->phase);
    stmt_bind_int(q, ":step", model->step);
    stmt_bind_int(q, ":steps", model->steps);
    stmt_bind_real(q, ":margin_scale", model->margin_scale);
    stmt_bind_int(q, ":created_at", model->created_at);
    status = stmt_run(q, err);
    if (status == OK)
        *id = db_last_id(catalogue_db(cat));
    else if (status == ERR_BAD_INPUT && strstr(err->text, "model.name") != NULL)
        err_set(err, status,
                "there is a model \"%s\" already: choose another name",
                model->name);
    return status;
}

enum status model_update(struct catalogue *cat, const struct model_row *model,
                         struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_MODEL_UPDATE);
    enum status status;

    stmt_bind_text(q, ":state", state_names[model->state]);
    stmt_bind_int(q, ":phase", model->phase);
    stmt_bind_int(q, ":step", model->step);
    stmt_bind_int(q, ":steps", model->steps);
    stmt_bind_real(q, ":margin_scale", model->margin_scale);
    stmt_bind_int(q, ":id", model->id);
    status = stmt_run(q, err);
    if (status == OK && db_changed_rows(catalogue_db(cat)) == 0)
        return err_set(err, ERR_NOT_FOUND, "there is no model %lld",
                       (long long)model->id);
    return status;
}

enum status model_forget(struct catalogue *cat, int64_t id, struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_MODEL_FORGET);

    stmt_bind_int(q, ":id", id);
    return stmt_run(q, err);
}

static double rate(struct stmt *q, int column)
{
    return stmt_is_null(q, column) ? (double)NAN : stmt_real(q, column);
}

enum status history_all(struct catalogue *cat, int64_t model,
                        struct history_list *out, struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_HISTORY_ALL);
    struct history_list list = {NULL, 0, 0};
    enum status status;

    stmt_bind_int(q, ":model", model);
    while (stmt_next(q)) {
        struct history_row *h;

        ARRAY_GROW(list.items, list.count, list.room);
        h = &list.items[list.count++];
        h->step = (int)stmt_int(q, 0);
        h->phase = (int)stmt_int(q, 1);
        h->epoch = (int)stmt_int(q, 2);
        h->loss = stmt_real(q, 3);
        h->rate = stmt_real(q, 4);
        h->top1 = rate(q, 5);
        h->top5 = rate(q, 6);
        h->mhd = rate(q, 7);
        h->ed = rate(q, 8);
        h->ties = rate(q, 9);
        h->duration = stmt_int(q, 10);
        h->at = stmt_int(q, 11);
    }
    status = stmt_end(q, err);
    if (status != OK) {
        history_list_release(&list);
        return status;
    }
    *out = list;
    return OK;
}

void history_list_release(struct history_list *list)
{
    free(list->items);
    *list = (struct history_list){NULL, 0, 0};
}

const struct history_row *history_classes(const struct history_list *list,
                                          const struct model_row *model)
{
    int from = model->baseline[0] ? MODEL_WARM : MODEL_CODEBOOK;
    bool paper = strcmp(model->recipe, "paper") == 0 && !model->baseline[0];
    int to = paper ? MODEL_CODEBOOK : MODEL_INSTANCE;

    for (int i = list->count - 1; i >= 0; i--) {
        const struct history_row *row = &list->items[i];

        if (row->phase >= from && row->phase <= to && !isnan(row->top1))
            return row;
    }
    return NULL;
}

/* SQLite takes a NAN for a NULL by itself. */
enum status history_insert(struct catalogue *cat, int64_t model,
                           const struct history_row *h, struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_HISTORY_INSERT);

    stmt_bind_int(q, ":model", model);
    stmt_bind_int(q, ":step", h->step);
    stmt_bind_int(q, ":phase", h->phase);
    stmt_bind_int(q, ":epoch", h->epoch);
    stmt_bind_real(q, ":loss", h->loss);
    stmt_bind_real(q, ":rate", h->rate);
    stmt_bind_real(q, ":top1", h->top1);
    stmt_bind_real(q, ":top5", h->top5);
    stmt_bind_real(q, ":mhd", h->mhd);
    stmt_bind_real(q, ":ed", h->ed);
    stmt_bind_real(q, ":ties", h->ties);
    stmt_bind_int(q, ":duration", h->duration);
    stmt_bind_int(q, ":at", h->at);
    return stmt_run(q, err);
}

enum status checkpoint_load(struct catalogue *cat, int64_t model, int *step,
                            uint8_t **bytes, size_t *size, struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_CHECKPOINT_LOAD);
    enum status status = OK, ended;
    uint8_t *copy = NULL;
    size_t length = 0;
    int at = 0;

    stmt_bind_int(q, ":model", model);
    if (!stmt_next(q)) {
        status = err_set(err, ERR_NOT_FOUND, "model %lld has no checkpoint",
                         (long long)model);
    } else {
        const void *blob = stmt_blob(q, 1, &length);

        at = (int)stmt_int(q, 0);
        copy = mem_large(length > 0 ? length : 1, 1);
        if (copy == NULL)
            status = err_set(err, ERR_NOMEM,
                             "no memory for a checkpoint of %zu bytes", length);
        else if (length > 0)
            memcpy(copy, blob, length);
    }
    ended = stmt_end(q, err);
    if (status != OK || ended != OK) {
        free(copy);
        return ended != OK ? ended : status;
    }
    *step = at;
    *bytes = copy;
    *size = length;
    return OK;
}

enum status checkpoint_save(struct catalogue *cat, int64_t model, int step,
                            const void *bytes, size_t size, struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_CHECKPOINT_SAVE);

    stmt_bind_int(q, ":model", model);
    stmt_bind_int(q, ":step", step);
    stmt_bind_blob(q, ":state", bytes, size);
    return stmt_run(q, err);
}

/* Bytes of a row beside the state: its header and two numbers. */
#define CHECKPOINT_ROW 64

enum status checkpoint_fits(const struct catalogue *cat, size_t size,
                            struct err *err)
{
    size_t limit = db_row_limit(catalogue_db(cat));

    if (limit >= CHECKPOINT_ROW && size <= limit - CHECKPOINT_ROW)
        return OK;
    return err_set(err, ERR_BAD_INPUT,
                   "a checkpoint of this model takes %.1f MB, and a catalogue "
                   "holds up to %.1f MB in one piece: take a smaller encoder "
                   "(--encoder, --width), shorter vectors or fewer classes",
                   (double)size / 1e6, (double)limit / 1e6);
}
