#include <config.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/xdg.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/follow.h"
#include "cli/jsonout.h"
#include "cli/paths.h"

/* A mistyped name is said before a catalogue is made for it. */
static enum status add_source(struct str *list, const char *source,
                              struct err *err)
{
    if (strchr(source, '\n') != NULL)
        return err_set(err, ERR_BAD_INPUT,
                       "%s: a name with a line break in it can't be imported; "
                       "a link with another name helps",
                       source);
    if (access(source, R_OK) != 0)
        return err_set(err, ERR_BAD_INPUT, "%s can't be read: %s", source,
                       strerror(errno));
    if (list->length)
        str_add_char(list, '\n');
    args_absolute(list, source);
    return OK;
}

static long long number(const json_t *object, const char *key)
{
    return (long long)json_integer_value(json_object_get(object, key));
}

static long long split_count(const json_t *result, const char *split)
{
    return number(json_object_get(result, "images"), split);
}

static void print_refusals(const json_t *result)
{
    const json_t *shown = json_object_get(result, "refusals"), *one;
    long long listed = (long long)json_array_size(shown);
    size_t i;

    json_array_foreach(shown, i, one)
        printf("  %s: %s\n", json_string_value(json_object_get(one, "path")),
               json_string_value(json_object_get(one, "reason")));
    if (listed > 0 && number(result, "refused") > listed)
        printf("  and %lld more: see the table refusal of the catalogue\n",
               number(result, "refused") - listed);
}

/* What else became of a folder of pictures. */
static void print_pictures(const json_t *result)
{
    static const struct {
        const char *key, *text;
    } rows[] = {
        {"same", "as they were"},
        {"changed", "changed"},
        {"moved", "moved"},
        {"missing", "no longer there, and kept"},
        {"links", "links followed"},
        {"others", "files that are no pictures by their names"},
        {"refused", "refused"},
    };
    const char *left = json_string_value(json_object_get(result, "left_out"));

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (number(result, rows[i].key) > 0)
            printf("%lld %s\n", number(result, rows[i].key), rows[i].text);
    print_refusals(result);
    if (left != NULL)
        printf("left out: %s\n", left);
}

static void print_result(const struct args *args, const struct job *job)
{
    json_t *result = json_loads(job->result, 0, NULL);
    const char *dataset = json_string_value(json_object_get(result, "dataset"));
    struct str name = STR_INIT;

    if (args->format != FORMAT_TABLE) {
        jsonout_print_as(result ? result : json_object(), args->format);
        return;
    }
    console_name(&name, dataset ? dataset : "");
    printf("%s: %lld classes; imported %lld train, %lld test, %lld ood "
           "images\n",
           name.text,
           (long long)json_integer_value(json_object_get(result, "classes")),
           split_count(result, "train"), split_count(result, "test"),
           split_count(result, "ood"));
    if (json_object_get(result, "same") != NULL)
        print_pictures(result);
    str_release(&name);
    json_decref(result);
}

static enum status import(const struct args *args, struct catalogue *cat,
                          struct err *err)
{
    struct job job;
    enum status status = follow_or_detach(cat, JOB_IMPORT, args, 0, &job, err);

    if (status == OK && job.id) {
        print_result(args, &job);
        job_release(&job);
    }
    return status;
}

/* Removes the file of a catalogue that holds nothing, unless a job is about to
 * change that. The connection is still to be closed. */
static void remove_empty(struct catalogue *cat)
{
    static const char *const tails[] = {"", "-wal", "-shm"};
    struct catalogue_info info;
    int queued = 0, running = 0;
    struct err ignored;
    bool empty;

    if (catalogue_begin(cat, &ignored) != OK)
        return;
    empty = catalogue_in_place(cat, &ignored) == OK &&
            job_pending(cat, &queued, &running, &ignored) == OK &&
            queued == 0 && running == 0 &&
            catalogue_info(cat, &info, &ignored) == OK && info.datasets == 0;
    /* While the lock is held nobody can begin anything. */
    for (size_t i = 0; empty && i < ARRAY_SIZE(tails); i++) {
        struct str path = STR_INIT;

        str_addf(&path, "%s%s", catalogue_path(cat), tails[i]);
        unlink(path.text);
        str_release(&path);
    }
    catalogue_rollback(cat);
}

static enum status run(struct args *args, struct err *err)
{
    struct catalogue *cat = NULL;
    struct str sources = STR_INIT;
    bool made = access(args->words[0], F_OK) != 0;
    enum status status = OK;

    for (int i = 1; i < args->words_count && status == OK; i++)
        status = add_source(&sources, args->words[i], err);
    if (status == OK)
        status =
            params_set(&args->params, JOB_IMPORT, "source", sources.text, err);
    if (status == OK)
        status = xdg_make_parents(args->words[0], err);
    if (status == OK)
        status = catalogue_open(&cat, args->words[0], DB_CREATE, err);
    if (status == OK)
        status = import(args, cat, err);
    /* What was interrupted goes on from the catalogue; what was refused has
     * nothing there. */
    if (status != OK && status != ERR_CANCELLED && made && cat != NULL)
        remove_empty(cat);
    catalogue_close(cat);
    str_release(&sources);
    return status;
}

static const char *const passed[] = {
    "split", "labels", "classes", "dataset", "name",   "size",    "resize",
    "grey",  "exact",  "holdout", "val",     "strict", "threads", NULL};
static const struct option_row options[] = {
    OPTION_DETACH,
    OPTION_QUIET,
    OPTION_END,
};

const struct command cmd_import = {
    .name = "import",
    .synopsis = "CATALOGUE SOURCE...",
    .summary = "bring images into a catalogue, which is made if need be",
    .details =
        "SOURCE is a folder of pictures with a folder a class, below train/, "
        "val/, test/ and ood/ if they are split; a list of pictures and "
        "classes (.txt, .tsv, .csv); a file of images in IDX format (.gz or "
        "not) or a directory of them, named as MNIST's are; CIFAR-10 or 100 in "
        "binary; or features in .npy or .npz. Pictures stay where they are, "
        "and small squares of them "
        "are kept: the same command again takes in what is new or changed, and "
        "what can't be read is listed and left out. Of other files all is read "
        "and checked before anything is written.",
    .options = options,
    .kind = JOB_IMPORT,
    .passed = passed,
    .formats = FORMATS_ROWS,
    .least = 2,
    .most = -1,
    .run = run,
};
