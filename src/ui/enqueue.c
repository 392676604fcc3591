#include <config.h>

#include "ui/enqueue.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "queue/jobs.h"
#include "queue/spawn.h"
#include "ui/app.h"

static const struct param_spec *spec_of(enum job_kind kind, const char *name,
                                        size_t n)
{
    int count;
    const struct param_spec *specs = param_specs(kind, &count);

    for (int i = 0; i < count; i++)
        if (strlen(specs[i].name) == n && strncmp(specs[i].name, name, n) == 0)
            return &specs[i];
    return NULL;
}

/* "bits=16" or "flip". */
static enum status read_word(struct params *params, enum job_kind kind,
                             const char *word, struct err *err)
{
    size_t n = strcspn(word, "=");
    const struct param_spec *spec = spec_of(kind, word, n);
    const char *value = word[n] ? word + n + 1 : "1";

    if (!spec)
        return err_set(err, ERR_BAD_INPUT,
                       "%s has no option '%.*s'; Tab completes",
                       job_kind_name(kind), (int)n, word);
    if (!word[n] && spec->type != PARAM_FLAG)
        return err_set(err, ERR_BAD_INPUT, "%s wants a value: %s=%s",
                       spec->name, spec->name,
                       spec->metavar ? spec->metavar : "VALUE");
    if (spec->type == PARAM_PATH && value[0] != '/')
        return err_set(err, ERR_BAD_INPUT,
                       "%s: write the whole path, from / on", spec->name);
    return params_set(params, kind, spec->name, value, err);
}

static enum status read_words(struct params *params, enum job_kind kind,
                              const char *text, struct err *err)
{
    char *copy = mem_strdup(text), *save, *word;
    enum status status = OK;

    for (word = strtok_r(copy, " ", &save); status == OK && word;
         word = strtok_r(NULL, " ", &save))
        status = read_word(params, kind, word, err);
    free(copy);
    return status;
}

void enqueue_run(struct app *app, enum job_kind kind, const char *text)
{
    struct params params = {NULL, NULL, 0, 0};
    int64_t id = 0;
    struct err err;
    enum status status = OK;

    if (!app->world.has_dataset)
        status = err_set(&err, ERR_NOT_FOUND,
                         "there is nothing to learn from yet: import images "
                         "first");
    if (status == OK)
        status = read_words(&params, kind, text, &err);
    if (status == OK)
        status = job_add(app->world.cat, kind, &params, 0, &id, &err);
    if (status == OK)
        status = spawn_worker(app->world.cat, 0, &err);
    params_release(&params);
    if (id)
        app_reload(app);
    if (status != OK)
        app_error(app, &err);
    else
        app_message(app,
                    "job %" PRId64 ": %s is queued; w shows it, m the "
                    "curves",
                    id, job_kind_name(kind));
}

static void answer_learn(struct view *view, const char *text)
{
    enqueue_run(view->app, JOB_LEARN, text);
}

static void complete_learn(void *context, const char *text, struct str *out)
{
    (void)context;
    enqueue_complete(JOB_LEARN, text, out);
}

void enqueue_ask_learn(struct app *app)
{
    app_ask(app, "learn: ", "bits=16 ", answer_learn);
    app->prompt.complete = complete_learn;
}

/* The values of a choice that start with `value`. */
static void add_choices(const struct param_spec *spec, const char *before,
                        size_t n, const char *value, struct str *out)
{
    const char *choice = spec->choices;

    while (choice && *choice) {
        size_t length = strcspn(choice, "|");

        if (strncmp(choice, value, strlen(value)) == 0 &&
            strlen(value) <= length)
            str_addf(out, "%.*s%.*s \n", (int)n, before, (int)length, choice);
        choice += length + (choice[length] == '|');
    }
}

void enqueue_complete(enum job_kind kind, const char *text, struct str *out)
{
    const char *space = strrchr(text, ' '), *word = space ? space + 1 : text;
    size_t before = (size_t)(word - text), n = strcspn(word, "=");
    int count;
    const struct param_spec *specs = param_specs(kind, &count);

    if (word[n]) {
        const struct param_spec *spec = spec_of(kind, word, n);

        if (spec)
            add_choices(spec, text, before + n + 1, word + n + 1, out);
        return;
    }
    for (int i = 0; i < count; i++)
        if (str_starts(specs[i].name, word))
            str_addf(out, "%.*s%s%s\n", (int)before, text, specs[i].name,
                     specs[i].type == PARAM_FLAG ? " " : "=");
}
