#include <config.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "queue/jobs.h"
#include "queue/spawn.h"

#include "catbox.h"
#include "tap.h"

/* Reads a file that a started program writes whole by renaming; up to 10 s. */
static bool wait_for_file(const char *path, char *out, size_t size)
{
    for (int i = 0; i < 1000; i++) {
        FILE *f = fopen(path, "r");

        if (f != NULL) {
            size_t n = fread(out, 1, size - 1, f);

            out[n] = '\0';
            fclose(f);
            return true;
        }
        clock_sleep(10);
    }
    return false;
}

/* A stand-in for the worker: says its arguments, its process, its session and
 * what its streams are. */
static void write_script(const char *path, const char *out)
{
    FILE *f = fopen(path, "w");

    fprintf(f,
            "#!/bin/sh\n"
            "read -r pid c s p g session rest </proc/$$/stat\n"
            "streams=$(readlink /proc/$$/fd/0 /proc/$$/fd/1 /proc/$$/fd/2)\n"
            "{ echo \"$*\"; echo $$ $session; echo \"$streams\"; } "
            ">'%s.half'\n"
            "mv '%s.half' '%s'\n",
            out, out, out);
    fclose(f);
    chmod(path, 0755);
}

static bool is_gone(int pid)
{
    for (int i = 0; i < 1000; i++) {
        if (kill(pid, 0) != 0)
            return true;
        clock_sleep(10);
    }
    return false;
}

static void test_start(struct catbox *box)
{
    struct params none = {NULL, NULL, 0, 0};
    char script[128], out[128], want[256], said[1024], *line, *rest;
    int pid = 0, session = 0;
    struct err err;
    struct job job;
    int64_t id;

    snprintf(script, sizeof(script), "%s/worker", box->dir);
    snprintf(out, sizeof(out), "%s/said", box->dir);
    write_script(script, out);
    setenv("BITGROVE_WORKER", script, 1);
    tap_int(spawn_worker(box->cat, 0, &err), OK, "nothing waits");
    catbox_must(job_add(box->cat, JOB_TREE, &none, 0, &id, &err), &err);

    catbox_must(job_lease(box->cat, "me", 60000, &job, &err), &err);
    job_release(&job);
    catbox_must(job_add(box->cat, JOB_TREE, &none, 0, &id, &err), &err);
    tap_int(spawn_worker(box->cat, 0, &err), OK, "a worker is at work");
    clock_sleep(100);
    tap_ok(access(out, F_OK) != 0, "so none is started");
    catbox_must(job_finish(box->cat, id - 1, "me", JOB_DONE, NULL, NULL, &err),
                &err);

    tap_int(spawn_worker(box->cat, 3, &err), OK, "started");
    if (!tap_ok(wait_for_file(out, said, sizeof(said)), "it runs"))
        return;
    line = strtok_r(said, "\n", &rest);
    snprintf(want, sizeof(want), "--threads 3 %s", box->path);
    tap_str(line, want, "with its arguments");
    line = strtok_r(NULL, "\n", &rest);
    tap_int(sscanf(line, "%d %d", &pid, &session), 2, "its process");
    tap_int(session, pid, "leads a session of its own");
    for (int fd = 0; fd < 3; fd++)
        tap_str(strtok_r(NULL, "\n", &rest), "/dev/null", "stream %d", fd);
    tap_ok(is_gone(pid), "no zombie stays behind");
}

static void test_missing(struct catbox *box)
{
    struct err err;

    setenv("BITGROVE_WORKER", "/nowhere/worker", 1);
    tap_int(spawn_worker(box->cat, 0, &err), ERR_IO, "no such program");
    tap_ok(strstr(err.text, "/nowhere/worker") != NULL, "named: %s", err.text);
}

int main(void)
{
    struct catbox box;

    catbox_new(&box);
    test_start(&box);
    test_missing(&box);
    catbox_free(&box);
    return tap_done();
}
