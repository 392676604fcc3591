#include <config.h>

#include <signal.h>
#include <stdlib.h>

#include "base/clock.h"
#include "bed.h"
#include "tap.h"

/*
 * A worker killed with SIGKILL: the same codes in the end, bit for bit, as
 * from a run that nobody disturbed, with any number of threads, learning from
 * images and from features that stay in their file.
 */

static struct bed bed;
static const char *epochs, *batch;

static int64_t queue_learn(const char *name, const char *recipe)
{
    return bed_queue(&bed, JOB_LEARN, "name", name, "epochs", epochs, "recipe",
                     recipe, "bits", "8", "batch", batch, NULL);
}

static void finish(int64_t id, const char *threads, int attempts)
{
    struct job job;

    tap_int(bed_wait(bed_spawn(&bed, "--once", "--threads", threads, NULL)), 0,
            "a worker runs to the end");
    job = bed_job(&bed, id);
    if (!tap_int(job.state, JOB_DONE, "the job is done"))
        tap_note("%s", job.message);
    tap_int(job.attempts, attempts, "at attempt %d", attempts);
    job_release(&job);
}

static void test_killed(const char *name, const char *threads, uint64_t want)
{
    static const int steps[] = {1, 5, 12};
    int64_t id = queue_learn(name, "best");

    for (int i = 0; i < 3; i++) {
        pid_t worker = bed_spawn(&bed, "--once", "--threads", threads, NULL);

        tap_ok(bed_await_step(&bed, name, steps[i]), "%s: epoch %d is there",
               name, steps[i]);
        clock_sleep(i * 7);
        kill(worker, SIGKILL);
        tap_int(bed_wait(worker), -SIGKILL, "%s: killed %d times", name, i + 1);
        tap_ok(bed_sound(&bed), "%s: the catalogue is whole", name);
    }
    finish(id, threads, 4);
    tap_ok(bed_codes(&bed, name) == want, "%s: the codes are the same", name);
}

/* Waits until the job has been started so many times. */
static void await_attempt(int64_t id, int attempts)
{
    int64_t until = clock_monotonic() + 60000;
    int now = 0;

    while (now < attempts && clock_monotonic() < until) {
        struct job job = bed_job(&bed, id);

        now = job.attempts;
        job_release(&job);
        clock_sleep(2);
    }
}

/* A job that kills its worker is not tried for ever. */
static void test_attempts(void)
{
    int64_t id = queue_learn("cursed", "paper");
    struct job job;

    for (int i = 1; i <= JOB_ATTEMPTS; i++) {
        pid_t worker = bed_spawn(&bed, "--once", NULL);

        await_attempt(id, i);
        kill(worker, SIGKILL);
        bed_wait(worker);
    }
    tap_int(bed_work(&bed), 0, "a worker comes along");
    job = bed_job(&bed, id);
    tap_int(job.state, JOB_FAILED, "the job has failed for good");
    job_release(&job);
}

static void test_import_killed(void)
{
    int64_t id = bed_queue(&bed, JOB_IMPORT, "source", bed.images, "name",
                           "again", NULL);
    struct catalogue_info before = bed_info(&bed), after;
    bool whole = true;
    struct job job;

    for (int i = 0; i < 4; i++) {
        pid_t worker = bed_spawn(&bed, "--once", NULL);

        clock_sleep(5 + i * 8);
        kill(worker, SIGKILL);
        bed_wait(worker);
        after = bed_info(&bed);
        whole &=
            after.images == before.images || after.images == 2 * before.images;
        whole &= (after.images == before.images) ==
                 (after.datasets == before.datasets);
    }
    tap_ok(whole, "an import killed anywhere is there whole or not at all");
    tap_int(bed_work(&bed), 0, "and again");
    job = bed_job(&bed, id);
    tap_int(job.state, JOB_DONE, "it is done in the end");
    job_release(&job);
    after = bed_info(&bed);
    tap_int(after.images, 2 * before.images, "once");
}

static void test_learning(const char *source)
{
    int64_t id;
    uint64_t want;

    bed_queue(&bed, JOB_IMPORT, "source", source, NULL);
    tap_int(bed_work(&bed), 0, "import");
    id = queue_learn("undisturbed", "best");
    finish(id, "1", 1);
    want = bed_codes(&bed, "undisturbed");
    tap_ok(want != 0, "codes to compare with");
    id = queue_learn("two threads", "best");
    finish(id, "2", 1);
    tap_ok(bed_codes(&bed, "two threads") == want,
           "two threads make the same codes");
    test_killed("killed, one thread", "1", want);
    test_killed("killed, two threads", "2", want);
}

int main(void)
{
    bed_init(&bed, 6, 20, 5);
    epochs = "2,20,20";
    batch = "64";
    test_learning(bed_features(&bed, 12000, 128, 7));
    tap_ok(bed_sound(&bed), "the check finds nothing");
    bed_release(&bed);
    bed_init(&bed, 6, 20, 5);
    epochs = "2,8,6";
    batch = "16";
    test_learning(bed.images);
    test_attempts();
    test_import_killed();
    tap_ok(bed_sound(&bed), "the check finds nothing");
    bed_release(&bed);
    return tap_done();
}
