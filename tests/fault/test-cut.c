#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bed.h"
#include "tap.h"

/*
 * A file of features that is cut short while a worker learns from it, or moved
 * away, or that another thing stands for.
 */

enum { ROWS = 4000, COLUMNS = 64, CLASSES = 5 };

static struct bed bed;

static const char *make_files(void)
{
    return bed_features(&bed, ROWS, COLUMNS, CLASSES);
}

static int64_t queue_learn(const char *name, const char *epochs)
{
    return bed_queue(&bed, JOB_LEARN, "name", name, "epochs", epochs, "bits",
                     "6", "threads", "2", NULL);
}

static void is_done(int64_t id)
{
    struct job job = bed_job(&bed, id);

    if (!tap_int(job.state, JOB_DONE, "the job is done"))
        tap_note("%s", job.message);
    job_release(&job);
}

/* Cut to `size` bytes while it is learnt from; whole again when it returns. */
static void test_cut(const char *features, const char *name, long size)
{
    int64_t id = queue_learn(name, "0,100000,1"), next;
    pid_t worker = bed_spawn(&bed, "--idle", "0", NULL);
    struct job job, after;

    tap_ok(bed_await_step(&bed, name, 2), "it learns");
    next = bed_queue(&bed, JOB_TREE, "model", name, "linkage", "single", NULL);
    if (truncate(features, size) != 0)
        abort();
    tap_int(bed_wait(worker), 0, "cut to %ld bytes: the worker lives", size);
    job = bed_job(&bed, id);
    tap_int(job.state, JOB_FAILED, "the job fails");
    tap_int(job.attempts, 1, "at its first attempt");
    tap_str(job.status, "bad-input", "as bad input");
    tap_ok(strstr(job.message, features) != NULL &&
               strstr(job.message, "cut short") != NULL,
           "the message names the file");
    tap_note("%s", job.message);
    after = bed_job(&bed, next);
    tap_int(after.state, JOB_DONE, "the next job is done");
    tap_str(after.worker, job.worker, "by the same worker");
    job_release(&job);
    job_release(&after);
}

static void failed(int64_t id, const char *file, const char *why,
                   const char *remedy)
{
    struct job job = bed_job(&bed, id);

    tap_int(job.state, JOB_FAILED, "the job fails");
    tap_str(job.status, "bad-input", "as bad input");
    tap_ok(strstr(job.message, file) != NULL, "the message names the file");
    tap_ok(strstr(job.message, why) != NULL, "says why");
    tap_ok(strstr(job.message, remedy) != NULL, "and what to do");
    tap_note("%s", job.message);
    job_release(&job);
}

static void retry(int64_t id)
{
    struct catalogue *cat = bed_open(&bed);
    struct err err;

    tap_int(job_retry(cat, id, &err), OK, "queued again");
    catalogue_close(cat);
    tap_int(bed_work(&bed), 0, "with the file in its place");
    is_done(id);
}

/* Learning goes on with the file that it has open; encoding opens it anew. */
static void test_moved(const char *features)
{
    const char *aside = bed_file(&bed, "aside.npy");
    int64_t id = queue_learn("undisturbed", "0,40,1");
    pid_t worker;

    tap_int(bed_work(&bed), 0, "an undisturbed run");
    is_done(id);
    id = queue_learn("moved", "0,40,1");
    worker = bed_spawn(&bed, "--idle", "0", NULL);
    tap_ok(bed_await_step(&bed, "moved", 2), "it learns");
    if (rename(features, aside) != 0)
        abort();
    tap_int(bed_wait(worker), 0, "moved away: the worker lives");
    failed(id, features, "is gone", "import it once more from there");
    if (rename(aside, features) != 0)
        abort();
    retry(id);
    tap_ok(bed_codes(&bed, "moved") == bed_codes(&bed, "undisturbed"),
           "and its codes are those of the undisturbed run");
}

/* What stands in its place is no features, or others. */
static void test_replaced(const char *features)
{
    const char *aside = bed_file(&bed, "aside.npy");
    int64_t id = queue_learn("folder", "0,1,1");

    if (rename(features, aside) != 0 || mkdir(features, 0700) != 0)
        abort();
    tap_int(bed_work(&bed), 0, "a folder: the worker lives");
    failed(id, features, "no regular file", "import it once more from there");
    if (rmdir(features) != 0)
        abort();
    bed_features(&bed, ROWS, COLUMNS, CLASSES - 1);
    id = queue_learn("others", "0,1,1");
    tap_int(bed_work(&bed), 0, "other features: the worker lives");
    failed(id, features, "its content is another", "put that file back");
    if (rename(aside, features) != 0)
        abort();
    retry(id);
}

int main(void)
{
    const char *features;

    bed_init(&bed, 3, 1, 1);
    features = make_files();
    bed_queue(&bed, JOB_IMPORT, "source", features, NULL);
    if (bed_work(&bed) != 0)
        abort();
    test_cut(features, "page", 500000);
    make_files();
    test_cut(features, "empty", 0);
    make_files();
    test_cut(features, "last", 128 + ROWS * COLUMNS * 4 - 5);
    make_files();
    test_moved(features);
    test_replaced(features);
    bed_release(&bed);
    return tap_done();
}
