#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/xdg.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/evaluate.h"
#include "cli/explore.h"
#include "cli/follow.h"
#include "cli/paths.h"
#include "cli/subject.h"
#include "queue/spawn.h"

/* The demo in the making. */
struct demo {
    const struct args *args;
    char *path; /* of the catalogue, owned */
    struct catalogue *cat;
    struct follow follow;
    int64_t learn_job; /* 0: a model is ready already */
    char *model;       /* its name, owned, when it is */
};

/* Whether an option was asked to differ from `value`. */
static bool differs(const struct args *args, const char *option, int64_t value)
{
    for (int i = 0; i < args->params.count; i++)
        if (strcmp(args->params.names[i], option) == 0)
            return params_int(&args->params, JOB_LEARN, option) != value;
    return false;
}

static bool job_suits(const struct demo *d, const struct job *job)
{
    struct params params;
    struct err ignored;
    bool suits;

    memset(&params, 0, sizeof(params));
    if (params_read(&params, job->params, &ignored) != OK)
        return false;
    suits = !differs(d->args, "bits", params_int(&params, JOB_LEARN, "bits")) &&
            !differs(d->args, "seed", params_int(&params, JOB_LEARN, "seed")) &&
            strcmp(params_get(&params, JOB_LEARN, "baseline"), "none") == 0;
    params_release(&params);
    return suits;
}

/*
 * A job of this kind that is still to be done: *id is one that waits or runs,
 * or one that failed or was stopped, queued again; 0 when there is none.
 */
static enum status find_job(struct demo *d, enum job_kind kind, int64_t *id,
                            struct err *err)
{
    struct job_list list = {NULL, 0, 0};
    enum status status = job_all(d->cat, 0, &list, err);

    *id = 0;
    for (int i = 0; status == OK && i < list.count && *id == 0; i++) {
        const struct job *job = &list.items[i];

        if (job->kind != kind || job->state == JOB_DONE ||
            (kind == JOB_LEARN && !job_suits(d, job)))
            continue;
        *id = job->id;
        if (job->state == JOB_FAILED || job->state == JOB_CANCELLED)
            status = job_retry(d->cat, job->id, err);
    }
    job_list_release(&list);
    return status;
}

static enum status queue_import(struct demo *d, int64_t *id, struct err *err)
{
    char *source = paths_data("demo");
    struct params params;
    enum status status;

    memset(&params, 0, sizeof(params));
    if (source == NULL)
        return err_set(err, ERR_IO,
                       "the demo's images are not where they were installed "
                       "(%s/demo); BITGROVE_DATA names the folder above them",
                       PKGDATADIR);
    status = params_set(&params, JOB_IMPORT, "source", source, err);
    if (status == OK)
        status = params_set(&params, JOB_IMPORT, "name", "glyphs", err);
    if (status == OK)
        status = job_add(d->cat, JOB_IMPORT, &params, 0, id, err);
    params_release(&params);
    free(source);
    return status;
}

static enum status import(struct demo *d, struct err *err)
{
    struct catalogue_info info;
    struct job job;
    int64_t id = 0;
    enum status status = catalogue_info(d->cat, &info, err);

    if (status != OK || info.images > 0)
        return status;
    status = find_job(d, JOB_IMPORT, &id, err);
    if (status == OK && id == 0)
        status = queue_import(d, &id, err);
    if (status == OK)
        status = follow_job(d->cat, id, &d->follow, &job, err);
    if (status == OK)
        job_release(&job);
    return status;
}

static enum status find_model(struct demo *d, struct err *err)
{
    struct model_list list = {NULL, 0, 0};
    enum status status = model_all(d->cat, &list, err);

    for (int i = 0; status == OK && i < list.count; i++) {
        const struct model_row *m = &list.items[i];

        if (m->state == MODEL_READY && m->baseline[0] == '\0' &&
            !differs(d->args, "bits", m->bits) &&
            !differs(d->args, "seed", m->seed)) {
            free(d->model);
            d->model = mem_strdup(m->name);
        }
    }
    model_list_release(&list);
    return status;
}

/* Sees to it that a model is there or on its way. */
static enum status learn(struct demo *d, struct err *err)
{
    enum status status = find_model(d, err);

    if (status != OK || d->model != NULL)
        return status;
    status = find_job(d, JOB_LEARN, &d->learn_job, err);
    if (status == OK && d->learn_job == 0)
        status =
            job_add(d->cat, JOB_LEARN, &d->args->params, 0, &d->learn_job, err);
    return status;
}

static enum status finish(struct demo *d, struct err *err)
{
    struct model_row model;
    struct job job;
    enum status status;

    if (d->model != NULL)
        return OK;
    status = follow_job(d->cat, d->learn_job, &d->follow, &job, err);
    if (status != OK)
        return status;
    status = model_get(d->cat, job.model_id, &model, err);
    if (status == OK) {
        d->model = mem_strdup(model.name);
        model_release(&model);
    }
    job_release(&job);
    return status;
}

static enum status print_eval(struct demo *d, struct err *err)
{
    struct subject s;
    enum status status =
        subject_open_named(&s, d->path, d->model, NULL, SUBJECT_CODEBOOK, err);

    if (status == OK)
        status = evaluate(&s, 1000, false, d->args->format, err);
    subject_close(&s);
    return status;
}

static enum status show(struct demo *d, struct err *err)
{
    enum status status = OK;

    if (args_has(d->args, "batch")) {
        status = finish(d, err);
        if (status == OK)
            status = print_eval(d, err);
        return status;
    }
    if (d->learn_job)
        status = spawn_worker(d->cat, d->follow.threads, err);
    catalogue_close(d->cat);
    d->cat = NULL;
    return status == OK ? explore(d->path, NULL, err) : status;
}

static enum status begin(struct demo *d, struct err *err)
{
    struct str name = STR_INIT;
    struct str safe = STR_INIT;
    enum status status;

    if (d->args->words_count > 0)
        str_addf(&name, "%s/demo.bitgrove", d->args->words[0]);
    d->path = name.length ? str_take(&name) : paths_demo_default();
    if (!args_has(d->args, "batch") && explore_possible(err) != OK)
        return err->status;
    status = xdg_make_parents(d->path, err);
    if (status == OK)
        status = catalogue_open(&d->cat, d->path, DB_CREATE, err);
    if (status == OK && !d->follow.quiet) {
        console_name(&safe, d->path);
        fprintf(stderr, "demo catalogue: %s\n", safe.text);
        str_release(&safe);
    }
    return status;
}

static enum status run(struct args *args, struct err *err)
{
    struct demo d = {.args = args, .follow = follow_options(args)};
    enum status status = begin(&d, err);

    if (status == OK)
        status = import(&d, err);
    if (status == OK)
        status = learn(&d, err);
    if (status == OK)
        paths_last_set(d.path);
    if (status == OK)
        status = show(&d, err);
    catalogue_close(d.cat);
    free(d.path);
    free(d.model);
    return status;
}

static const char *const passed[] = {"bits", "seed", "threads", NULL};
static const struct option_row options[] = {
    {"batch", 'b', NULL, "no explorer: learn to the end and print eval"},
    OPTION_QUIET,
    OPTION_END,
};

const struct command cmd_demo = {
    .name = "demo",
    .synopsis = "[DIRECTORY]",
    .summary = "learn the bundled glyphs and walk through them",
    .details =
        "Makes the catalogue demo.bitgrove, in DIRECTORY or else in "
        "$XDG_DATA_HOME/bitgrove (~/.local/share/bitgrove), from the images "
        "that come with bitgrove: 241 characters of eleven scripts, digits and "
        "symbols. It "
        "queues learning and opens the explorer, where the tree grows while "
        "the worker learns.\n\n"
        "Run again, it goes on where it was, and opens at once when all is "
        "done. With other --bits or another --seed it learns a second model "
        "beside the first.",
    .options = options,
    .kind = JOB_LEARN,
    .passed = passed,
    .formats = FORMATS_ROWS,
    .least = 0,
    .most = 1,
    .run = run,
};
