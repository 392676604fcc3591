#include <config.h>

#include "tasks/pictures-parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "catalogue/images.h"
#include "catalogue/originals.h"

/* Reads n files from item `first` of a diff on. */
static void read_lot(struct pictures *p, const struct shelf *shelf,
                     const struct shelfdiff *diff, int64_t first, int n)
{
    for (int i = 0; i < n; i++) {
        const struct shelfdiff_item *item = &diff->items[first + i];
        struct str path = STR_INIT;
        uint8_t *pixels = p->items[i].pixels;

        if (item->file->path[0] != '/')
            str_addf(&path, "%s/", shelf->path);
        str_add(&path, item->file->path);
        p->paths[i] = str_take(&path);
        p->items[i] = (struct harvest_item){
            .path = p->paths[i],
            .known = item->was != NULL ? item->was->digest : NULL,
            .pixels = pixels};
    }
    harvest_run(p->pool, p->items, n, &p->how, p->exact);
}

static void release_lot(struct pictures *p, int n)
{
    harvest_release(p->items, n);
    for (int i = 0; i < n; i++)
        free(p->paths[i]);
}

/* Counts it, and tells of the first ones. */
enum status pictures_refused(struct pictures *p, const char *path,
                             const char *reason, struct err *err)
{
    struct str safe = STR_INIT;
    enum status status = OK;

    utf8_escape(&safe, path);
    if (p->refused < PICTURES_SHOWN)
        json_array_append_new(p->shown, json_pack("{s:s, s:s}", "path",
                                                  safe.text, "reason", reason));
    if (p->refused < PICTURES_SHOWN + PICTURES_LOGGED &&
        (p->strict || p->refused >= PICTURES_SHOWN))
        status =
            task_log(p->task, err, "refused %.300s: %.180s", safe.text, reason);
    p->refused++;
    str_release(&safe);
    return status;
}

static enum status refuse(struct pictures *p, struct shelfdiff *diff,
                          const struct shelfdiff_item *item,
                          const struct harvest_item *got, struct err *err)
{
    struct refusal_row row = {.path = item->file->path,
                              .reason = got->refused,
                              .bytes = item->file->bytes,
                              .mtime = item->file->mtime};
    enum status status = refusal_put(p->task->cat, diff->source, &row, err);

    return status == OK ? pictures_refused(p, row.path, row.reason, err)
                        : status;
}

static int64_t class_of(const struct pictures *p, const struct shelf *shelf,
                        const struct walk_file *file)
{
    return shelf->unclassed ? 0 : kindplan_id(&p->plan, file->folder);
}

/* An image that is there: its file was touched, has changed, or was moved. */
static enum status write_known(struct pictures *p, const struct shelf *shelf,
                               const struct original_row *was,
                               const struct walk_file *file,
                               const struct harvest_item *got, struct err *err)
{
    struct catalogue *cat = p->task->cat;
    struct original_row row = {.image_id = was->image_id,
                               .path = file->path,
                               .bytes = got->bytes,
                               .mtime = got->mtime,
                               .width = got->width,
                               .height = got->height};
    int64_t class_id = class_of(p, shelf, file);
    enum status status;

    memcpy(row.digest, got->digest, sizeof(row.digest));
    if (strcmp(was->digest, got->digest) == 0) {
        status = original_touch(cat, &row, err);
    } else {
        p->changed++;
        status = original_repaint(cat, p->dataset.id, was->image_id,
                                  got->pixels, p->image_bytes, err);
        if (status == OK)
            status = original_update(cat, &row, err);
    }
    if (status == OK && class_id != was->class_id)
        status = original_reclass(cat, p->dataset.id, shelf->split,
                                  was->image_id, was->class_id, class_id, err);
    return status;
}

static enum status write_new(struct pictures *p, const struct shelf *shelf,
                             struct shelfdiff *diff,
                             const struct walk_file *file,
                             const struct harvest_item *got, struct err *err)
{
    struct original_row row = {.source_id = diff->source,
                               .path = file->path,
                               .bytes = got->bytes,
                               .mtime = got->mtime,
                               .width = got->width,
                               .height = got->height};
    const struct original_row *was = shelfdiff_moved(diff, got->digest);
    enum status status;

    if (was != NULL) {
        p->moved++;
        return write_known(p, shelf, was, file, got, err);
    }
    memcpy(row.digest, got->digest, sizeof(row.digest));
    status =
        image_insert(p->task->cat, p->dataset.id, shelf->split,
                     class_of(p, shelf, file), diff->source, diff->images++,
                     got->pixels, p->image_bytes, &row.image_id, err);
    if (status == OK)
        status = original_insert(p->task->cat, &row, err);
    p->images[shelf->split]++;
    return status;
}

static enum status write_lot(struct pictures *p, const struct shelf *shelf,
                             struct shelfdiff *diff, int64_t first, int n,
                             struct err *err)
{
    struct catalogue *cat = p->task->cat;
    int64_t before = diff->images;
    enum status status = OK;

    for (int i = 0; i < n && status == OK; i++) {
        const struct shelfdiff_item *item = &diff->items[first + i];
        const struct harvest_item *got = &p->items[i];

        if (got->refused != NULL)
            status = refuse(p, diff, item, got, err);
        else if (item->was != NULL)
            status = write_known(p, shelf, item->was, item->file, got, err);
        else
            status = write_new(p, shelf, diff, item->file, got, err);
        if (status == OK && got->refused == NULL && item->refused)
            status = refusal_delete(cat, diff->source, item->file->path, err);
    }
    if (status == OK && diff->images > before)
        status = source_grow(cat, diff->source, diff->images - before, err);
    return status;
}

static enum status progress(struct pictures *p, int n, struct err *err)
{
    char message[64];

    p->done += n;
    snprintf(message, sizeof(message), "reading pictures, %" PRId64 " refused",
             p->refused);
    return task_progress(p->task, p->done, p->total,
                         p->refused > 0 ? message : "reading pictures", err);
}

/* What was written stays, and the same command goes on from there. */
static enum status check_stopped(const struct pictures *p, struct err *err)
{
    if (!task_stopped(p->task))
        return OK;
    return err_set(err, ERR_CANCELLED,
                   "stopped after %lld of %lld pictures: the same command does "
                   "the rest",
                   (long long)p->done, (long long)p->total);
}

enum status picturelots_write(struct pictures *p, int s, struct err *err)
{
    const struct shelf *shelf = &p->shelves.items[s];
    struct shelfdiff *diff = &p->diffs[s];
    enum status status = OK;

    for (int64_t at = 0; at < diff->count && status == OK; at += PICTURES_LOT) {
        int n = diff->count - at < PICTURES_LOT ? (int)(diff->count - at)
                                                : PICTURES_LOT;

        status = check_stopped(p, err);
        if (status != OK)
            break;
        read_lot(p, shelf, diff, at, n);
        status = task_begin(p->task, err);
        if (status == OK)
            status =
                task_end(p->task, write_lot(p, shelf, diff, at, n, err), err);
        release_lot(p, n);
        if (status == OK)
            status = progress(p, n, err);
    }
    return status;
}

/* What of a shelf can't be read, in the order of the walk, then of what is
 * known to be broken, then of the rest. */
static enum status try_shelf(struct pictures *p, int s, struct err *err)
{
    const struct walk *walk = &p->shelves.items[s].walk;
    const struct shelfdiff *diff = &p->diffs[s];
    enum status status = OK;

    for (int64_t i = 0; i < walk->refused && status == OK; i++)
        status = pictures_refused(p, walk->refusals[i].path,
                                  walk->refusals[i].reason, err);
    for (int64_t i = 0; i < diff->refusals.count && status == OK; i++)
        if (diff->refused_still[i])
            status = pictures_refused(p, diff->refusals.items[i].path,
                                      diff->refusals.items[i].reason, err);
    for (int64_t at = 0; at < diff->count && status == OK; at += PICTURES_LOT) {
        int64_t rest = diff->count - at;
        int n = rest < PICTURES_LOT ? (int)rest : PICTURES_LOT;

        status = check_stopped(p, err);
        if (status != OK)
            break;
        read_lot(p, &p->shelves.items[s], diff, at, n);
        for (int i = 0; i < n && status == OK; i++)
            if (p->items[i].refused != NULL)
                status = pictures_refused(p, diff->items[at + i].file->path,
                                          p->items[i].refused, err);
        release_lot(p, n);
        if (status == OK)
            status = task_progress(p->task, at + n, p->total,
                                   "looking for what is broken", err);
    }
    return status;
}

enum status picturelots_try(struct pictures *p, struct err *err)
{
    const json_t *first;
    enum status status = OK;

    p->strict = true;
    for (int s = 0; s < p->shelves.count && status == OK; s++)
        status = try_shelf(p, s, err);
    p->strict = false;
    if (status != OK || p->refused == 0)
        return status;
    first = json_array_get(p->shown, 0);
    return err_set(err, ERR_BAD_INPUT,
                   "%lld files can't be taken in, the first %.300s: %.180s: "
                   "without --strict they are left out",
                   (long long)p->refused,
                   json_string_value(json_object_get(first, "path")),
                   json_string_value(json_object_get(first, "reason")));
}
