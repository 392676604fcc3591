#include <config.h>

#include "tasks/pictures.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "tasks/pictures-parts.h"

enum { SIZE_USUAL = 64 };

bool pictures_meant(const struct task *task)
{
    const char *source = task_text(task, "source");
    char *first;
    bool meant;

    if (source == NULL)
        return false;
    first = mem_strndup(source, strcspn(source, "\n"));
    meant = shelf_like(first);
    free(first);
    return meant;
}

static void release(struct pictures *p)
{
    for (int i = 0; p->diffs != NULL && i < p->shelves.count; i++)
        shelfdiff_release(&p->diffs[i]);
    free(p->diffs);
    shelves_release(&p->shelves);
    listing_release(&p->words);
    dataset_release(&p->dataset);
    kindplan_release(&p->plan);
    pool_free(p->pool);
    free(p->pixels);
    json_decref(p->shown);
    free(p);
}

/* Every line of the option `source` is one. */
static enum status find_shelves(struct pictures *p, struct err *err)
{
    static const char *const vals[] = {"auto", "train", "test", "skip"};
    const char *line = task_text(p->task, "source");
    const char *split = task_text(p->task, "split");
    const char *val = task_text(p->task, "val");
    struct shelf_options options = {
        .split = strcmp(split, "auto") == 0 ? NULL : split,
        .holdout = (int)task_int(p->task, "holdout")};
    enum status status = OK;

    for (int i = 0; i < (int)ARRAY_SIZE(vals); i++)
        if (strcmp(val, vals[i]) == 0)
            options.val = (enum shelf_val)i;
    if (task_text(p->task, "labels") != NULL)
        return err_set(err, ERR_BAD_INPUT,
                       "--labels is for files of images; pictures have their "
                       "classes from folders or from a list");
    while (*line != '\0' && status == OK) {
        size_t n = strcspn(line, "\n");
        char *source = mem_strndup(line, n);

        if (!shelf_like(source))
            status = err_set(err, ERR_BAD_INPUT,
                             "%s is no folder or list of pictures, as the "
                             "others are: import it by itself",
                             source);
        if (status == OK)
            status =
                task_progress(p->task, 0, 0, "looking through folders", err);
        if (status == OK)
            status = shelves_find(&p->shelves, source, &options, err);
        if (status == OK)
            status = task_check(p->task, err);
        free(source);
        line += n + (line[n] == '\n');
    }
    return status;
}

static bool same_shelf(const struct source_row *row, const struct shelf *shelf)
{
    return row->split == shelf->split && strcmp(row->path, shelf->path) == 0;
}

/* The data set that has a shelf already, or 0; only that one, unless it is 0. */
static int64_t known_dataset(const struct pictures *p,
                             const struct source_list *sources, int64_t only)
{
    for (int i = 0; i < sources->count; i++)
        for (int s = 0; s < p->shelves.count; s++)
            if ((only == 0 || sources->items[i].dataset_id == only) &&
                same_shelf(&sources->items[i], &p->shelves.items[s]))
                return sources->items[i].dataset_id;
    return 0;
}

static void new_dataset(struct pictures *p, char *name)
{
    const struct task *task = p->task;
    int size = task_text(task, "size") != NULL ? (int)task_int(task, "size")
                                               : SIZE_USUAL;

    p->dataset =
        (struct dataset){.name = name,
                         .kind = DATASET_IMAGES,
                         .channels = task_text(task, "grey") != NULL ? 1 : 3,
                         .height = size,
                         .width = size,
                         .resize = task_text(task, "resize") != NULL
                                       ? (int)task_int(task, "resize")
                                       : size,
                         .created_at = clock_wall()};
}

/* What was asked for must be what the data set has. */
static enum status check_dataset(const struct pictures *p, struct err *err)
{
    const struct dataset *d = &p->dataset;
    const struct task *task = p->task;
    int resize = d->resize > 0 ? d->resize : d->height;

    if (d->kind != DATASET_IMAGES || d->height != d->width)
        return err_set(err, ERR_BAD_INPUT,
                       "data set %s holds no square images: import into "
                       "another (--name)",
                       d->name);
    if ((task_text(task, "size") != NULL &&
         task_int(task, "size") != d->height) ||
        (task_text(task, "resize") != NULL &&
         task_int(task, "resize") != resize) ||
        (task_text(task, "grey") != NULL && d->channels != 1))
        return err_set(err, ERR_BAD_INPUT,
                       "data set %s has images of %d x %d, %s, cut from "
                       "pictures of %d: leave --size, --resize and --grey out, "
                       "or import into another (--name)",
                       d->name, d->width, d->height,
                       d->channels == 1 ? "grey" : "in colour", resize);
    if (resize < d->height)
        return err_set(err, ERR_BAD_INPUT,
                       "--resize %d is less than --size %d: the square is cut "
                       "from the resized picture",
                       resize, d->height);
    return OK;
}

static enum status find_dataset(struct pictures *p,
                                const struct source_list *sources,
                                struct err *err)
{
    const char *given = task_text(p->task, "dataset");
    const char *name = task_text(p->task, "name");
    struct catalogue *cat = p->task->cat;
    struct str named = STR_INIT;
    int64_t known;
    enum status status;

    if (given != NULL)
        return dataset_find(cat, given, &p->dataset, err);
    known = name == NULL ? known_dataset(p, sources, 0) : 0;
    if (known != 0)
        return dataset_get(cat, known, &p->dataset, err);
    if (name != NULL)
        str_add(&named, name);
    else
        utf8_escape(&named, p->shelves.name);
    status = dataset_find(cat, named.text, &p->dataset, err);
    if (status == ERR_NOT_FOUND) {
        new_dataset(p, mem_strdup(named.text));
        status = OK;
    } else if (status == OK && known_dataset(p, sources, p->dataset.id) == 0) {
        status = err_set(err, ERR_BAD_INPUT,
                         "there is a data set %s already, of other images: "
                         "--dataset %s adds to it, or choose another --name",
                         named.text, named.text);
    }
    str_release(&named);
    return status;
}

static enum status compare(struct pictures *p, struct err *err)
{
    struct source_list sources = {NULL, 0, 0};
    enum status status = source_all(p->task->cat, &sources, err);

    if (status == OK)
        status = find_dataset(p, &sources, err);
    if (status == OK)
        status = check_dataset(p, err);
    p->diffs = mem_zalloc((size_t)p->shelves.count, sizeof(*p->diffs));
    for (int s = 0; s < p->shelves.count && status == OK; s++) {
        int64_t source = 0;

        for (int i = 0; i < sources.count; i++)
            if (sources.items[i].dataset_id == p->dataset.id &&
                same_shelf(&sources.items[i], &p->shelves.items[s]))
                source = sources.items[i].id;
        status = shelfdiff_make(&p->diffs[s], p->task->cat,
                                &p->shelves.items[s], source, err);
        p->total += p->diffs[s].count;
    }
    source_list_release(&sources);
    return status;
}

static enum status plan_classes(struct pictures *p, struct err *err)
{
    const char *words = task_text(p->task, "classes");
    const char **folders;
    int64_t n = 0, room = 0;
    enum status status = OK;

    if (words != NULL)
        status = listing_read_words(&p->words, words, err);
    if (status != OK)
        return status;
    for (int s = 0; s < p->shelves.count; s++)
        room += p->shelves.items[s].walk.count;
    folders = mem_zalloc((size_t)room + 1, sizeof(*folders));
    for (int s = 0; s < p->shelves.count; s++) {
        const struct shelf *shelf = &p->shelves.items[s];

        for (int64_t i = 0; !shelf->unclassed && i < shelf->walk.count; i++)
            folders[n++] = shelf->walk.files[i].folder;
    }
    status = kindplan_make(&p->plan, p->task->cat, &p->dataset, folders, n,
                           words != NULL ? &p->words : NULL, err);
    free(folders);
    return status;
}

static enum status prepare(struct pictures *p, struct err *err)
{
    const struct dataset *d = &p->dataset;

    p->how = (struct prepare){
        .resize = (uint32_t)(d->resize > 0 ? d->resize : d->height),
        .size = (uint32_t)d->height,
        .channels = (uint32_t)d->channels};
    p->image_bytes = (size_t)d->height * (size_t)d->width * (size_t)d->channels;
    p->exact = task_text(p->task, "exact") != NULL;
    p->pixels = mem_large(PICTURES_LOT, p->image_bytes);
    if (p->pixels == NULL)
        return err_set(err, ERR_NOMEM, "no memory for %d pictures",
                       PICTURES_LOT);
    for (int i = 0; i < PICTURES_LOT; i++)
        p->items[i].pixels = p->pixels + (size_t)i * p->image_bytes;
    return pool_new(&p->pool, task_threads(p->task), err);
}

static enum status add_source(struct pictures *p, const struct shelf *shelf,
                              struct shelfdiff *diff, struct err *err)
{
    int64_t now = clock_wall();
    uint64_t hash = hash_bytes(shelf->path, strlen(shelf->path),
                               (uint64_t)now * SPLIT_COUNT + shelf->split);
    char digest[17];
    struct source_row row = {.dataset_id = p->dataset.id,
                             .split = shelf->split,
                             .path = shelf->path,
                             .digest = digest,
                             .imported_at = now};

    snprintf(digest, sizeof(digest), "%016" PRIx64, hash);
    return source_insert(p->task->cat, &row, &diff->source, err);
}

/* What the walk refused, and what is refused no longer. */
static enum status write_refusals(struct pictures *p, const struct shelf *shelf,
                                  struct shelfdiff *diff, struct err *err)
{
    const struct walk *walk = &shelf->walk;
    enum status status = OK;

    for (int64_t i = 0; i < diff->refusals.count && status == OK; i++)
        if (diff->refused_still[i])
            status = OK;
        else
            status = refusal_delete(p->task->cat, diff->source,
                                    diff->refusals.items[i].path, err);
    for (int64_t i = 0; i < walk->refused && status == OK; i++) {
        struct refusal_row row = {.path = walk->refusals[i].path,
                                  .reason = walk->refusals[i].reason,
                                  .bytes = walk->refusals[i].bytes,
                                  .mtime = walk->refusals[i].mtime};

        status = refusal_put(p->task->cat, diff->source, &row, err);
        if (status == OK)
            status = pictures_refused(p, row.path, row.reason, err);
    }
    return status;
}

/* Data set, classes, sources and what needs no reading. */
static enum status write_frame(struct pictures *p, struct err *err)
{
    enum status status = task_begin(p->task, err);

    if (status != OK)
        return status;
    if (p->dataset.id == 0)
        status = dataset_insert(p->task->cat, &p->dataset, &p->dataset.id, err);
    if (status == OK)
        status = kindplan_write(&p->plan, p->task->cat, p->dataset.id, err);
    for (int s = 0; s < p->shelves.count && status == OK; s++) {
        const struct shelf *shelf = &p->shelves.items[s];
        struct shelfdiff *diff = &p->diffs[s];

        if (diff->source == 0)
            status = add_source(p, shelf, diff, err);
        if (status == OK)
            status = write_refusals(p, shelf, diff, err);
    }
    return task_end(p->task, status, err);
}

static void write_result(const struct pictures *p, struct str *out)
{
    int64_t same = 0, missing = 0, links = 0, others = 0, refused = p->refused;
    json_t *o;
    char *text;

    for (int s = 0; s < p->shelves.count; s++) {
        same += p->diffs[s].same;
        missing += p->diffs[s].lost;
        refused += p->diffs[s].refused;
        links += p->shelves.items[s].walk.links;
        others += p->shelves.items[s].walk.others;
    }
    o = json_pack("{s:I, s:I, s:{s:I, s:I, s:I}, s:I, s:I, s:I, s:I, s:I, s:I, "
                  "s:I, s:O}",
                  "dataset_id", (json_int_t)p->dataset.id, "classes",
                  (json_int_t)p->plan.count, "images", "train",
                  (json_int_t)p->images[SPLIT_TRAIN], "test",
                  (json_int_t)p->images[SPLIT_TEST], "ood",
                  (json_int_t)p->images[SPLIT_OOD], "changed",
                  (json_int_t)p->changed, "moved", (json_int_t)p->moved, "same",
                  (json_int_t)same, "missing", (json_int_t)missing, "refused",
                  (json_int_t)refused, "links", (json_int_t)links, "others",
                  (json_int_t)others, "refusals", p->shown);
    if (p->shelves.left_out != NULL) {
        struct str safe = STR_INIT;

        utf8_escape(&safe, p->shelves.left_out);
        json_object_set_new(o, "left_out", json_string(safe.text));
        str_release(&safe);
    }
    json_object_set_new(o, "dataset", json_string(p->dataset.name));
    text = json_dumps(o, JSON_COMPACT);
    str_add(out, text);
    free(text);
    json_decref(o);
}

static enum status import_all(struct pictures *p, struct err *err)
{
    struct task *task = p->task;
    enum status status = find_shelves(p, err);

    if (status == OK)
        status = compare(p, err);
    if (status == OK)
        status = plan_classes(p, err);
    if (status == OK && p->total > 0)
        status = prepare(p, err);
    if (status == OK && task_text(task, "strict") != NULL)
        status = picturelots_try(p, err);
    if (status == OK)
        status = task_progress(task, 0, p->total, "reading pictures", err);
    if (status == OK)
        status = write_frame(p, err);
    for (int s = 0; s < p->shelves.count && status == OK; s++)
        status = picturelots_write(p, s, err);
    if (status != OK)
        return status;
    write_result(p, &task->result);
    status = task_begin(task, err);
    return status == OK ? task_end_done(task, OK, err) : status;
}

enum status pictures_import(struct task *task, struct err *err)
{
    struct pictures *p = mem_zalloc(1, sizeof(*p));
    enum status status;

    p->task = task;
    p->shown = json_array();
    status = import_all(p, err);
    release(p);
    return status;
}
