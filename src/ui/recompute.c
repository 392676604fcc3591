#include <config.h>

#include "ui/recompute.h"

#include <inttypes.h>
#include <stdio.h>

#include "queue/jobs.h"
#include "queue/params.h"
#include "queue/spawn.h"
#include "ui/app.h"

/* One encode job of the model seen, of one thing or (name NULL) of all. */
static enum status queue_encode(struct app *app, const char *name,
                                const char *value, struct err *err)
{
    const struct model_row *model = app->world.model;
    struct params params = {NULL, NULL, 0, 0};
    int64_t id;
    enum status status;

    status = params_set(&params, JOB_ENCODE, "model", model->name, err);
    if (status == OK && name)
        status = params_set(&params, JOB_ENCODE, name, value, err);
    if (status == OK)
        status =
            job_add(app->world.cat, JOB_ENCODE, &params, model->id, &id, err);
    params_release(&params);
    return status;
}

/* The worker does the rest; the screen follows through the job's row. */
static void start(struct app *app, enum status status, const char *what,
                  struct err *err)
{
    if (status == OK)
        status = spawn_worker(app->world.cat, 0, err);
    if (status != OK) {
        app_error(app, err);
        return;
    }
    app_reload(app);
    app_message(app, "%s: codes are computed anew; w shows the queue", what);
}

static bool ready(struct app *app)
{
    if (!app->world.model)
        app_message(app, "there is no model yet to compute codes with");
    return app->world.model != NULL;
}

void recompute_model(struct app *app)
{
    struct err err;

    if (ready(app))
        start(app, queue_encode(app, NULL, NULL, &err), "all images", &err);
}

static void recompute_class(struct app *app, int64_t id)
{
    const char *name = world_class_name(&app->world, id);
    struct err err;
    enum status status = queue_encode(app, "class", name, &err);

    start(app, status, name, &err);
}

static void recompute_node(struct app *app, const struct target *target)
{
    struct err err;
    char key[24], what[48];
    enum status status;

    snprintf(key, sizeof(key), "%016" PRIx64, target->key);
    snprintf(what, sizeof(what), "%u classes", target->size);
    status = queue_encode(app, "node", key, &err);
    start(app, status, what, &err);
}

void recompute_subject(struct app *app)
{
    struct target target;
    struct err err;
    char text[32];

    if (!ready(app))
        return;
    app_subject(app, &target);
    switch (target.kind) {
    case TARGET_CLASS:
        recompute_class(app, target.id);
        break;
    case TARGET_NODE:
        if (target.size == app->world.tree.leaves)
            recompute_model(app);
        else
            recompute_node(app, &target);
        break;
    case TARGET_IMAGE:
        snprintf(text, sizeof(text), "%" PRId64, target.id);
        start(app, queue_encode(app, "image", text, &err), "the image", &err);
        break;
    default:
        recompute_model(app);
        break;
    }
}
