#include <config.h>

#include "tasks/spec.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "catalogue/images.h"
#include "formats/npy.h"
#include "learn/setting.h"
#include "nn/encoder.h"

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

static void read_setting(struct learn_spec *spec, const struct setting *setting,
                         const struct task *task, const char *option)
{
    const char *text = task_text(task, option);
    double value;

    if (setting->type == SETTING_CHOICE)
        value = setting_choice(setting, text);
    else if (setting->type == SETTING_FLAG)
        value = strcmp(text, "1") == 0 || strcmp(text, "on") == 0;
    else
        params_numbers(&task->params, JOB_LEARN, option, &value, 1);
    setting_set(spec, setting, 0, value);
}

/* The settings of one value that the job gives; its table has checked them. */
static void read_settings(struct learn_spec *spec, const struct task *task)
{
    int count;
    const struct setting *table = settings(&count);

    for (int s = 0; s < count; s++) {
        char option[32];

        snprintf(option, sizeof(option), "%s", table[s].name);
        for (char *c = option; *c != '\0'; c++)
            *c = *c == '_' ? '-' : *c;
        if (table[s].items == 1 && given(task, option))
            read_setting(spec, &table[s], task, option);
    }
}

/*
 * Vectors are features already: a linear map of them, which begins where the
 * means of the classes are. Steps are so cheap that large batches pay, if
 * there are vectors enough for many of them.
 */
static enum status suit_vectors(struct learn_spec *spec,
                                const struct task *task,
                                const struct dataset *dataset, struct err *err)
{
    struct images_query q;
    int64_t n;

    snprintf(spec->encoder, sizeof(spec->encoder), "linear");
    spec->epochs[PHASE_WARM] = 0;
    images_query_init(&q);
    q.dataset = dataset->id;
    q.split = SPLIT_TRAIN;
    if (images_count(task->cat, &q, &n, err) != OK)
        return err->status;
    while (spec->batch < 1024 && n / 512 >= spec->batch)
        spec->batch *= 2;
    return OK;
}

/*
 * The squared length of standardised vectors is about d, and with it goes how
 * far a step moves their margins: from 0.3 at d = 667 or less, which is 0.1 at
 * d = 2048, measured.
 */
static void suit_rates(struct learn_spec *spec, int d)
{
    for (int i = 0; i < PHASE_COUNT; i++)
        if (spec->lr[i] > 200.0 / d)
            spec->lr[i] = 200.0 / d;
}

enum status spec_read(struct learn_spec *out, const struct task *task,
                      const struct dataset *dataset, struct err *err)
{
    struct learn_spec spec;
    enum learn_recipe recipe;
    enum status status =
        learn_recipe_parse(&recipe, task_text(task, "recipe"), err);

    if (status != OK)
        return status;
    spec = learn_spec_default(recipe);
    if (dataset->kind == DATASET_VECTORS &&
        suit_vectors(&spec, task, dataset, err) != OK)
        return err->status;
    if (given(task, "load-codebook"))
        spec.epochs[PHASE_WARM] = 0;
    if (given(task, "encoder"))
        snprintf(spec.encoder, sizeof(spec.encoder), "%s",
                 task_text(task, "encoder"));
    if (dataset->kind == DATASET_VECTORS && recipe == RECIPE_BEST &&
        strcmp(spec.encoder, "linear") == 0)
        suit_rates(&spec, dataset->channels);
    if (strcmp(task_text(task, "baseline"), "hashnet") == 0)
        spec.lr[PHASE_INSTANCE] = LEARN_HASHNET_RATE;
    read_phases(&spec, task);
    read_settings(&spec, task);
    if (encoder_check(spec.encoder, &spec.width, err) != OK)
        return err->status;
    if (spec.baseline != BASELINE_NONE && given(task, "load-codebook"))
        return err_set(err, ERR_BAD_INPUT,
                       "a baseline has a codebook of its own: leave "
                       "--load-codebook or --baseline out");
    learn_spec_baseline(&spec, spec.baseline);
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

static json_t *write_value(const struct learn_spec *spec,
                           const struct setting *setting, int i)
{
    double value = setting_get(spec, setting, i);

    switch (setting->type) {
    case SETTING_REAL:
        return json_real(value);
    case SETTING_FLAG:
        return json_boolean(value != 0);
    case SETTING_CHOICE:
        return json_string(setting->choices[(int)value]);
    default:
        return json_integer((json_int_t)value);
    }
}

static char *write_options(const struct task *task,
                           const struct learn_spec *spec)
{
    const char *codebook = task_text(task, "load-codebook");
    const char *file = task_text(task, "file");
    const char *from = task_text(task, "from");
    json_t *o = json_object();
    int count;
    const struct setting *table = settings(&count);
    char *text;

    json_object_set_new(o, "encoder", json_string(spec->encoder));
    for (int s = 0; s < count; s++) {
        json_t *values = json_array();

        if (table[s].items == 1)
            json_object_set_new(o, table[s].name,
                                write_value(spec, &table[s], 0));
        for (int i = 0; table[s].items > 1 && i < table[s].items; i++)
            json_array_append_new(values, write_value(spec, &table[s], i));
        if (table[s].items > 1)
            json_object_set(o, table[s].name, values);
        json_decref(values);
    }
    if (codebook != NULL)
        json_object_set_new(o, "load_codebook", json_string(codebook));
    if (from != NULL)
        json_object_set_new(o, "from", json_string(from));
    if (task->job->kind == JOB_IMPORT_MODEL)
        json_object_set_new(o, "imported", json_string(file));
    text = json_dumps(o, JSON_COMPACT | JSON_REAL_PRECISION(15));
    json_decref(o);
    return text;
}

/* False unless the value is one that the setting may have. */
static bool restore_value(struct learn_spec *spec,
                          const struct setting *setting, int i,
                          const json_t *value)
{
    double number;

    if (setting->type == SETTING_CHOICE) {
        if (!json_is_string(value))
            return false;
        number = setting_choice(setting, json_string_value(value));
    } else if (setting->type == SETTING_FLAG) {
        if (!json_is_boolean(value))
            return false;
        number = json_is_true(value);
    } else {
        if (!json_is_number(value))
            return false;
        number = json_number_value(value);
    }
    if (!(number >= setting->least && number <= setting->most))
        return false;
    setting_set(spec, setting, i, number);
    return true;
}

static enum status restore_settings(struct learn_spec *spec, const json_t *o,
                                    struct err *err)
{
    int count;
    const struct setting *table = settings(&count);

    for (int s = 0; s < count; s++) {
        const json_t *value = json_object_get(o, table[s].name);
        bool good = value != NULL;

        if (table[s].items == 1)
            good = good && restore_value(spec, &table[s], 0, value);
        for (int i = 0; table[s].items > 1 && i < table[s].items; i++)
            good = good && restore_value(spec, &table[s], i,
                                         json_array_get(value, (size_t)i));
        if (!good)
            return err_set(err, ERR_CATALOGUE,
                           "%s is missing or of another edition: learn it anew "
                           "under another name",
                           table[s].name);
    }
    return OK;
}

enum status spec_restore(struct learn_spec *out, const struct model_row *model,
                         struct err *err)
{
    json_error_t where;
    json_t *o = json_loads(model->options, 0, &where);
    const char *encoder = json_string_value(json_object_get(o, "encoder"));
    struct learn_spec spec = learn_spec_default(RECIPE_PAPER);
    enum status status = OK;

    if (o == NULL)
        status = err_set(err, ERR_CATALOGUE, "%s", where.text);
    else if (encoder == NULL)
        status = err_set(err, ERR_CATALOGUE, "there is no encoder");
    else
        snprintf(spec.encoder, sizeof(spec.encoder), "%s", encoder);
    if (status == OK)
        status = restore_settings(&spec, o, err);
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

char *spec_start(const struct model_row *model, const char *key)
{
    json_t *o = json_loads(model->options, 0, NULL);
    const char *path = json_string_value(json_object_get(o, key));
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
                             const char *stem, struct err *err)
{
    struct model_list list = {NULL, 0, 0};
    struct str s = STR_INIT;
    enum status status = model_all(task->cat, &list, err);

    if (status != OK)
        return status;
    str_add(&s, stem);
    for (int i = 2; name_taken(&list, s.text); i++) {
        str_clear(&s);
        str_addf(&s, "%s-%d", stem, i);
    }
    model_list_release(&list);
    *out = str_take(&s);
    return OK;
}

enum status spec_model(struct model_row *out, const struct task *task,
                       const struct learn_spec *spec,
                       const struct dataset *dataset, const char *suggested,
                       struct err *err)
{
    const char *given = task_text(task, "name");
    struct model_row row = {.dataset_id = dataset->id,
                            .bits = spec->bits,
                            .seed = (int64_t)spec->seed,
                            .state = MODEL_LEARNING,
                            .created_at = clock_wall()};

    struct str stem = STR_INIT;
    enum status status = OK;

    str_addf(&stem, "%s-%d", dataset->name, spec->bits);
    if (spec->baseline != BASELINE_NONE)
        str_addf(&stem, "-%s", learn_baselines[spec->baseline]);
    if (given != NULL)
        row.name = mem_strdup(given);
    else
        status = free_name(&row.name, task,
                           suggested != NULL ? suggested : stem.text, err);
    str_release(&stem);
    if (status != OK)
        return status;
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
