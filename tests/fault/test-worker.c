#include <config.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/str.h"
#include "bed.h"
#include "tap.h"

/* A worker and its queue, seen from outside: processes and rows. */

static struct bed bed;

static int64_t queue_learn(const char *name, const char *epochs)
{
    return bed_queue(&bed, JOB_LEARN, "name", name, "epochs", epochs, "bits",
                     "6", "batch", "16", "threads", "1", NULL);
}

static void is_state(int64_t id, enum job_state state, const char *what)
{
    struct job job = bed_job(&bed, id);

    if (!tap_int(job.state, state, "%s", what))
        tap_note("%s", job.message);
    job_release(&job);
}

static void import_images(void)
{
    int64_t id = bed_queue(&bed, JOB_IMPORT, "source", bed.images, NULL);

    tap_int(bed_work(&bed), 0, "a worker imports and leaves");
    is_state(id, JOB_DONE, "the import is done");
}

/* How many lines of the job's log begin so. */
static int log_lines(int64_t id, const char *start)
{
    struct catalogue *cat = bed_open(&bed);
    struct log_list list;
    struct err err;
    int n = 0;

    if (job_log_read(cat, id, 0, &list, &err) != OK)
        abort();
    for (int i = 0; i < list.count; i++)
        n += str_starts(list.items[i].text, start);
    log_list_release(&list);
    catalogue_close(cat);
    return n;
}

static void test_two_workers(void)
{
    enum { JOBS = 20 };
    int64_t ids[JOBS];
    char first[320], worker[320];
    int done = 0, once = 0, others = 0;
    pid_t a, b;

    for (int i = 0; i < JOBS; i++) {
        char name[16];

        snprintf(name, sizeof(name), "m%d", i);
        ids[i] = queue_learn(name, "1,1,1");
    }
    a = bed_spawn(&bed, "--idle", "0", NULL);
    b = bed_spawn(&bed, "--idle", "0", NULL);
    tap_int(bed_wait(a), 0, "one worker leaves");
    tap_int(bed_wait(b), 0, "the other as well");
    for (int i = 0; i < JOBS; i++) {
        struct job job = bed_job(&bed, ids[i]);

        done += job.state == JOB_DONE && job.attempts == 1;
        snprintf(worker, sizeof(worker), "%s", job.worker);
        if (i == 0)
            memcpy(first, worker, sizeof(first));
        others += strcmp(first, worker) != 0;
        job_release(&job);
        once += log_lines(ids[i], "warm epoch 1 of 1") == 1;
    }
    tap_int(done, JOBS, "every job is done at the first attempt");
    tap_int(once, JOBS, "and ran once");
    tap_ok(others > 0 && others < JOBS, "both worked: %d and %d", JOBS - others,
           others);
    tap_ok(bed_codes(&bed, "m3") == bed_codes(&bed, "m17"),
           "the same seed gave the same codes");
}

static void test_cancel(void)
{
    int64_t id = queue_learn("endless", "0,100000,1"), asked;
    pid_t worker = bed_spawn(&bed, "--once", NULL);
    struct catalogue *cat;
    struct err err;

    tap_ok(bed_await_step(&bed, "endless", 2), "it learns");
    cat = bed_open(&bed);
    tap_int(job_cancel(cat, id, &err), OK, "asked to stop");
    catalogue_close(cat);
    asked = clock_monotonic();
    tap_int(bed_wait(worker), 0, "the worker leaves");
    asked = clock_monotonic() - asked;
    if (!tap_ok(asked < 1500, "within a second and a half"))
        tap_note("after %lld ms", (long long)asked);
    is_state(id, JOB_CANCELLED, "the job is cancelled");
}

/* SIGTERM puts the job back; the next worker goes on from the checkpoint. */
static void test_terminate(int number)
{
    char name[16];
    int64_t id;
    pid_t worker;
    struct job job;

    snprintf(name, sizeof(name), "signal%d", number);
    id = queue_learn(name, "0,40,1");
    worker = bed_spawn(&bed, "--once", NULL);
    tap_ok(bed_await_step(&bed, name, 2), "it learns");
    kill(worker, number);
    tap_int(bed_wait(worker), 0, "signal %d ends the worker in order", number);
    job = bed_job(&bed, id);
    tap_int(job.state, JOB_QUEUED, "the job waits");
    tap_int(job.attempts, 0, "and that was no attempt");
    job_release(&job);
    tap_int(bed_work(&bed), 0, "another goes on");
    is_state(id, JOB_DONE, "to the end");
    tap_int(log_lines(id, "going on after epoch "), 1, "from the checkpoint");
}

/* Suspends a worker between two transactions: in one it would lock all out. */
static void suspend(pid_t worker)
{
    struct catalogue *cat = bed_open(&bed);
    struct err err;
    int pause = 1; /* ms; longer and longer, or a slow one would never end */

    db_set_patience(catalogue_db(cat), 20);
    kill(worker, SIGSTOP);
    while (catalogue_begin(cat, &err) != OK) {
        kill(worker, SIGCONT);
        clock_sleep(pause++);
        kill(worker, SIGSTOP);
    }
    catalogue_rollback(cat);
    catalogue_close(cat);
}

/* A worker that was suspended must not write over the one that took over. */
static void test_suspended(void)
{
    int64_t id;
    uint64_t codes;
    pid_t slow, quick;
    struct job job;

    queue_learn("plain", "0,40,1");
    tap_int(bed_work(&bed), 0, "an undisturbed run");
    id = queue_learn("taken", "0,40,1");
    slow = bed_spawn(&bed, "--once", "--lease", "400", NULL);
    tap_ok(bed_await_step(&bed, "taken", 2), "it learns");
    suspend(slow);
    clock_sleep(600);
    quick = bed_spawn(&bed, "--idle", "0", NULL);
    tap_int(bed_wait(quick), 0, "another worker takes the job over");
    codes = bed_codes(&bed, "taken");
    kill(slow, SIGCONT);
    tap_int(bed_wait(slow), 0, "the suspended one gives up");
    job = bed_job(&bed, id);
    tap_int(job.state, JOB_DONE, "the job is done");
    tap_int(job.attempts, 2, "at the second attempt");
    job_release(&job);
    tap_ok(codes == bed_codes(&bed, "taken"), "its codes were left alone");
    tap_ok(codes == bed_codes(&bed, "plain"),
           "and are those of the undisturbed run");
}

/* Without its catalogue a worker has nothing to learn for. */
static void test_removed(void)
{
    char aside[sizeof(bed.path) + 8];
    int64_t id = queue_learn("removed", "0,100000,1");
    struct catalogue *cat;
    struct err err;
    pid_t worker;

    worker = bed_spawn(&bed, "--once", NULL);
    tap_ok(bed_await_step(&bed, "removed", 2), "it learns");
    snprintf(aside, sizeof(aside), "%s.aside", bed.path);
    if (rename(bed.path, aside) != 0)
        abort();
    tap_int(bed_wait(worker), 3, "its catalogue is gone, and so is the worker");
    if (rename(aside, bed.path) != 0)
        abort();
    cat = bed_open(&bed);
    tap_int(job_cancel(cat, id, &err), OK, "back again, the job is cancelled");
    catalogue_close(cat);
    is_state(id, JOB_CANCELLED, "at once, for its worker is gone");
}

static void test_failure(void)
{
    int64_t bad =
        bed_queue(&bed, JOB_IMPORT, "source", bed_file(&bed, "nowhere"), NULL);
    int64_t good = queue_learn("after", "0,1,1");
    struct job job;

    tap_int(bed_wait(bed_spawn(&bed, "--once", NULL)), 0, "one job only");
    job = bed_job(&bed, bad);
    tap_int(job.state, JOB_FAILED, "a job that can't be done fails");
    tap_str(job.status, "io", "its kind of error is kept");
    tap_ok(strstr(job.message, "cannot open") != NULL, "and the message");
    job_release(&job);
    is_state(good, JOB_QUEUED, "the next waits");
    tap_int(bed_work(&bed), 0, "and is run");
    is_state(good, JOB_DONE, "by the next worker");
}

static void test_idle(void)
{
    int64_t before = clock_monotonic(), took, id;
    pid_t worker;

    tap_int(bed_work(&bed), 0, "nothing to do");
    tap_ok(clock_monotonic() - before < 5000, "so it leaves at once");
    before = clock_monotonic();
    worker = bed_spawn(&bed, "--idle", "2", NULL);
    clock_sleep(700);
    id = queue_learn("late", "0,1,1");
    tap_int(bed_wait(worker), 0, "with --idle 2 it waits");
    took = clock_monotonic() - before;
    is_state(id, JOB_DONE, "and does what comes late");
    tap_ok(took >= 2700, "two seconds from the last job, not from the start");
}

static int run_with(const char *option, const char *value)
{
    return bed_wait(bed_spawn(&bed, option, value, NULL));
}

static void test_options(void)
{
    struct bed none = bed;
    FILE *f;

    tap_int(run_with("--threads", "0"), 2, "--threads 0");
    tap_int(run_with("--threads", "two"), 2, "--threads two");
    tap_int(run_with("--idle", "-1"), 2, "--idle -1");
    tap_int(run_with("--nice", "20"), 2, "--nice 20");
    tap_int(run_with("--lease", "1"), 2, "--lease 1");
    tap_int(run_with("--nonsense", NULL), 2, "an unknown option");
    tap_int(run_with("another", NULL), 2, "two catalogues");
    tap_int(run_with("--version", NULL), 0, "--version");
    tap_int(run_with("--help", NULL), 0, "--help");
    snprintf(none.path, sizeof(none.path), "%s/none", bed.dir);
    tap_ok(bed_work(&none) > 0, "a catalogue that is not there");
    tap_ok(access(none.path, F_OK) != 0, "is not made");
    f = fopen(none.path, "w");
    if (f == NULL || fputs("no catalogue, just words\n", f) < 0 || fclose(f))
        abort();
    tap_int(bed_work(&none), 3, "a file that is no catalogue");
}

int main(void)
{
    bed_init(&bed, 4, 12, 4);
    import_images();
    test_two_workers();
    test_cancel();
    test_terminate(SIGTERM);
    test_terminate(SIGINT);
    test_suspended();
    test_removed();
    test_failure();
    test_idle();
    test_options();
    tap_ok(bed_sound(&bed), "the check finds nothing");
    bed_release(&bed);
    return tap_done();
}
