#include <config.h>

#include "ui/filequery.h"

#include <glob.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "queue/jobs.h"
#include "queue/spawn.h"
#include "ui/app.h"

void filequery_release(struct filequery *query)
{
    free(query->path);
    memset(query, 0, sizeof(*query));
}

static void add_absolute(struct str *out, const char *path)
{
    const char *home = getenv("HOME");

    if (str_starts(path, "~/") && home) {
        str_addf(out, "%s%s", home, path + 1);
        return;
    }
    if (path[0] != '/') {
        char *here = getcwd(NULL, 0);

        str_addf(out, "%s/", here ? here : "");
        free(here);
    }
    str_add(out, path);
}

enum status filequery_start(struct filequery *query, struct app *app,
                            const char *path, struct err *err)
{
    const struct model_row *model = app->world.model;
    struct params params = {NULL, NULL, 0, 0};
    struct str absolute = STR_INIT;
    int64_t job = 0;
    enum status status;

    add_absolute(&absolute, path);
    status = params_set(&params, JOB_ENCODE, "model", model->name, err);
    if (status == OK)
        status = params_set(&params, JOB_ENCODE, "file", absolute.text, err);
    if (status == OK)
        status =
            job_add(app->world.cat, JOB_ENCODE, &params, model->id, &job, err);
    if (status == OK)
        status = spawn_worker(app->world.cat, 0, err);
    params_release(&params);
    str_release(&absolute);
    if (status != OK)
        return status;
    filequery_release(query);
    query->path = mem_strdup(path);
    query->job = job;
    query->model = model->id;
    return OK;
}

/* {"code": "0101", "margins": [12, -3, ...]} */
static enum status read_result(struct filequery *query, const char *result,
                               int bits, struct err *err)
{
    json_t *o = json_loads(result, 0, NULL);
    const char *code = json_string_value(json_object_get(o, "code"));
    const json_t *margins = json_object_get(o, "margins");
    enum status status;

    if (code == NULL || json_array_size(margins) != (size_t)bits)
        status =
            err_set(err, ERR_IO, "the worker's answer is no code: %s", result);
    else
        status = code_parse(&query->code, code, bits, err);
    for (int i = 0; status == OK && i < bits; i++)
        query->margins[i] =
            (int8_t)json_integer_value(json_array_get(margins, (size_t)i));
    json_decref(o);
    query->known = status == OK;
    return status;
}

enum status filequery_poll(struct filequery *query, struct app *app,
                           struct err *err)
{
    struct job job;
    enum status status = OK;

    if (!query->job)
        return OK;
    if (!app->world.model || app->world.model->id != query->model)
        return err_set(err, ERR_CANCELLED, "another model is looked at");
    if (job_get(app->world.cat, query->job, &job, err) != OK)
        return err->status;
    if (job.state == JOB_DONE) {
        query->job = 0;
        status = read_result(query, job.result, app->world.model->bits, err);
    } else if (job.state == JOB_FAILED || job.state == JOB_CANCELLED) {
        query->job = 0;
        status = err_set(err, ERR_IO, "%s",
                         job.state == JOB_FAILED ? job.message
                                                 : "the job was cancelled");
    }
    job_release(&job);
    return status;
}

void filequery_complete(void *unused, const char *text, struct str *out)
{
    struct str pattern = STR_INIT;
    glob_t found;

    (void)unused;
    for (const char *at = text; *at; at++) {
        if (strchr("*?[\\", *at))
            str_add_char(&pattern, '\\');
        str_add_char(&pattern, *at);
    }
    str_add_char(&pattern, '*');
    if (glob(pattern.text, GLOB_MARK | GLOB_TILDE, NULL, &found) == 0) {
        for (size_t i = 0; i < found.gl_pathc; i++)
            if (!strchr(found.gl_pathv[i], '\n'))
                str_addf(out, "%s\n", found.gl_pathv[i]);
        globfree(&found);
    }
    str_release(&pattern);
}
