#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bed.h"
#include "tap.h"

/* A file of features that is cut short while a worker learns from it. */

enum { ROWS = 4000, COLUMNS = 64, CLASSES = 5 };

static struct bed bed;

static void save(const char *path, const char *type, const char *shape,
                 const void *body, size_t size)
{
    char head[128];
    FILE *f = fopen(path, "wb");

    memset(head, ' ', sizeof(head));
    memcpy(head, "\x93NUMPY\x01\0\x76\0", 10);
    head[10 + snprintf(head + 10, 117,
                       "{'descr': '%s', 'fortran_order': False, 'shape': %s}",
                       type, shape)] = ' ';
    head[127] = '\n';
    if (f == NULL || fwrite(head, sizeof(head), 1, f) != 1 ||
        fwrite(body, size, 1, f) != 1 || fclose(f) != 0)
        abort();
}

static void make_files(const char *features, const char *labels)
{
    static float x[ROWS][COLUMNS];
    static unsigned char y[ROWS];
    unsigned noise = 1;

    for (int i = 0; i < ROWS; i++) {
        y[i] = (unsigned char)(i % CLASSES);
        for (int j = 0; j < COLUMNS; j++) {
            noise = noise * 1664525u + 1013904223u;
            x[i][j] = (float)(noise >> 16) / 65536 + (j % CLASSES == y[i]);
        }
    }
    save(features, "<f4", "(4000, 64)", x, sizeof(x));
    save(labels, "|u1", "(4000,)", y, sizeof(y));
}

static int64_t queue_learn(const char *name, const char *epochs)
{
    return bed_queue(&bed, JOB_LEARN, "name", name, "epochs", epochs, "bits",
                     "6", "threads", "2", NULL);
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

int main(void)
{
    const char *features, *labels;

    bed_init(&bed, 3, 1, 1);
    features = bed_file(&bed, "train-features.npy");
    labels = bed_file(&bed, "train-labels.npy");
    make_files(features, labels);
    bed_queue(&bed, JOB_IMPORT, "source", features, NULL);
    if (bed_work(&bed) != 0)
        abort();
    test_cut(features, "page", 500000);
    make_files(features, labels);
    test_cut(features, "empty", 0);
    make_files(features, labels);
    test_cut(features, "last", 128 + ROWS * COLUMNS * 4 - 5);
    bed_release(&bed);
    return tap_done();
}
