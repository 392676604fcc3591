#include <config.h>

#include "sql/snapshot.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "catalogue/models.h"

#define KEPT 4 /* models at a time; the one that rested longest makes room */

/* One that is kept, and the question it last was the answer to. */
struct entry {
    struct snapshot *snapshot;
    bool answers; /* it still is */
    char *name;   /* NULL: asked by id */
    int64_t id, used;
};

struct snapshots {
    struct db *db; /* a twin of the connection's */
    struct catalogue *cat;
    struct entry entries[KEPT];
    struct db_mark mark; /* when entries were last known to be right */
    int64_t clock;
};

struct snapshots *snapshots_new(struct db *db)
{
    struct snapshots *all = mem_zalloc(1, sizeof(*all));

    all->db = db_twin(db);
    all->cat = catalogue_over(all->db);
    return all;
}

void snapshot_drop(struct snapshot *snapshot)
{
    if (snapshot == NULL || --snapshot->references > 0)
        return;
    nearindex_free(snapshot->index);
    image_codes_release(&snapshot->codes);
    class_list_release(&snapshot->classes);
    free(snapshot->labels);
    free(snapshot);
}

static void forget(struct entry *entry)
{
    snapshot_drop(entry->snapshot);
    free(entry->name);
    *entry = (struct entry){0};
}

void snapshots_free(struct snapshots *all)
{
    for (int i = 0; i < KEPT; i++)
        forget(&all->entries[i]);
    catalogue_leave(all->cat);
    db_twin_free(all->db);
    free(all);
}

struct catalogue *snapshots_catalogue(struct snapshots *all)
{
    return all->cat;
}

void snapshots_rest(struct snapshots *all)
{
    db_twin_rest(all->db);
}

static enum status load(struct catalogue *cat, const struct model_row *model,
                        struct snapshot *out, struct err *err)
{
    enum status status = image_codes_load(cat, model->id, &out->codes, err);

    if (status == OK)
        status = class_all(cat, model->dataset_id, &out->classes, err);
    if (status != OK)
        return status;
    out->labels = image_codes_labels(&out->codes, &out->classes);
    out->set = (struct near_set){.count = (size_t)out->codes.n,
                                 .bits = out->codes.bits,
                                 .ids = out->codes.ids,
                                 .codes = out->codes.codes,
                                 .margins = out->codes.margins,
                                 .classes = out->labels,
                                 .splits = out->codes.split};
    return nearindex_build(&out->index, &out->set, err);
}

static struct entry *place_of(struct snapshots *all, int64_t model)
{
    struct entry *oldest = &all->entries[0];

    for (int i = 0; i < KEPT; i++) {
        struct entry *entry = &all->entries[i];

        if (entry->snapshot != NULL && entry->snapshot->model == model)
            return entry;
        if (entry->used < oldest->used)
            oldest = entry;
    }
    return oldest;
}

/* The model's entry, read anew unless its codes are surely the same. Names of
 * classes may have changed as well: they are few. */
static enum status refresh(struct snapshots *all, const struct model_row *model,
                           struct entry **out, struct err *err)
{
    struct entry *entry = place_of(all, model->id);
    struct image_codes_stamp stamp = {0};
    struct class_list classes = {0};
    struct snapshot *fresh;
    enum status status = image_codes_stamp(all->cat, model->id, &stamp, err);

    if (status != OK)
        return status;
    *out = entry;
    if (entry->snapshot != NULL && entry->snapshot->model == model->id &&
        image_codes_unchanged(&stamp, &entry->snapshot->stamp)) {
        status = class_all(all->cat, model->dataset_id, &classes, err);
        if (status != OK)
            return status;
        if (class_list_same(&classes, &entry->snapshot->classes)) {
            class_list_release(&classes);
            return OK;
        }
        class_list_release(&classes);
    }
    fresh = mem_zalloc(1, sizeof(*fresh));
    fresh->references = 1;
    fresh->model = model->id;
    fresh->stamp = stamp;
    status = load(all->cat, model, fresh, err);
    if (status != OK) {
        snapshot_drop(fresh);
        return status;
    }
    forget(entry);
    entry->snapshot = fresh;
    return OK;
}

static enum status find(struct snapshots *all, const char *name, int64_t id,
                        struct entry **out, struct err *err)
{
    struct model_row model = {0};
    enum status status = catalogue_known(all->cat, err);

    if (status == OK)
        status = name == NULL && id != 0
                     ? model_get(all->cat, id, &model, err)
                     : model_find(all->cat, name, &model, err);
    if (status == OK)
        status = model_need_codes(&model, err);
    if (status == OK)
        status = refresh(all, &model, out, err);
    model_release(&model);
    if (status == OK) {
        free((*out)->name);
        (*out)->name = name != NULL ? mem_strdup(name) : NULL;
        (*out)->id = name != NULL ? 0 : id;
        (*out)->answers = true;
    }
    return status;
}

static bool answers(const struct entry *entry, const char *name, int64_t id)
{
    if (!entry->answers || entry->id != id)
        return false;
    return name == NULL ? entry->name == NULL
                        : entry->name != NULL && strcmp(name, entry->name) == 0;
}

/* What was found before is right only while nothing changed at all. */
static struct entry *known(struct snapshots *all, const char *name, int64_t id)
{
    struct db_mark mark;

    db_mark(all->db, &mark);
    if (!db_mark_same(&mark, &all->mark)) {
        for (int i = 0; i < KEPT; i++)
            all->entries[i].answers = false;
        all->mark = mark;
        return NULL;
    }
    for (int i = 0; i < KEPT; i++) {
        if (answers(&all->entries[i], name, id))
            return &all->entries[i];
    }
    return NULL;
}

enum status snapshots_get(struct snapshots *all, const char *name, int64_t id,
                          struct snapshot **out, struct err *err)
{
    struct entry *entry = known(all, name, name != NULL ? 0 : id);
    enum status status = OK;

    if (entry == NULL) {
        status = find(all, name, id, &entry, err);
        snapshots_rest(all);
    }
    if (status != OK)
        return status;
    entry->used = ++all->clock;
    *out = entry->snapshot;
    entry->snapshot->references++;
    return OK;
}
