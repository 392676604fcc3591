#include <config.h>

#include "tasks/spec.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "formats/npy.h"

/*
 * "A,B" means the phases of the method, codebook and instance; "A,B,C" has the
 * warm start before them.
 */
static void spread(const double *numbers, int count, double *phases)
{
    int first = count == 2 ? PHASE_CODEBOOK : PHASE_WARM;

    for (int i = 0; i < count; i++)
        phases[first + i] = numbers[i];
}

static void read_phases(struct learn_spec *spec, const struct task *task)
{
    const struct params *p = &task->params;
    double numbers[PHASE_COUNT], epochs[PHASE_COUNT];
    int count;

    for (int i = 0; i < PHASE_COUNT; i++)
        epochs[i] = spec->epochs[i];
    count = params_numbers(p, JOB_LEARN, "epochs", numbers, PHASE_COUNT);
    spread(numbers, count, epochs);
    for (int i = 0; i < PHASE_COUNT; i++)
        spec->epochs[i] = (int)epochs[i];
    count = params_numbers(p, JOB_LEARN, "lr", numbers, PHASE_COUNT);
    spread(numbers, count, spec->lr);
}

/* Only what the job says: the fallbacks of its options are the recipe's. */
static bool given(const struct task *task, const char *name)
{
    for (int i = 0; i < task->params.count; i++)
        if (strcmp(task->params.names[i], name) == 0)
            return true;
    return false;
}

enum status spec_read(struct learn_spec *out, const struct task *task,
                      struct err *err)
{
    struct learn_spec spec;
    enum learn_recipe recipe;
    enum status status =
        learn_recipe_parse(&recipe, task_text(task, "recipe"), err);

    if (status != OK)
        return status;
    spec = learn_spec_default(recipe);
    if (given(task, "load-codebook"))
        spec.epochs[PHASE_WARM] = 0;
    read_phases(&spec, task);
    if (given(task, "encoder"))
        snprintf(spec.encoder, sizeof(spec.encoder), "%s",
                 task_text(task, "encoder"));
    if (given(task, "width"))
        spec.width = (int)task_int(task, "width");
    if (given(task, "bits"))
        spec.bits = (int)task_int(task, "bits");
    if (given(task, "batch"))
        spec.batch = (int)task_int(task, "batch");
    if (given(task, "seed"))
        spec.seed = (uint64_t)task_int(task, "seed");
    if (given(task, "flip"))
        spec.flip = params_flag(&task->params, task->job->kind, "flip");
    *out = spec;
    return learn_spec_check(out, err);
}

enum status spec_check_resume(const struct task *task, struct err *err)
{
    static const char *const fitting[] = {"resume", "threads", "linkage"};

    for (int i = 0; i < task->params.count; i++) {
        const char *name = task->params.names[i];
        bool fits = false;

        for (size_t j = 0; j < ARRAY_SIZE(fitting); j++)
            fits |= strcmp(name, fitting[j]) == 0;
        if (!fits)
            return err_set(err, ERR_BAD_INPUT,
                           "--resume goes on with the options that the model "
                           "was begun with: leave --%s out",
                           name);
    }
    return OK;
}

static char *write_options(const struct task *task,
                           const struct learn_spec *spec)
{
    const char *codebook = task_text(task, "load-codebook");
    json_t *o = json_pack(
        "{s:s, s:i, s:s, s:i, s:[i,i,i], s:[f,f,f], s:i, s:f, s:f, s:f, s:b, "
        "s:i, s:f, s:f, s:f, s:f, s:b, s:I}",
        "recipe", learn_recipe_name(spec->recipe), "bits", spec->bits,
        "encoder", spec->encoder, "width", spec->width, "epochs",
        spec->epochs[0], spec->epochs[1], spec->epochs[2], "lr", spec->lr[0],
        spec->lr[1], spec->lr[2], "batch", spec->batch, "momentum",
        spec->momentum, "weight_decay", spec->weight_decay, "label_smoothing",
        spec->label_smoothing, "flip", spec->flip, "shift", spec->shift,
        "rotate", spec->rotate, "stretch", spec->stretch, "shear", spec->shear,
        "mix", spec->mix, "separate", spec->separate, "seed",
        (json_int_t)spec->seed);
    char *text;

    if (codebook != NULL)
        json_object_set_new(o, "load_codebook", json_string(codebook));
    text = json_dumps(o, JSON_COMPACT | JSON_REAL_PRECISION(9));
    json_decref(o);
    return text;
}

enum status spec_restore(struct learn_spec *out, const struct model_row *model,
                         struct err *err)
{
    json_error_t where;
    json_t *o = json_loads(model->options, 0, &where);
    const char *recipe = "", *encoder = "";
    struct learn_spec spec;
    json_int_t seed = 0;
    int flip = 0, separate = 0, rc;
    enum status status;

    memset(&spec, 0, sizeof(spec));
    rc = json_unpack_ex(
        o, &where, 0,
        "{s:s, s:i, s:s, s:i, s:[i,i,i], s:[F,F,F], s:i, s:F, s:F, s:F, s:b, "
        "s:i, s:F, s:F, s:F, s:F, s:b, s:I}",
        "recipe", &recipe, "bits", &spec.bits, "encoder", &encoder, "width",
        &spec.width, "epochs", &spec.epochs[0], &spec.epochs[1],
        &spec.epochs[2], "lr", &spec.lr[0], &spec.lr[1], &spec.lr[2], "batch",
        &spec.batch, "momentum", &spec.momentum, "weight_decay",
        &spec.weight_decay, "label_smoothing", &spec.label_smoothing, "flip",
        &flip, "shift", &spec.shift, "rotate", &spec.rotate, "stretch",
        &spec.stretch, "shear", &spec.shear, "mix", &spec.mix, "separate",
        &separate, "seed", &seed);
    spec.flip = flip != 0;
    spec.separate = separate != 0;
    spec.seed = (uint64_t)seed;
    snprintf(spec.encoder, sizeof(spec.encoder), "%s", encoder);
    status = rc == 0 ? learn_recipe_parse(&spec.recipe, recipe, err)
                     : err_set(err, ERR_CATALOGUE, "%s", where.text);
    json_decref(o);
    if (status == OK)
        status = learn_spec_check(&spec, err);
    if (status != OK) {
        err->status = ERR_CATALOGUE;
        return err_wrap(err, "the options of model %s", model->name);
    }
    *out = spec;
    return OK;
}

char *spec_codebook_path(const struct model_row *model)
{
    json_t *o = json_loads(model->options, 0, NULL);
    const char *path = json_string_value(json_object_get(o, "load_codebook"));
    char *copy = path != NULL ? mem_strdup(path) : NULL;

    json_decref(o);
    return copy;
}

static bool name_taken(const struct model_list *list, const char *name)
{
    for (int i = 0; i < list->count; i++)
        if (strcmp(list->items[i].name, name) == 0)
            return true;
    return false;
}

static enum status free_name(char **out, const struct task *task,
                             const struct learn_spec *spec,
                             const struct dataset *dataset, struct err *err)
{
    struct model_list list = {NULL, 0, 0};
    struct str s = STR_INIT;
    enum status status = model_all(task->cat, &list, err);

    if (status != OK)
        return status;
    str_addf(&s, "%s-%d", dataset->name, spec->bits);
    for (int i = 2; name_taken(&list, s.text); i++) {
        str_clear(&s);
        str_addf(&s, "%s-%d-%d", dataset->name, spec->bits, i);
    }
    model_list_release(&list);
    *out = str_take(&s);
    return OK;
}

enum status spec_model(struct model_row *out, const struct task *task,
                       const struct learn_spec *spec,
                       const struct dataset *dataset, struct err *err)
{
    const char *given = task_text(task, "name");
    struct model_row row = {.dataset_id = dataset->id,
                            .bits = spec->bits,
                            .seed = (int64_t)spec->seed,
                            .state = MODEL_LEARNING,
                            .created_at = clock_wall()};

    if (given != NULL) {
        row.name = mem_strdup(given);
    } else {
        enum status status = free_name(&row.name, task, spec, dataset, err);

        if (status != OK)
            return status;
    }
    row.encoder = mem_strdup(spec->encoder);
    row.recipe = mem_strdup(learn_recipe_name(spec->recipe));
    row.options = write_options(task, spec);
    for (int i = 0; i < PHASE_COUNT; i++)
        row.steps += spec->epochs[i];
    *out = row;
    return OK;
}

enum status spec_codebook(float **out, const char *path,
                          const struct learn_spec *spec, uint32_t classes,
                          struct err *err)
{
    struct npy npy;
    enum status status;

    if (path == NULL) {
        *out = NULL;
        return OK;
    }
    status = npy_read(&npy, path, err);
    if (status != OK)
        return status;
    if (npy.dims != 2 || npy.shape[0] != classes ||
        npy.shape[1] != (size_t)spec->bits) {
        status = err_set(err, ERR_BAD_INPUT,
                         "%s: a codebook for %u classes and %d bits has shape "
                         "(%u, %d); this array has %u dimensions, %zu x %zu",
                         path, classes, spec->bits, classes, spec->bits,
                         npy.dims, npy.shape[0], npy.shape[1]);
        npy_release(&npy);
        return status;
    }
    *out = npy.data; /* free() is what releases it */
    return OK;
}
