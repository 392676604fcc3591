#include <config.h>

#include "cli/baselines.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/console.h"
#include "cli/tabular.h"
#include "queue/jobs.h"

static const char *const kinds[BASELINES] = {
    "ordinary", "real", "random", "singular", "lsh", "itq", "hashnet"};

/* The options that the model was learnt with: an object. New reference. */
static json_t *options_of(const struct model_row *m)
{
    json_t *o = json_loads(m->options, 0, NULL);

    return o != NULL ? o : json_object();
}

static int64_t width_of(const struct model_row *m)
{
    json_t *o = options_of(m);
    int64_t width = json_integer_value(json_object_get(o, "width"));

    json_decref(o);
    return width;
}

static bool compares(const struct model_row *a, const struct model_row *b,
                     const char *kind)
{
    return strcmp(a->baseline, kind) == 0 && a->dataset_id == b->dataset_id &&
           strcmp(a->encoder, b->encoder) == 0 && a->steps == b->steps &&
           a->seed == b->seed && width_of(a) == width_of(b) &&
           (!model_has_codes(a) || a->bits == b->bits);
}

/* ---- the command that learns one ---- */

/* A word for a shell. */
static void add_word(struct str *out, const char *word)
{
    if (word[strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                          "0123456789_./,:+-")] == '\0') {
        str_add(out, word);
        return;
    }
    str_add_char(out, '\'');
    for (; *word != '\0'; word++)
        if (*word == '\'')
            str_add(out, "'\\''");
        else
            str_add_char(out, *word);
    str_add_char(out, '\'');
}

/* What must be as the model has it, whatever is usual now. */
static const char *const fixed[] = {"recipe", "encoder", "width", "bits",
                                    "epochs", "batch",   "seed"};

/* Whether learn still takes it: a model may be of another edition. */
static bool is_taken(const char *option, const char *value)
{
    struct params params = {NULL, NULL, 0, 0};
    struct err err;
    bool taken = params_set(&params, JOB_LEARN, option, value, &err) == OK;

    params_release(&params);
    return taken;
}

static void add_fixed(struct str *out, const json_t *options)
{
    for (size_t i = 0; i < ARRAY_SIZE(fixed); i++) {
        const json_t *value = json_object_get(options, fixed[i]), *item;
        size_t at;

        if (value == NULL ||
            (strcmp(fixed[i], "width") == 0 &&
             json_integer_value(value) == 0) ||
            (json_is_string(value) &&
             !is_taken(fixed[i], json_string_value(value))))
            continue;
        str_addf(out, " --%s ", fixed[i]);
        if (json_is_string(value))
            add_word(out, json_string_value(value));
        if (json_is_integer(value))
            str_addf(out, "%lld", (long long)json_integer_value(value));
        json_array_foreach(value, at, item) str_addf(
            out, "%s%lld", at ? "," : "", (long long)json_integer_value(item));
    }
}

static bool among(const char *name, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

static bool is_flag(const char *option)
{
    int count;
    const struct param_spec *specs = param_specs(JOB_LEARN, &count);

    for (int i = 0; i < count; i++)
        if (strcmp(specs[i].name, option) == 0)
            return specs[i].type == PARAM_FLAG;
    return false;
}

/* The other options that the job which learnt the model was given. */
static enum status add_given(struct str *out, struct subject *s,
                             struct err *err)
{
    static const char *const own[] = {"name",     "resume",        "threads",
                                      "baseline", "load-codebook", "linkage",
                                      "dataset"};
    struct job_list jobs = {NULL, 0, 0};
    struct params params = {NULL, NULL, 0, 0};
    enum status status = job_all(s->cat, 0, &jobs, err);

    for (int i = 0; status == OK && i < jobs.count && params.count == 0; i++)
        if (jobs.items[i].kind == JOB_LEARN &&
            jobs.items[i].model_id == s->model.id &&
            params_read(&params, jobs.items[i].params, err) == OK &&
            params_get(&params, JOB_LEARN, "resume") != NULL)
            params_release(&params);
    for (int i = 0; i < params.count; i++) {
        if (among(params.names[i], own, ARRAY_SIZE(own)) ||
            among(params.names[i], fixed, ARRAY_SIZE(fixed)) ||
            !is_taken(params.names[i], params.values[i]))
            continue;
        str_addf(out, " --%s", params.names[i]);
        if (!is_flag(params.names[i])) {
            str_add_char(out, ' ');
            add_word(out, params.values[i]);
        }
    }
    params_release(&params);
    job_list_release(&jobs);
    return status;
}

static enum status learn_command(struct baseline *row, struct subject *s,
                                 struct err *err)
{
    json_t *options = options_of(&s->model);
    struct str out = STR_INIT;
    enum status status;

    str_addf(&out, "bitgrove learn --baseline %s --dataset ", row->kind);
    add_word(&out, s->dataset.name);
    add_fixed(&out, options);
    status = add_given(&out, s, err);
    str_add_char(&out, ' ');
    add_word(&out, catalogue_path(s->cat));
    json_decref(options);
    row->command = str_take(&out);
    return status;
}

/* ---- those there are ---- */

static struct baseline row_of(const char *kind, const struct evaluation *e)
{
    bool found = evaluation_retrieved(e);
    bool ood = e->ood_rest.in > 0 && e->ood_rest.out > 0;

    return (struct baseline){
        .kind = kind,
        .top1 = e->top1,
        .top5 = e->top5,
        .mhd = e->mhd,
        .ed = e->ed,
        .map = !isnan(e->cosine) ? e->cosine
               : found           ? e->retrieval.map
                                 : NAN,
        .ood = ood ? e->ood_rest.accuracy : NAN,
        .auroc = ood ? e->ood_rest.auroc : NAN,
    };
}

static enum status measure(struct baseline *row, const struct subject *s,
                           const struct model_row *m, size_t r, struct err *err)
{
    struct evaluation *e = mem_zalloc(1, sizeof(*e));
    struct subject other;
    enum status status = subject_open_named(
        &other, catalogue_path(s->cat), m->name, NULL,
        model_has_codes(m) ? SUBJECT_CODEBOOK : SUBJECT_MODEL, err);

    if (status == OK)
        status = evaluation_brief(e, &other, r, err);
    if (status == OK) {
        *row = row_of(row->kind, e);
        row->model = mem_strdup(m->name);
    }
    subject_close(&other);
    free(e);
    return status;
}

static enum status find(struct baseline *row, struct subject *s,
                        const struct model_list *models, size_t r,
                        struct err *err)
{
    const struct model_row *found = NULL;
    struct str command = STR_INIT;

    row->top1 = row->top5 = row->mhd = row->ed = NAN;
    row->map = row->ood = row->auroc = NAN;
    for (int i = 0; i < models->count; i++) {
        const struct model_row *m = &models->items[i];

        if (compares(m, &s->model, row->kind) &&
            (found == NULL || m->state == MODEL_READY))
            found = m;
    }
    if (found == NULL)
        return learn_command(row, s, err);
    if (found->state == MODEL_READY)
        return measure(row, s, found, r, err);
    str_add(&command, "bitgrove jobs --follow ");
    add_word(&command, catalogue_path(s->cat));
    row->command = str_take(&command);
    return OK;
}

enum status baselines_find(struct baselines *out, struct subject *s, size_t r,
                           struct err *err)
{
    struct model_list models = {NULL, 0, 0};
    enum status status = model_all(s->cat, &models, err);

    memset(out, 0, sizeof(*out));
    for (int i = 0; i < BASELINES && status == OK; i++) {
        out->rows[i].kind = kinds[i];
        status = find(&out->rows[i], s, &models, r, err);
    }
    model_list_release(&models);
    return status;
}

void baselines_release(struct baselines *b)
{
    for (int i = 0; i < BASELINES; i++) {
        free(b->rows[i].model);
        free(b->rows[i].command);
    }
    memset(b, 0, sizeof(*b));
}

/* ---- showing ---- */

/* The model itself as a row. */
static struct baseline own_row(const struct evaluation *e,
                               const struct subject *s)
{
    struct baseline row = row_of("none", e);

    row.model = s->model.name;
    return row;
}

static json_t *row_json(const struct baseline *row)
{
    return json_pack(
        "{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "baseline",
        row->kind, "model", row->model ? jsonout_text(row->model) : json_null(),
        "top1", jsonout_real(row->top1), "top5", jsonout_real(row->top5), "mhd",
        jsonout_real(row->mhd), "ed", jsonout_real(row->ed), "map",
        jsonout_real(row->map), "ood", jsonout_real(row->ood), "auroc",
        jsonout_real(row->auroc), "learn",
        row->command ? jsonout_text(row->command) : json_null());
}

json_t *baselines_json(const struct baselines *b, const struct evaluation *e,
                       const struct subject *s)
{
    struct baseline own = own_row(e, s);
    json_t *list = json_array();

    json_array_append_new(list, row_json(&own));
    for (int i = 0; i < BASELINES; i++)
        json_array_append_new(list, row_json(&b->rows[i]));
    return list;
}

void baselines_protocol(struct str *out, const struct subject *s,
                        const struct evaluation *e, size_t r)
{
    str_addf(out,
             "the same data set, encoder (%s, width %lld), epochs (%d in all) "
             "and seed (%lld), test split; top-1 and top-5 by the last "
             "epoch's logits, with the recipe paper by those at the end of "
             "phase 1; of real, MHD and ED by the signs of W and z; MAP@%zu of "
             "test in train, of real by the cosine of margins; ood: accuracy "
             "of telling ood from test, and AUROC, by codes of no class, of "
             "ordinary by a threshold on its largest probability, tuned on "
             "%zu of these images (seed %d), all of them on the others (%zu "
             "ood, %zu test)",
             s->model.encoder, (long long)width_of(&s->model), s->model.steps,
             (long long)s->model.seed, r, e->ood_held, THRESHOLD_SEED,
             e->ood_rest.out, e->ood_rest.in);
}

static void add_row(struct tabular *t, const struct baseline *row)
{
    tabular_text(t, row->kind);
    tabular_text(t, row->model ? row->model : "-");
    tabular_rate(t, row->top1);
    tabular_rate(t, row->top5);
    tabular_rate(t, row->mhd);
    tabular_rate(t, row->ed);
    tabular_real(t, row->map, 3);
    tabular_rate(t, row->ood);
    tabular_real(t, row->auroc, 3);
}

void baselines_print(const struct baselines *b, const struct evaluation *e,
                     const struct subject *s, size_t r)
{
    static const struct column columns[] = {
        {"baseline", COLUMN_TEXT}, {"model", COLUMN_NAME},
        {"top1", COLUMN_NUMBER},   {"top5", COLUMN_NUMBER},
        {"mhd", COLUMN_NUMBER},    {"ed", COLUMN_NUMBER},
        {"map", COLUMN_NUMBER},    {"ood", COLUMN_NUMBER},
        {"auroc", COLUMN_NUMBER}};
    struct baseline own = own_row(e, s);
    struct str text = STR_INIT;
    struct tabular t;

    own.kind = "-";
    tabular_init(&t, columns, ARRAY_SIZE(columns), FORMAT_TABLE);
    add_row(&t, &own);
    for (int i = 0; i < BASELINES; i++)
        add_row(&t, &b->rows[i]);
    tabular_print(&t);
    tabular_release(&t);
    baselines_protocol(&text, s, e, r);
    console_entry("compared", 13, text.text);
    for (int i = 0; i < BASELINES; i++) {
        if (b->rows[i].command == NULL)
            continue;
        str_clear(&text);
        console_message(&text, b->rows[i].command);
        printf("%-12s %s\n", b->rows[i].kind, text.text);
    }
    str_release(&text);
}
