#include <config.h>

#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/console.h"
#include "cli/jsonout.h"
#include "cli/subject.h"
#include "cli/tabular.h"

/* All that info prints. */
struct inside {
    struct catalogue_info info;
    struct dataset_list datasets;
    struct model_list models;
    struct source_list sources;
};

static enum status gather(struct catalogue *cat, struct inside *in,
                          struct err *err)
{
    enum status status = catalogue_info(cat, &in->info, err);

    if (status == OK)
        status = dataset_all(cat, &in->datasets, err);
    if (status == OK)
        status = model_all(cat, &in->models, err);
    if (status == OK)
        status = source_all(cat, &in->sources, err);
    return status;
}

static const char *state_name(const struct model_row *m)
{
    return m->state == MODEL_READY ? "ready" : "learning";
}

static json_t *models_json(const struct inside *in)
{
    json_t *list = json_array();

    for (int i = 0; i < in->models.count; i++) {
        const struct model_row *m = &in->models.items[i];

        json_array_append_new(
            list,
            json_pack("{s:o, s:s, s:s, s:s, s:i, s:I, s:s, s:i, s:i, s:i, s:I}",
                      "name", jsonout_text(m->name), "encoder", m->encoder,
                      "recipe", m->recipe, "baseline",
                      m->baseline[0] ? m->baseline : "none", "bits", m->bits,
                      "seed", (json_int_t)m->seed, "state", state_name(m),
                      "phase", m->phase, "epoch", m->step, "epochs", m->steps,
                      "coded", (json_int_t)m->coded));
    }
    return list;
}

static json_t *datasets_json(const struct inside *in)
{
    json_t *list = json_array();

    for (int i = 0; i < in->datasets.count; i++) {
        const struct dataset *d = &in->datasets.items[i];

        json_array_append_new(
            list, json_pack("{s:o, s:s, s:i, s:i, s:i}", "name",
                            jsonout_text(d->name), "kind",
                            dataset_kind_name(d->kind), "channels", d->channels,
                            "height", d->height, "width", d->width));
    }
    return list;
}

static json_t *sources_json(const struct inside *in)
{
    json_t *list = json_array();

    for (int i = 0; i < in->sources.count; i++) {
        const struct source_row *s = &in->sources.items[i];

        json_array_append_new(
            list,
            json_pack("{s:o, s:s, s:I, s:s, s:I}", "path",
                      jsonout_text(s->path), "split", split_name(s->split),
                      "images", (json_int_t)s->images, "digest", s->digest,
                      "imported_at", (json_int_t)s->imported_at));
    }
    return list;
}

static void print_json(const char *path, const struct inside *in,
                       enum format format)
{
    const struct catalogue_info *i = &in->info;

    jsonout_print_as(
        json_pack("{s:o, s:i, s:I, s:I, s:{s:I, s:I, s:I, s:I, s:I}, s:I, s:I, "
                  "s:I, s:I, "
                  "s:o, s:o, s:o}",
                  "path", jsonout_text(path), "schema", i->schema, "bytes",
                  (json_int_t)i->file_bytes, "classes", (json_int_t)i->classes,
                  "images", "all", (json_int_t)i->images, "train",
                  (json_int_t)i->train, "test", (json_int_t)i->test, "ood",
                  (json_int_t)i->ood, "unlabelled", (json_int_t)i->unlabelled,
                  "codes", (json_int_t)i->codes, "notes", (json_int_t)i->notes,
                  "tags", (json_int_t)i->tags, "jobs", (json_int_t)i->jobs,
                  "datasets", datasets_json(in), "models", models_json(in),
                  "sources", sources_json(in)),
        format);
}

static void print_name(const char *key, const char *name, const char *rest)
{
    struct str safe = STR_INIT;

    console_name(&safe, name);
    printf("%-11s %s%s\n", key, safe.text, rest);
    str_release(&safe);
}

static void print_models(const struct inside *in, const char *path)
{
    for (int i = 0; i < in->models.count; i++) {
        const struct model_row *m = &in->models.items[i];
        char rest[200];

        snprintf(rest, sizeof(rest),
                 ": %s, %d bits, recipe %s%s%s, seed %lld, %s, epoch %d of "
                 "%d, %lld images coded",
                 m->encoder, m->bits, m->recipe,
                 m->baseline[0] ? ", baseline " : "", m->baseline,
                 (long long)m->seed, state_name(m), m->step, m->steps,
                 (long long)m->coded);
        print_name("model", m->name, rest);
    }
    if (in->info.images == 0)
        print_name("next", "bitgrove import ", path);
    else if (in->models.count == 0)
        print_name("next", "bitgrove learn ", path);
}

static void print_table(const char *path, const struct inside *in)
{
    const struct catalogue_info *i = &in->info;

    print_name("catalogue", path, "");
    printf("%-11s %d, %.*f %s\n", "schema", i->schema,
           i->file_bytes < 1000000 ? 0 : 1,
           (double)i->file_bytes / (i->file_bytes < 1000000 ? 1e3 : 1e6),
           i->file_bytes < 1000000 ? "kB" : "MB");
    for (int d = 0; d < in->datasets.count; d++) {
        const struct dataset *row = &in->datasets.items[d];
        char rest[80];

        if (row->kind == DATASET_VECTORS)
            snprintf(rest, sizeof(rest), ": vectors of %d", row->channels);
        else
            snprintf(rest, sizeof(rest), ": %d x %d, %s", row->width,
                     row->height, row->channels == 1 ? "grey" : "colour");
        print_name("data set", row->name, rest);
    }
    printf("%-11s %lld\n", "classes", (long long)i->classes);
    printf("%-11s %lld: %lld train, %lld test, %lld ood", "images",
           (long long)i->images, (long long)i->train, (long long)i->test,
           (long long)i->ood);
    if (i->unlabelled)
        printf("; %lld without a class", (long long)i->unlabelled);
    putchar('\n');
    for (int s = 0; s < in->sources.count; s++) {
        const struct source_row *row = &in->sources.items[s];
        char rest[80];

        snprintf(rest, sizeof(rest), " (%s, %lld)", split_name(row->split),
                 (long long)row->images);
        print_name("source", row->path, rest);
    }
    printf("%-11s %lld\n%-11s %lld\n%-11s %lld\n", "notes", (long long)i->notes,
           "tags", (long long)i->tags, "jobs", (long long)i->jobs);
    print_models(in, path);
}

static enum status run(struct args *args, struct err *err)
{
    struct subject s;
    struct inside in;
    enum status status = subject_open(&s, args, SUBJECT_CATALOGUE, err);

    memset(&in, 0, sizeof(in));
    if (status == OK)
        status = gather(s.cat, &in, err);
    if (status == OK) {
        if (args->format != FORMAT_TABLE)
            print_json(catalogue_path(s.cat), &in, args->format);
        else
            print_table(catalogue_path(s.cat), &in);
    }
    dataset_list_release(&in.datasets);
    model_list_release(&in.models);
    source_list_release(&in.sources);
    subject_close(&s);
    return status;
}

const struct command cmd_info = {
    .name = "info",
    .synopsis = "CATALOGUE",
    .summary = "what is inside a catalogue",
    .details =
        "Prints data sets, classes, images by split, the sources they came "
        "from, models and how far they are, and how much people noted.",
    .kind = JOB_KIND_COUNT,
    .formats = FORMATS_ROWS,
    .least = 1,
    .most = 1,
    .run = run,
};
