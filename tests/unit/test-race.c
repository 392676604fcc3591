#include <config.h>

/*
 * Invariant 1 of queue/jobs.h: workers race for jobs from threads and from
 * processes, each with a connection of its own; some lose their lease on the
 * way. Each job is finished by exactly one of them.
 */

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "queue/jobs.h"

#include "catbox.h"
#include "tap.h"

#define JOBS    60
#define WORKERS 4

struct racer {
    const char *path;
    char name[16];
    int finished, lost;
    bool failed;
};

/* Works until nothing waits or runs. Every third lease is let go. */
static void race(struct racer *r)
{
    struct catalogue *cat;
    struct err err;
    int queued = 1, running = 0, round = 0;

    if (catalogue_open(&cat, r->path, DB_WRITE, &err) != OK) {
        r->failed = true;
        return;
    }
    while (!r->failed && queued + running > 0) {
        struct job job;
        bool slow = ++round % 3 == 0;
        enum status status =
            job_lease(cat, r->name, slow ? 0 : 60000, &job, &err);

        if (status == OK) {
            if (slow)
                clock_sleep(5);
            status =
                job_finish(cat, job.id, r->name, JOB_DONE, NULL, r->name, &err);
            r->finished += status == OK;
            r->lost += status == ERR_BUSY;
            job_release(&job);
        }
        if (status != OK && status != ERR_BUSY && status != ERR_NOT_FOUND)
            r->failed = true;
        if (job_pending(cat, &queued, &running, &err) != OK)
            r->failed = true;
    }
    if (r->failed)
        fprintf(stderr, "# %s: %s\n", r->name, err.text);
    catalogue_close(cat);
}

static void *run_thread(void *argument)
{
    race(argument);
    return NULL;
}

static void queue_jobs(struct catbox *box)
{
    struct params none = {NULL, NULL, 0, 0};
    struct err err;
    int64_t id;

    catbox_must(catalogue_begin(box->cat, &err), &err);
    for (int i = 0; i < JOBS; i++)
        catbox_must(job_add(box->cat, i % 10 == 5 ? JOB_IMPORT : JOB_ENCODE,
                            &none, 0, &id, &err),
                    &err);
    catbox_must(catalogue_commit(box->cat, &err), &err);
}

/* Every job is done, and says who did it: how many did each? */
static void judge(struct catbox *box, const struct racer *racers,
                  const char *what)
{
    struct job_list list;
    struct err err;
    int done = 0, sum = 0, lost = 0, wrong = 0;

    catbox_must(job_all(box->cat, 0, &list, &err), &err);
    for (int i = 0; i < list.count; i++)
        done += list.items[i].state == JOB_DONE;
    tap_int(done, list.count, "%s: every job is done", what);
    for (int w = 0; w < WORKERS; w++) {
        int mine = 0;

        for (int i = 0; i < JOBS; i++)
            mine += strcmp(list.items[i].result, racers[w].name) == 0;
        wrong += mine != racers[w].finished || racers[w].failed;
        sum += racers[w].finished;
        lost += racers[w].lost;
    }
    tap_int(wrong, 0, "%s: each by who says so", what);
    tap_int(sum, JOBS, "%s: once", what);
    tap_note("%s: %d leases were lost on the way", what, lost);
    job_list_release(&list);
}

static void name(struct racer *r, const struct catbox *box, const char *kind,
                 int i)
{
    *r = (struct racer){.path = box->path};
    snprintf(r->name, sizeof(r->name), "%s-%d", kind, i);
}

static void test_threads(struct catbox *box)
{
    struct racer racers[WORKERS];
    pthread_t threads[WORKERS];

    queue_jobs(box);
    for (int i = 0; i < WORKERS; i++) {
        name(&racers[i], box, "thread", i);
        if (pthread_create(&threads[i], NULL, run_thread, &racers[i]) != 0)
            tap_skip_all("no threads");
    }
    for (int i = 0; i < WORKERS; i++)
        pthread_join(threads[i], NULL);
    judge(box, racers, "threads");
}

static void test_processes(struct catbox *box)
{
    struct racer racers[WORKERS];
    int back[2];

    queue_jobs(box);
    if (pipe(back) != 0)
        tap_skip_all("no pipe");
    for (int i = 0; i < WORKERS; i++) {
        name(&racers[i], box, "process", i);
        if (fork() == 0) {
            int said[4];

            race(&racers[i]);
            said[0] = i;
            said[1] = racers[i].finished;
            said[2] = racers[i].lost;
            said[3] = racers[i].failed;
            _exit(write(back[1], said, sizeof(said)) != sizeof(said));
        }
    }
    close(back[1]);
    for (int i = 0; i < WORKERS; i++) {
        int said[4] = {i, 0, 0, 1};

        if (read(back[0], said, sizeof(said)) != sizeof(said))
            tap_ok(false, "a process reports");
        racers[said[0]].finished = said[1];
        racers[said[0]].lost = said[2];
        racers[said[0]].failed = said[3] != 0;
    }
    close(back[0]);
    while (wait(NULL) > 0)
        ;
    judge(box, racers, "processes");
}

int main(void)
{
    struct catbox box;

    catbox_new(&box);
    /* A fork after threads would take their locks along: processes first. */
    test_processes(&box);
    test_threads(&box);
    catbox_free(&box);
    return tap_done();
}
