#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "bed.h"
#include "catalogue/models.h"
#include "store/handle.h"
#include "tap.h"
#include "tasks/task.h"

/* A model whose checkpoint no row can hold is refused before it learns. */

static struct bed bed;

static bool stopped(void *ctx)
{
    (void)ctx;
    return false;
}

/* Runs the job that waits where a row takes up to `limit` bytes; 0: as many
 * as always. Its models before and after must be as many. */
static enum status run_within(int limit, int *models, struct err *err)
{
    struct catalogue *cat = bed_open(&bed);
    struct task task = {.cat = cat,
                        .worker = "test",
                        .lease_ms = JOB_LEASE_MS,
                        .threads = 1,
                        .stopped = stopped};
    struct catalogue_info info;
    struct err why;
    struct job job;
    enum status status;

    if (job_lease(cat, "test", JOB_LEASE_MS, &job, err) != OK ||
        task_init(&task, &job, err) != OK)
        abort();
    if (limit > 0)
        sqlite3_limit(catalogue_db(cat)->handle, SQLITE_LIMIT_LENGTH, limit);
    status = task_run(&task, err);
    if (!task.finished &&
        job_finish(cat, job.id, "test", status == OK ? JOB_DONE : JOB_FAILED,
                   status == OK ? NULL : err, task.result.text, &why) != OK)
        abort();
    task_release(&task);
    job_release(&job);
    if (catalogue_info(cat, &info, &why) != OK)
        abort();
    *models = (int)info.models;
    catalogue_close(cat);
    return status;
}

static size_t checkpoint_bytes(void)
{
    struct catalogue *cat = bed_open(&bed);
    struct model_row model = {0};
    struct err err;
    uint8_t *bytes;
    size_t size;
    int step;

    if (model_find(cat, NULL, &model, &err) != OK ||
        checkpoint_load(cat, model.id, &step, &bytes, &size, &err) != OK)
        abort();
    free(bytes);
    model_release(&model);
    catalogue_close(cat);
    return size;
}

static void queue(const char *name)
{
    bed_queue(&bed, JOB_LEARN, "name", name, "epochs", "1,1,1", "bits", "6",
              "batch", "16", NULL);
}

int main(void)
{
    char large[64];
    struct err err = {OK, ""};
    int models;
    size_t size;

    bed_init(&bed, 3, 8, 2);
    bed_queue(&bed, JOB_IMPORT, "source", bed.images, NULL);
    if (bed_work(&bed) != 0)
        abort();
    queue("first");
    if (!tap_int(run_within(0, &models, &err), OK, "a model is learnt"))
        tap_note("%s", err.text);
    tap_int(models, 1, "one");
    size = checkpoint_bytes();

    queue("second");
    tap_int(run_within((int)size, &models, &err), ERR_BAD_INPUT,
            "where its checkpoint has no room it is not begun");
    tap_int(models, 1, "and leaves no model");
    snprintf(large, sizeof(large), "takes %.1f MB", (double)size / 1e6);
    tap_ok(strstr(err.text, large) != NULL, "the message says how large");
    tap_ok(strstr(err.text, "--width") != NULL, "and what to do");
    tap_note("%s", err.text);

    queue("third");
    if (!tap_int(run_within((int)size + 64, &models, &err), OK,
                 "where it just fits all epochs are saved"))
        tap_note("%s", err.text);
    tap_int(models, 2, "as another model");
    bed_release(&bed);
    return tap_done();
}
