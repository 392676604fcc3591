#include <config.h>

#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "bed.h"
#include "tap.h"

/*
 * A disk that fills up, played by a limit on the size of files that the
 * worker inherits: jobs fail with a message, what was there stays, and the
 * job succeeds once there is room.
 */

static struct bed bed;

static void limit_files(rlim_t bytes)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_FSIZE, &limit) != 0)
        abort();
    limit.rlim_cur = bytes;
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
        abort();
}

/* Runs the queue while no file may grow beyond so many bytes. */
static int work_within(rlim_t bytes)
{
    pid_t worker;

    limit_files(bytes);
    worker = bed_spawn(&bed, "--idle", "0", NULL);
    limit_files(RLIM_INFINITY);
    return bed_wait(worker);
}

static void retry(int64_t id)
{
    struct catalogue *cat = bed_open(&bed);
    struct err err;

    tap_int(job_retry(cat, id, &err), OK, "queued again");
    catalogue_close(cat);
    tap_int(bed_work(&bed), 0, "with room");
}

static void failed(int64_t id, const char *what)
{
    struct job job = bed_job(&bed, id);

    tap_int(job.state, JOB_FAILED, "%s fails", what);
    if (!tap_str(job.status, "io", "%s: for want of room", what))
        tap_note("%s", job.message);
    job_release(&job);
    tap_ok(bed_sound(&bed), "%s: the catalogue is whole", what);
}

static void done(int64_t id, const char *what)
{
    struct job job = bed_job(&bed, id);

    if (!tap_int(job.state, JOB_DONE, "%s is done", what))
        tap_note("%s", job.message);
    job_release(&job);
}

static void test_import(void)
{
    struct catalogue_info before = bed_info(&bed), after;
    int64_t id = bed_queue(&bed, JOB_IMPORT, "source", bed.images, NULL);

    tap_int(work_within(400 * 1024), 0, "a worker without room for the images");
    failed(id, "the import");
    after = bed_info(&bed);
    tap_ok(bed_same(&before, &after), "nothing of it is left");
    retry(id);
    done(id, "the import");
    tap_int(bed_info(&bed).train, 960, "all images are there");
}

static int64_t queue_learn(const char *name)
{
    return bed_queue(&bed, JOB_LEARN, "name", name, "epochs", "1,3,3", "bits",
                     "8", "batch", "64", NULL);
}

static rlim_t file_size(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 ? (rlim_t)st.st_size : 0;
}

static void test_learn(void)
{
    int64_t id = queue_learn("roomy");
    struct catalogue_info before, after;

    tap_int(bed_work(&bed), 0, "an undisturbed run");
    done(id, "learning");
    before = bed_info(&bed);
    id = queue_learn("tight");
    tap_int(work_within(file_size(bed.path) + 60 * 1024), 0,
            "a worker without room for all epochs");
    failed(id, "learning");
    after = bed_info(&bed);
    tap_int(after.images, before.images, "the images are there");
    tap_ok(bed_codes(&bed, "tight") != bed_codes(&bed, "roomy"),
           "it did not come to the end");
    retry(id);
    done(id, "learning");
    tap_ok(bed_codes(&bed, "tight") == bed_codes(&bed, "roomy"),
           "and its codes are those of the undisturbed run");
}

int main(void)
{
    /* Ignored signals stay ignored in the worker: writes fail instead. */
    signal(SIGXFSZ, SIG_IGN);
    bed_init(&bed, 8, 120, 10);
    test_import();
    test_learn();
    bed_release(&bed);
    return tap_done();
}
