#include <config.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "bed.h"
#include "catalogue/images.h"
#include "catalogue/models.h"
#include "tap.h"
#include "tasks/task.h"

static struct bed bed;

/* Asked so often, a task under test is told to stop; -1: never. */
static int stop_after = -1;

static bool stopped(void *ctx)
{
    (void)ctx;
    return stop_after >= 0 && stop_after-- == 0;
}

/* Leases the one job that waits, runs it here and ends it. */
static enum status run_queued(struct err *err)
{
    struct catalogue *cat = bed_open(&bed);
    struct task task = {.cat = cat,
                        .worker = "test",
                        .lease_ms = JOB_LEASE_MS,
                        .stopped = stopped};
    struct err why = {OK, ""};
    struct job job;
    enum status status;

    if (job_lease(cat, "test", JOB_LEASE_MS, &job, err) != OK)
        abort();
    status = task_init(&task, &job, err);
    if (status == OK)
        status = task_run(&task, err);
    if (!task.finished &&
        job_finish(cat, job.id, "test", status == OK ? JOB_DONE : JOB_FAILED,
                   status == OK ? NULL : err, task.result.text, &why) != OK)
        abort();
    task_release(&task);
    job_release(&job);
    catalogue_close(cat);
    return status;
}

/* An import of pairs of option and value, NULL at the end. */
static enum status import(struct err *err, const char *source, const char *n1,
                          const char *v1, const char *n2, const char *v2)
{
    if (n1 == NULL)
        bed_queue(&bed, JOB_IMPORT, "source", source, NULL);
    else if (n2 == NULL)
        bed_queue(&bed, JOB_IMPORT, "source", source, n1, v1, NULL);
    else
        bed_queue(&bed, JOB_IMPORT, "source", source, n1, v1, n2, v2, NULL);
    return run_queued(err);
}

static void fresh(void)
{
    unlink(bed.path);
    unlink(bed_file(&bed, "c.bitgrove-wal"));
    unlink(bed_file(&bed, "c.bitgrove-shm"));
}

static void save(const char *path, const void *head, size_t n, size_t zeros)
{
    FILE *f = fopen(path, "wb");
    size_t done = 0;

    if (f == NULL || fwrite(head, 1, n, f) != n)
        abort();
    while (done < zeros && putc((int)(done % 251), f) != EOF)
        done++;
    if (fclose(f) != 0)
        abort();
}

/* n images of side x side, grey unless channels is 3. */
static const char *images(const char *name, unsigned n, unsigned side,
                          unsigned channels)
{
    unsigned char h[20] = {0, 0, 8, 3, 0, 0, 0, 0, 0, 0,
                           0, 0, 0, 0, 0, 0, 0, 0, 0, 3};
    const char *path = bed_file(&bed, name);

    h[3] = channels == 3 ? 4 : 3;
    h[7] = (unsigned char)n;
    h[11] = h[15] = (unsigned char)side;
    save(path, h, channels == 3 ? 20 : 16, (size_t)n * side * side * channels);
    return path;
}

/* Labels of 32 bits. */
static const char *labels(const char *name, const unsigned *values, unsigned n)
{
    unsigned char h[8 + 4 * 16] = {0, 0, 0x0c, 1, 0, 0, 0, (unsigned char)n};
    const char *path = bed_file(&bed, name);

    for (unsigned i = 0; i < n; i++)
        for (int b = 0; b < 4; b++)
            h[8 + 4 * i + (unsigned)b] =
                (unsigned char)(values[i] >> (24 - 8 * b));
    save(path, h, 8 + 4 * (size_t)n, 0);
    return path;
}

static void refused(const char *what, const char *text, const char *source,
                    const char *n1, const char *v1, const char *n2,
                    const char *v2)
{
    struct catalogue_info before = bed_info(&bed), after;
    struct err err = {OK, ""};

    tap_ok(import(&err, source, n1, v1, n2, v2) != OK, "%s is refused", what);
    if (!tap_ok(strstr(err.text, text) != NULL, "%s: says \"%s\"", what, text))
        tap_note("%s", err.text);
    after = bed_info(&bed);
    tap_ok(bed_same(&before, &after), "%s: the catalogue is as it was", what);
}

static bool taken(const char *what, const char *source, const char *n1,
                  const char *v1, const char *n2, const char *v2)
{
    struct err err = {OK, ""};
    bool ok = import(&err, source, n1, v1, n2, v2) == OK;

    if (!tap_ok(ok, "%s is taken", what))
        tap_note("%s", err.text);
    return ok;
}

static void test_directory(void)
{
    struct catalogue_info info;
    struct catalogue *cat;
    struct dataset dataset;
    struct class_list classes;
    struct job job;
    struct err err;

    fresh();
    taken("a directory", bed.images, NULL, NULL, NULL, NULL);
    info = bed_info(&bed);
    tap_int(info.datasets, 1, "one data set");
    tap_int(info.classes, 5, "its classes");
    tap_int(info.train, 60, "training images");
    tap_int(info.test, 20, "test images");
    tap_int(info.ood, 20, "images of no class");
    job = bed_job(&bed, 1);
    tap_int(job.state, JOB_DONE, "the job is done");
    tap_ok(strstr(job.result, "\"train\":60") != NULL, "its result counts");
    job_release(&job);

    cat = bed_open(&bed);
    if (tap_int(dataset_find(cat, NULL, &dataset, &err), OK, "data set")) {
        tap_str(dataset.name, "shapes", "is named after the directory");
        tap_int(dataset.height, 16, "height");
        tap_int(dataset.channels, 1, "channels");
        if (tap_int(class_all(cat, dataset.id, &classes, &err), OK, "list")) {
            tap_str(classes.items[4].name, "bar 2", "name from the file");
            tap_str(classes.items[4].path, "shape/bar", "and path");
            tap_int(classes.items[4].images[SPLIT_TRAIN], 12, "its images");
            class_list_release(&classes);
        }
        dataset_release(&dataset);
    }
    catalogue_close(cat);
    tap_ok(bed_sound(&bed), "the check finds nothing");
    refused("the same again", "already", bed.images, NULL, NULL, NULL, NULL);
}

/* A second import adds; what it may add to is asked where it is not plain. */
static void test_second(void)
{
    const char *train = bed_file(&bed, "shapes/train-images-idx3-ubyte");
    const char *test = bed_file(&bed, "shapes/t10k-images-idx3-ubyte");
    const char *ood = bed_file(&bed, "shapes/ood-images-idx3-ubyte");
    const char *tsv = bed_file(&bed, "shapes/classes.tsv");
    static const unsigned zero[] = {0};
    const char *other_images, *other_labels;
    struct catalogue_info info;

    fresh();
    taken("a file of images", train, "classes", tsv, NULL, NULL);
    taken("the test images", test, NULL, NULL, NULL, NULL);
    taken("images of no class", ood, NULL, NULL, NULL, NULL);
    info = bed_info(&bed);
    tap_int(info.datasets, 1, "all in one data set");
    tap_int(info.classes, 5, "with the classes it had");
    tap_int(info.images, 100, "and all images");
    refused("training images as test images twice", "already", test, "split",
            "test", NULL, NULL);

    if (mkdir(bed_file(&bed, "other"), 0700) != 0)
        abort();
    other_images = images("other/train-images", 1, 16, 1);
    other_labels = labels("other/labels", zero, 1);
    refused("training images from elsewhere", "--dataset shapes", other_images,
            "labels", other_labels, NULL, NULL);
    taken("the same with --dataset", other_images, "labels", other_labels,
          "dataset", "shapes");
    tap_int(bed_info(&bed).train, 61, "are added");
    refused("a name that is taken", "--dataset shapes", other_images, "labels",
            other_labels, "name", "shapes");
    taken("a new name", other_images, "labels", other_labels, "name", "two");
    tap_int(bed_info(&bed).datasets, 2, "makes a data set");
    refused("a data set that is none", "no data set", other_images, "labels",
            other_labels, "dataset", "three");
    refused("images of another size", "16 x 16",
            images("other/test-images", 1, 9, 1), "labels", other_labels,
            "dataset", "shapes");
}

static void test_classes(void)
{
    static const unsigned gaps[] = {7, 70000, 7, 12};
    static const unsigned more[] = {7, 13, 12, 7};
    const char *a, *b, *tsv = bed_file(&bed, "classes");
    struct catalogue *cat;
    struct class_list list;
    struct err err;

    fresh();
    a = images("train-a", 4, 8, 1);
    b = labels("labels-a", gaps, 4);
    taken("no classes file", a, "labels", b, NULL, NULL);
    cat = bed_open(&bed);
    if (tap_int(class_all(cat, 1, &list, &err), OK, "classes")) {
        tap_int(list.count, 3, "one for each label met");
        tap_str(list.items[2].name, "70000", "named by its number");
        tap_int(list.items[0].images[SPLIT_TRAIN], 2, "with its images");
        class_list_release(&list);
    }
    catalogue_close(cat);
    taken("a number that is new", images("test-a", 4, 8, 1), "labels",
          labels("labels-b", more, 4), NULL, NULL);
    tap_int(bed_info(&bed).classes, 4, "is a class too");

    save(tsv, "7\tseven\n", 8, 0);
    refused("another name for a class", "class 7 is 'seven'",
            images("ood-a", 4, 8, 1), "classes", tsv, NULL, NULL);
    fresh();
    refused("a label that the file lacks", "row 1: label 70000", a, "labels", b,
            "classes", tsv);
    save(tsv, "7\tseven\n7\tseven\n", 16, 0);
    refused("a bad classes file", "line 2", a, "labels", b, "classes", tsv);
}

static void test_frozen(void)
{
    static const unsigned zero[] = {0}, one[] = {1};
    struct model_row model = {.dataset_id = 1,
                              .name = mem_strdup("m"),
                              .encoder = mem_strdup("resnet8"),
                              .recipe = mem_strdup("best"),
                              .options = mem_strdup("{}"),
                              .bits = 4,
                              .steps = 1};
    struct catalogue *cat;
    struct err err;
    int64_t id;

    fresh();
    taken("a class", images("train-z", 1, 8, 1), "labels",
          labels("labels-z", zero, 1), NULL, NULL);
    cat = bed_open(&bed);
    tap_int(model_insert(cat, &model, &id, &err), OK, "a model");
    catalogue_close(cat);
    model_release(&model);
    refused("a class that models don't know", "has models",
            images("test-z", 1, 8, 1), "labels", labels("labels-y", one, 1),
            NULL, NULL);
}

static void test_bad(void)
{
    static const unsigned zeros[] = {0, 0, 0};
    static const char cut[] = "\0\0\x08\x03\0\0\0\x02\0\0\0\x08\0\0\0\x08";
    const char *three = labels("labels-3", zeros, 3);

    fresh();
    refused("a missing file", "cannot open", bed_file(&bed, "nowhere"), NULL,
            NULL, NULL, NULL);
    if (mkdir(bed_file(&bed, "empty"), 0700) != 0)
        abort();
    refused("an empty directory", "holds no IDX", bed_file(&bed, "empty"), NULL,
            NULL, NULL, NULL);
    refused("a directory with a split", "--split", bed.images, "split", "test",
            NULL, NULL);
    refused("a name that says nothing", "--split", images("x", 3, 8, 1),
            "labels", three, NULL, NULL);
    refused("too few labels", "3 labels", images("train-4", 4, 8, 1), "labels",
            three, NULL, NULL);
    refused("no labels", "--labels", images("train-3", 3, 8, 1), NULL, NULL,
            NULL, NULL);
    refused("labels of no class", "leave --labels", images("ood-3", 3, 8, 1),
            "labels", three, NULL, NULL);
    save(bed_file(&bed, "train-cut"), cut, 16, 100);
    refused("a file cut off", "116 of the 144", bed_file(&bed, "train-cut"),
            "labels", three, NULL, NULL);
    refused("labels for images", "holds labels", three, "labels", three,
            "split", "train");
    refused("text for labels", "no IDX file", images("train-3", 3, 8, 1),
            "labels", bed_file(&bed, "shapes/classes.tsv"), NULL, NULL);
    save(bed_file(&bed, "empty/train-images-idx3-ubyte"), cut, 16, 128);
    refused("a directory without labels", "put the labels there",
            bed_file(&bed, "empty"), NULL, NULL, NULL, NULL);
    tap_ok(bed_sound(&bed), "nothing was written");
}

/* Stopped at any point, an import leaves nothing. */
static void test_stopped(void)
{
    int at = 0;
    struct err err = {OK, ""};
    enum status status;

    fresh();
    do {
        struct catalogue_info none = bed_info(&bed), now;

        stop_after = at++;
        status = import(&err, bed.images, NULL, NULL, NULL, NULL);
        stop_after = -1;
        now = bed_info(&bed);
        if (status != OK)
            tap_ok(status == ERR_CANCELLED && bed_same(&none, &now),
                   "stopped at %d, nothing is left", at - 1);
    } while (status == ERR_CANCELLED && at < 50);
    tap_int(status, OK, "and in the end it is done");
    tap_ok(at >= 5, "it was asked %d times", at - 1);
    tap_int(bed_info(&bed).images, 100, "whole");
}

/* (N,H,W,C) in the file, (C,H,W) in the catalogue. */
static void test_colour(void)
{
    static const unsigned zeros[] = {0, 0};
    struct catalogue *cat;
    uint8_t got[3 * 64];
    bool same = true;
    struct err err;

    fresh();
    taken("colour", images("train-c", 2, 8, 3), "labels",
          labels("labels-c", zeros, 2), NULL, NULL);
    cat = bed_open(&bed);
    tap_int(image_pixels(cat, 2, got, sizeof(got), &err), OK, "second image");
    for (unsigned i = 0; i < 64; i++)
        for (unsigned c = 0; c < 3; c++)
            same &= got[c * 64 + i] == (192 + 3 * i + c) % 251;
    tap_ok(same, "its planes");
    catalogue_close(cat);
}

static void test_several(void)
{
    char sources[1024];
    struct catalogue_info info;

    fresh();
    snprintf(sources, sizeof(sources), "%s\n%s\n",
             bed_file(&bed, "shapes/train-images-idx3-ubyte"),
             bed_file(&bed, "shapes/t10k-images-idx3-ubyte"));
    taken("two files at once", sources, NULL, NULL, NULL, NULL);
    info = bed_info(&bed);
    tap_int(info.train, 60, "the first");
    tap_int(info.test, 20, "and the second");
    fresh();
    snprintf(sources, sizeof(sources), "%s\n%s",
             bed_file(&bed, "shapes/train-images-idx3-ubyte"),
             bed_file(&bed, "shapes/train-images-idx3-ubyte"));
    refused("the same file twice at once", "already", sources, NULL, NULL, NULL,
            NULL);
}

/* A worker whose job was taken over can't write any more, not even once. */
static void test_taken_over(void)
{
    struct catalogue_info before, after;
    struct catalogue *cat;
    struct task task = {.worker = "slow", .lease_ms = 1, .stopped = stopped};
    struct dataset row = {
        .name = mem_strdup("late"), .channels = 1, .height = 8, .width = 8};
    struct job slow, quick;
    struct err err;
    int64_t id;

    fresh();
    bed_queue(&bed, JOB_IMPORT, "source", bed.images, NULL);
    cat = bed_open(&bed);
    tap_int(job_lease(cat, "slow", 1, &slow, &err), OK, "leased");
    clock_sleep(20);
    tap_int(job_lease(cat, "quick", JOB_LEASE_MS, &quick, &err), OK,
            "and taken over");
    before = bed_info(&bed);
    task.cat = cat;
    if (task_init(&task, &slow, &err) != OK)
        abort();
    tap_int(task_begin(&task, &err), OK, "a transaction");
    tap_int(dataset_insert(cat, &row, &id, &err), OK, "a row");
    tap_int(task_end(&task, OK, &err), ERR_BUSY, "is refused");
    tap_int(task_run(&task, &err), ERR_BUSY, "and so is the import");
    tap_ok(!task.finished, "which is not done");
    after = bed_info(&bed);
    tap_ok(bed_same(&before, &after), "nothing was written");
    task_release(&task);
    job_release(&slow);
    job_release(&quick);
    dataset_release(&row);
    catalogue_close(cat);
}

static int64_t told;

static void lengthen(void *ctx, int64_t lease_ms)
{
    (void)ctx;
    told = lease_ms;
}

/* A lease outlasts a long transaction, and never gets shorter. */
static void test_lease(void)
{
    struct catalogue *cat;
    struct task task = {.worker = "w",
                        .lease_ms = 1000,
                        .stopped = stopped,
                        .lengthen = lengthen};
    struct job job, row;
    struct err err;

    fresh();
    bed_queue(&bed, JOB_IMPORT, "source", bed.images, NULL);
    cat = bed_open(&bed);
    task.cat = cat;
    if (job_lease(cat, "w", 1000, &job, &err) != OK ||
        task_init(&task, &job, &err) != OK)
        abort();
    tap_int(task_lengthen_lease(&task, 500, &err), OK, "shorter");
    tap_int(told, 0, "changes nothing");
    tap_int(task_lengthen_lease(&task, 3600000, &err), OK, "longer");
    tap_int(told, 3600000, "tells the heart");
    row = bed_job(&bed, job.id);
    tap_ok(row.lease_until > clock_wall() + 3000000, "and the row");
    job_release(&row);
    job_release(&job);
    task_release(&task);
    catalogue_close(cat);
}

int main(void)
{
    bed_init(&bed, 5, 12, 4);
    test_directory();
    test_second();
    test_classes();
    test_frozen();
    test_bad();
    test_stopped();
    test_taken_over();
    test_lease();
    test_colour();
    test_several();
    bed_release(&bed);
    return tap_done();
}
