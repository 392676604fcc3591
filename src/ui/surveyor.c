#include <config.h>

#include "ui/surveyor.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ui/errand.h"
#include "ui/world.h"

struct surveyload {
    struct errand errand;
    char *path;
    int64_t model, dataset; /* model 0: none */
    enum surveyor_part part;
    const struct image_codes *images; /* borrowed; n may be 0 */
    struct survey_list lists[SURVEY_KINDS];
    enum status status;
    struct err err;
};

/* ---- in the thread ---- */

static bool stopped(void *context)
{
    const struct surveyload *load = context;

    return errand_stopped(&load->errand);
}

static enum status look_at_codes(struct surveyload *load, struct catalogue *cat,
                                 const struct survey_options *options)
{
    struct class_codes classes;
    enum status status =
        class_codes_load(cat, load->model, 0, &classes, &load->err);

    if (status != OK)
        return status;
    status =
        survey_codes(load->lists, load->images, &classes, options, &load->err);
    class_codes_release(&classes);
    return status;
}

static enum status look_at_pixels(struct surveyload *load,
                                  struct catalogue *cat,
                                  const struct survey_options *options)
{
    struct dataset dataset;
    enum status status = dataset_get(cat, load->dataset, &dataset, &load->err);

    if (status != OK)
        return status;
    status = survey_duplicates(&load->lists[SURVEY_DUPLICATES], cat, &dataset,
                               load->images, options, &load->err);
    dataset_release(&dataset);
    return status;
}

static void run(void *argument)
{
    struct surveyload *load = argument;
    struct survey_options options;
    struct catalogue *cat;

    survey_options_init(&options);
    options.most = SURVEYOR_ROWS;
    options.cancel = stopped;
    options.context = load;
    load->status = catalogue_open(&cat, load->path, DB_READ, &load->err);
    if (load->status == OK) {
        load->status = load->part == SURVEYOR_CODES
                           ? look_at_codes(load, cat, &options)
                           : look_at_pixels(load, cat, &options);
        catalogue_close(cat);
    }
}

/* ---- outside ---- */

static void free_load(struct surveyload *load)
{
    for (int i = 0; i < SURVEY_KINDS; i++)
        survey_list_release(&load->lists[i]);
    free(load->path);
    free(load);
}

static enum status start(struct surveyor *s, const struct world *world,
                         enum surveyor_part part, struct err *err)
{
    static const struct image_codes none;
    struct surveyload *load = mem_zalloc(1, sizeof(*load));

    load->path = mem_strdup(catalogue_path(world->cat));
    load->model = world->model ? world->model->id : 0;
    load->dataset = world->dataset.id;
    load->part = part;
    load->images = world->has_images ? &world->images : &none;
    if (errand_start(&load->errand, run, load, err) != OK) {
        free_load(load);
        s->fresh[part] = true;
        return err->status;
    }
    s->load = load;
    s->part = part;
    return OK;
}

static enum status take(struct surveyor *s, struct err *err)
{
    struct surveyload *load = s->load;
    enum status status;

    s->load = NULL;
    errand_end(&load->errand);
    status = load->status;
    s->fresh[s->part] = true;
    for (int i = 0; status == OK && i < SURVEY_KINDS; i++) {
        if (surveyor_part_of((enum survey_kind)i) != s->part)
            continue;
        survey_list_release(&s->lists[i]);
        s->lists[i] = load->lists[i];
        memset(&load->lists[i], 0, sizeof(load->lists[i]));
    }
    if (status == OK)
        s->known[s->part] = true;
    else
        *err = load->err;
    free_load(load);
    return status;
}

enum surveyor_part surveyor_part_of(enum survey_kind kind)
{
    return kind == SURVEY_DUPLICATES ? SURVEYOR_TWINS : SURVEYOR_CODES;
}

void surveyor_want(struct surveyor *s, enum surveyor_part part)
{
    s->wanted[part] = true;
}

/* Whether there is what a part is found in, and it stands still. */
static bool ready(const struct world *world, enum surveyor_part part)
{
    bool coded = world->has_images && world->has_codes;

    if (!world->has_dataset || world_images_pending(world))
        return false;
    if (part == SURVEYOR_CODES || world->dataset.kind == DATASET_VECTORS)
        return coded;
    return !world->running;
}

static bool due(const struct surveyor *s, const struct world *world, int part)
{
    return s->wanted[part] && !s->fresh[part] &&
           ready(world, (enum surveyor_part)part);
}

bool surveyor_pending(const struct surveyor *s, const struct world *world)
{
    for (int part = 0; part < SURVEYOR_PARTS; part++)
        if (due(s, world, part))
            return true;
    return s->load != NULL;
}

enum status surveyor_poll(struct surveyor *s, const struct world *world,
                          bool *changed, struct err *err)
{
    *changed = false;
    if (s->load) {
        if (!errand_done(&s->load->errand))
            return OK;
        *changed = true;
        return take(s, err);
    }
    for (int part = 0; part < SURVEYOR_PARTS; part++)
        if (due(s, world, part))
            return start(s, world, (enum surveyor_part)part, err);
    return OK;
}

static void abandon(struct surveyor *s)
{
    if (!s->load)
        return;
    errand_stop(&s->load->errand);
    errand_end(&s->load->errand);
    free_load(s->load);
    s->load = NULL;
}

void surveyor_stop(struct surveyor *s, bool images)
{
    if (images || s->part == SURVEYOR_CODES)
        abandon(s);
    s->fresh[SURVEYOR_CODES] = false;
    if (images)
        s->fresh[SURVEYOR_TWINS] = false;
    s->wanted[SURVEYOR_CODES] = s->wanted[SURVEYOR_TWINS] = false;
}

void surveyor_forget(struct surveyor *s)
{
    abandon(s);
    for (int i = 0; i < SURVEY_KINDS; i++)
        survey_list_release(&s->lists[i]);
    memset(s, 0, sizeof(*s));
}
