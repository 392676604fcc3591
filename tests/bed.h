#ifndef BITGROVE_TESTS_BED_H
#define BITGROVE_TESTS_BED_H

/*
 * A test bed for jobs and workers: a directory of its own with generated
 * images (tests/make-images.c) and a catalogue beside them. What can't fail
 * on a healthy machine ends the program when it does, which the harness counts
 * as a failure.
 */

#include <stdint.h>
#include <sys/types.h>

#include "catalogue/catalogue.h"
#include "queue/jobs.h"

struct bed {
    char dir[256];    /* removed whole by bed_release() */
    char images[300]; /* train-, t10k- and ood- files, classes.tsv */
    char path[300];   /* the catalogue, not yet made */
};

void bed_init(struct bed *bed, int classes, int train, int test);
void bed_release(struct bed *bed);

/* dir/name in a static buffer of which there are 64, in turn. */
const char *bed_file(const struct bed *bed, const char *name);

/*
 * Writes dir/train-features.npy, float32 (rows, columns), and
 * dir/train-labels.npy: row i is of class i mod classes, which tells itself by
 * its columns. The same bytes every time. The path of the first.
 */
const char *bed_features(const struct bed *bed, int rows, int columns,
                         int classes);

/* Made when it does not exist. */
struct catalogue *bed_open(const struct bed *bed);

/* Queues a job: pairs of name and value, then NULL. Its id. */
int64_t bed_queue(const struct bed *bed, enum job_kind kind, ...)
    __attribute__((sentinel));

/* The job's row, to be released. */
struct job bed_job(const struct bed *bed, int64_t id);

/* Starts a worker: up to eight arguments before the catalogue, then NULL. */
pid_t bed_spawn(const struct bed *bed, ...) __attribute__((sentinel));

/* Waits for it, two minutes at most, then kills it: its exit status, or minus
 * the signal that ended it. */
int bed_wait(pid_t worker);

/* Runs everything in the queue with one worker; its exit status. */
int bed_work(const struct bed *bed);

/* Waits until a model (by name) has finished an epoch, two minutes at most. */
bool bed_await_step(const struct bed *bed, const char *model, int step);

/* A digest of a model's class codes of every epoch, with their real values,
 * history, trees, and codes and margins of every image; 0 if it has none. */
uint64_t bed_codes(const struct bed *bed, const char *model);

/* What is inside but jobs and the size of the file, for comparison. */
struct catalogue_info bed_info(const struct bed *bed);
bool bed_same(const struct catalogue_info *a, const struct catalogue_info *b);

/* True if catalogue_check() finds nothing; prints what it finds. */
bool bed_sound(const struct bed *bed);

#endif
