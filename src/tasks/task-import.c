#include <config.h>

/*
 * Import: everything is read and checked first, then written in one
 * transaction that also ends the job, so a catalogue holds all of an import or
 * nothing of it, and one that was cut short is simply run again.
 */

#include "tasks/task.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "catalogue/images.h"
#include "formats/tsv.h"
#include "tasks/classplan.h"
#include "tasks/pairs.h"
#include "tasks/part.h"
#include "tasks/pictures.h"
#include "tasks/vectors.h"

enum {
    STOP_ROWS = 256,   /* asks whether to stop every so many images */
    SLOWEST_ROWS = 500 /* written a second on a slow disk, to be safe */
};

struct import {
    struct pairs pairs;
    struct part *parts; /* (pairs.count), data NULL until read */
    struct tsv tsv;     /* count 0: none */
    const char *tsv_path;
    char *names; /* owned: the folder that says what CIFAR's classes are */
    struct dataset dataset; /* id 0: to be made */
    struct classplan plan;
    int64_t images[SPLIT_COUNT];
};

static void import_release(struct import *im)
{
    for (int i = 0; im->parts != NULL && i < im->pairs.count; i++)
        part_release(&im->parts[i]);
    free(im->parts);
    tsv_release(&im->tsv);
    free(im->names);
    dataset_release(&im->dataset);
    classplan_release(&im->plan);
    pairs_release(&im->pairs);
}

/* Every line of the option `source` is one. */
static enum status find_sources(struct import *im, const struct task *task,
                                struct err *err)
{
    const char *line = task_text(task, "source");
    const char *split = task_text(task, "split");
    enum status status = OK;

    if (line == NULL)
        return err_set(err, ERR_BAD_INPUT,
                       "nothing to import: name a directory or a file of "
                       "images");
    if (split != NULL && strcmp(split, "auto") == 0)
        split = NULL;
    while (*line != '\0' && status == OK) {
        size_t n = strcspn(line, "\n");
        char *source = mem_strndup(line, n);

        if (n > 0)
            status = pairs_find(&im->pairs, source, task_text(task, "labels"),
                                split, err);
        free(source);
        line += n + (line[n] == '\n');
    }
    return status;
}

static enum status check_shape(const struct part *part, const struct dataset *d,
                               struct err *err)
{
    bool vectors = d->kind == DATASET_VECTORS;

    if (part->pair->vectors != vectors)
        return err_set(err, ERR_BAD_INPUT,
                       "%s holds %s, and data set %s %s: import them into "
                       "another data set (--dataset, --name)",
                       part->pair->images, vectors ? "images" : "features",
                       d->name, vectors ? "features" : "images");
    if (part->height == (uint32_t)d->height &&
        part->width == (uint32_t)d->width &&
        part->channels == (uint32_t)d->channels)
        return OK;
    if (vectors)
        return err_set(err, ERR_BAD_INPUT,
                       "%s: %u numbers a row, and data set %s has %d: import "
                       "them into another data set (--dataset, --name)",
                       part->pair->images, part->channels, d->name,
                       d->channels);
    return err_set(err, ERR_BAD_INPUT,
                   "%s: images of %u x %u with %u channels, and data "
                   "set %s has %d x %d with %d: import them into "
                   "another data set (--dataset)",
                   part->pair->images, part->width, part->height,
                   part->channels, d->name, d->width, d->height, d->channels);
}

/* All parts must have the shape of the data set, or of the first part. */
static enum status check_shapes(const struct import *im, struct err *err)
{
    enum status status = OK;

    for (int i = 0; i < im->pairs.count && status == OK; i++)
        status = check_shape(&im->parts[i], &im->dataset, err);
    return status;
}

static enum status read_files(struct import *im, struct task *task,
                              struct err *err)
{
    enum status status = OK;
    const char *given = task_text(task, "classes");

    im->parts = mem_zalloc((size_t)im->pairs.count, sizeof(*im->parts));
    im->tsv_path = given != NULL ? given : im->pairs.classes;
    if (im->tsv_path != NULL)
        status = tsv_read(&im->tsv, im->tsv_path, err);
    for (int i = 0; i < im->pairs.count && status == OK; i++) {
        const struct pair *pair = &im->pairs.items[i];

        status = task_progress(task, i, im->pairs.count + 1, pair->images, err);
        if (status == OK)
            status = part_read(&im->parts[i], pair, err);
        if (status == OK)
            status = task_check(task, err);
        im->images[pair->split] += im->parts[i].n;
    }
    if (status == OK && im->tsv_path == NULL) {
        status =
            part_classes(&im->tsv, &im->names, im->parts, im->pairs.count, err);
        im->tsv_path = im->names;
    }
    return status;
}

/* A data set that is yet to be made; takes the name over. */
static void new_dataset(struct import *im, char *name)
{
    const struct part *first = &im->parts[0];

    im->dataset = (struct dataset){
        .name = name,
        .kind = first->pair->vectors ? DATASET_VECTORS : DATASET_IMAGES,
        .channels = (int)first->channels,
        .height = (int)first->height,
        .width = (int)first->width,
        .created_at = clock_wall()};
}

static enum status named_dataset(struct import *im, struct task *task,
                                 const char *name, struct err *err)
{
    enum status status = dataset_find(task->cat, name, &im->dataset, err);

    if (status == OK)
        return err_set(err, ERR_BAD_INPUT,
                       "there is a data set %s already: --dataset %s adds to "
                       "it, or choose another --name",
                       name, name);
    if (status != ERR_NOT_FOUND)
        return status;
    new_dataset(im, mem_strdup(name));
    return OK;
}

/*
 * The only data set may take what it lacks. Images for a split that it has
 * already, from another directory, are more likely of another set: that is
 * asked, not guessed.
 */
static enum status lone_dataset(struct import *im, struct task *task,
                                struct err *err)
{
    enum status status = dataset_find(task->cat, NULL, &im->dataset, err);

    for (int split = 0; split < SPLIT_COUNT && status == OK; split++) {
        struct images_query q;
        int64_t n;

        images_query_init(&q);
        q.dataset = im->dataset.id;
        q.split = split;
        status = images_count(task->cat, &q, &n, err);
        if (status == OK && n > 0 && im->images[split] > 0)
            status = err_set(err, ERR_BAD_INPUT,
                             "data set %s has images of the split %s already: "
                             "--dataset %s adds these to it, --name makes a "
                             "data set of their own",
                             im->dataset.name, split_name((enum split)split),
                             im->dataset.name);
    }
    return status;
}

/*
 * The data set that was asked for; else the one named after the directory;
 * else the only one; else, in an empty catalogue, a new one.
 */
static enum status find_dataset(struct import *im, struct task *task,
                                struct err *err)
{
    const char *given = task_text(task, "dataset");
    const char *name = task_text(task, "name");
    struct dataset_list list = {NULL, 0, 0};
    struct str folder = STR_INIT;
    int sets;
    enum status status;

    if (name != NULL)
        return named_dataset(im, task, name, err);
    if (given != NULL)
        return dataset_find(task->cat, given, &im->dataset, err);
    status = dataset_all(task->cat, &list, err);
    sets = list.count;
    dataset_list_release(&list);
    if (status != OK)
        return status;
    utf8_escape(&folder, im->pairs.folder);
    if (sets == 0) {
        new_dataset(im, str_take(&folder));
        return OK;
    }
    status = dataset_find(task->cat, folder.text, &im->dataset, err);
    if (status == ERR_NOT_FOUND)
        status = lone_dataset(im, task, err);
    str_release(&folder);
    return status;
}

static enum status plan_classes(struct import *im, struct task *task,
                                struct err *err)
{
    enum status status =
        classplan_load(&im->plan, task->cat, &im->dataset, err);

    if (status == OK && im->tsv.count > 0)
        status = classplan_add_file(&im->plan, &im->tsv, im->tsv_path, err);
    for (int i = 0; i < im->pairs.count && status == OK; i++)
        if (im->parts[i].labels != NULL)
            status = classplan_add_labels(&im->plan, im->parts[i].labels,
                                          im->parts[i].n,
                                          im->parts[i].pair->labels, err);
    return status;
}

static enum status write_images(const struct import *im, struct task *task,
                                const struct part *part, int64_t source,
                                struct err *err)
{
    size_t pixels = (size_t)im->dataset.height * (size_t)im->dataset.width;
    size_t bytes = pixels * (size_t)im->dataset.channels;
    uint8_t *planes = mem_alloc(bytes);
    enum status status = OK;

    for (uint32_t i = 0; i < part->n && status == OK; i++) {
        int64_t id, class_id = 0;

        if (part->labels != NULL)
            class_id = classplan_id(&im->plan, part->labels[i]);
        part_planes(part, i, planes);
        status = image_insert(task->cat, im->dataset.id, part->pair->split,
                              class_id, source, i, planes, bytes, &id, err);
        if (status == OK && i % STOP_ROWS == 0)
            status = task_check(task, err);
    }
    free(planes);
    return status;
}

static bool stopped(const void *ctx)
{
    return task_stopped(ctx);
}

static enum status write_rows(const struct import *im, struct task *task,
                              const struct part *part, int64_t source,
                              struct err *err)
{
    int64_t *class_ids = NULL;
    enum status status;

    if (part->labels != NULL)
        class_ids = mem_zalloc(part->n, sizeof(*class_ids));
    for (uint32_t i = 0; class_ids != NULL && i < part->n; i++)
        class_ids[i] = classplan_id(&im->plan, part->labels[i]);
    status = image_insert_rows(task->cat, im->dataset.id, part->pair->split,
                               class_ids, source, part->n, stopped, task, err);
    free(class_ids);
    return status;
}

/* A file of features that was imported, and is no longer where it was: the
 * catalogue looks for it here from now on, and nothing is added. */
static enum status moved(struct import *im, struct task *task,
                         const struct source_row *now, bool *done,
                         struct err *err)
{
    struct source_row was;
    struct matrix there;
    struct err none;
    enum status status = source_find(task->cat, now->dataset_id, now->split,
                                     now->digest, &was, err);

    *done = false;
    if (status != OK)
        return status == ERR_NOT_FOUND ? OK : status;
    if (vectors_again(&there, &was, im->dataset.channels, &none) == OK) {
        matrix_release(&there); /* still there: imported twice */
    } else {
        struct source_row row = *now;

        row.id = was.id;
        status = source_move(task->cat, &row, err);
        im->images[now->split] -= now->images;
        *done = true;
    }
    source_row_release(&was);
    return status;
}

static enum status write_part(struct import *im, struct task *task,
                              const struct part *part, struct err *err)
{
    char digest[sizeof(part->digest)];
    struct source_row row = {.dataset_id = im->dataset.id,
                             .split = part->pair->split,
                             .path = part->pair->images,
                             .digest = digest,
                             .images = part->n,
                             .imported_at = clock_wall()};
    int64_t source;
    bool done = false;
    enum status status = OK;

    memcpy(digest, part->digest, sizeof(digest));
    if (part->pair->vectors) {
        vectors_place(&row, &part->features);
        status = moved(im, task, &row, &done, err);
    }
    if (status != OK || done)
        return status;
    status = source_insert(task->cat, &row, &source, err);
    if (status != OK)
        return status;
    return part->pair->vectors ? write_rows(im, task, part, source, err)
                               : write_images(im, task, part, source, err);
}

static void write_result(const struct import *im, struct str *out)
{
    json_t *o = json_pack("{s:I, s:I, s:{s:I, s:I, s:I}}", "dataset_id",
                          (json_int_t)im->dataset.id, "classes",
                          (json_int_t)im->plan.count, "images", "train",
                          (json_int_t)im->images[SPLIT_TRAIN], "test",
                          (json_int_t)im->images[SPLIT_TEST], "ood",
                          (json_int_t)im->images[SPLIT_OOD]);
    char *text;

    /* Left out when it is no UTF-8, which only a foreign catalogue holds. */
    json_object_set_new(o, "dataset", json_string(im->dataset.name));
    text = json_dumps(o, JSON_COMPACT);
    str_add(out, text);
    free(text);
    json_decref(o);
}

static enum status write_all(struct import *im, struct task *task,
                             struct err *err)
{
    enum status status = OK;

    if (im->dataset.id == 0)
        status = dataset_insert(task->cat, &im->dataset, &im->dataset.id, err);
    if (status == OK)
        status = classplan_write(&im->plan, task->cat, im->dataset.id, err);
    for (int i = 0; i < im->pairs.count && status == OK; i++)
        status = write_part(im, task, &im->parts[i], err);
    if (status == OK)
        write_result(im, &task->result);
    return status;
}

static int64_t longest_write(const struct import *im)
{
    int64_t rows = 0;

    for (int split = 0; split < SPLIT_COUNT; split++)
        rows += im->images[split];
    return rows * 1000 / SLOWEST_ROWS;
}

static enum status import_all(struct import *im, struct task *task,
                              struct err *err)
{
    enum status status = find_sources(im, task, err);

    if (status == OK)
        status = read_files(im, task, err);
    if (status == OK)
        status = find_dataset(im, task, err);
    if (status == OK)
        status = check_shapes(im, err);
    if (status == OK)
        status = plan_classes(im, task, err);
    if (status == OK)
        status = task_progress(task, im->pairs.count, im->pairs.count + 1,
                               "writing", err);
    if (status == OK)
        status = task_lengthen_lease(task, longest_write(im), err);
    if (status == OK)
        status = task_begin(task, err);
    if (status != OK)
        return status;
    status = write_all(im, task, err);
    if (status == OK)
        status = task_progress(task, im->pairs.count + 1, im->pairs.count + 1,
                               "", err);
    return task_end_done(task, status, err);
}

enum status task_import(struct task *task, struct err *err)
{
    struct import im;
    enum status status;

    if (pictures_meant(task))
        return pictures_import(task, err);
    memset(&im, 0, sizeof(im));
    status = import_all(&im, task, err);
    import_release(&im);
    return status;
}
