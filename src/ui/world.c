#include <config.h>

#include "ui/world.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

enum { SEEN_JOBS, SEEN_MODEL, SEEN_STEP, SEEN_CODED, SEEN_DATASET, SEEN_DONE };

void world_init(struct world *world, struct catalogue *cat)
{
    memset(world, 0, sizeof(*world));
    world->cat = cat;
    for (size_t i = 0; i < ARRAY_SIZE(world->seen); i++)
        world->seen[i] = -1;
}

static void release_tree(struct world *world)
{
    if (!world->has_tree)
        return;
    for (uint32_t i = 0; i < world->tree.count; i++)
        free(world->node_labels[i]);
    free(world->node_labels);
    world->node_labels = NULL;
    nodebits_release(&world->nodebits);
    dendro_release(&world->tree);
    world->has_tree = false;
}

static void release_codes(struct world *world)
{
    surveyor_stop(&world->survey, false);
    treeload_drop(world->treeload);
    world->treeload = NULL;
    release_tree(world);
    world->version += world->has_codes;
    if (world->has_codes)
        class_codes_release(&world->codes);
    world->has_codes = false;
    memset(&world->book, 0, sizeof(world->book));
}

/* The codes with their index. */
static void drop_images(struct world *world)
{
    struct imageload_codes codes = {world->images, world->near, world->index};

    gallery_stop(&world->gallery);
    imageload_release(&codes);
    memset(&world->images, 0, sizeof(world->images));
    world->near = NULL;
    world->index = NULL;
    world->has_images = false;
}

static void release_images(struct world *world)
{
    surveyor_stop(&world->survey, true);
    world->version += world->has_images;
    drop_images(world);
    free(world->labels);
    free(world->tallies);
    world->labels = NULL;
    world->tallies = NULL;
    imageload_drop(world->load);
    world->load = NULL;
    world->images_stale = true;
}

static void release_dataset(struct world *world)
{
    if (!world->has_dataset)
        return;
    dataset_release(&world->dataset);
    class_list_release(&world->classes);
    free(world->names);
    free(world->paths);
    world->names = world->paths = NULL;
    memset(&world->classes, 0, sizeof(world->classes));
    world->has_dataset = false;
}

static void release_model(struct world *world)
{
    surveyor_forget(&world->survey);
    release_codes(world);
    release_images(world);
    history_list_release(&world->history);
    caption_list_release(&world->captions);
    memset(&world->history, 0, sizeof(world->history));
    memset(&world->captions, 0, sizeof(world->captions));
}

void world_release(struct world *world)
{
    release_model(world);
    comparer_forget(&world->compare);
    gallery_forget(&world->gallery);
    release_dataset(world);
    model_list_release(&world->models);
    job_list_release(&world->jobs);
    world_init(world, NULL);
}

const char *world_label(const struct world *world, uint32_t node, bool ascii)
{
    const struct naming naming = {world->names, world->paths, ascii};

    if (world->node_labels[node] == NULL) {
        struct str text = STR_INIT;

        naming_label(&text, &world->tree, &naming, node, 3);
        world->node_labels[node] = mem_strdup(text.text);
        str_release(&text);
    }
    return world->node_labels[node];
}

bool world_job_alive(const struct job *job)
{
    return job->state == JOB_RUNNING && !lease_is_lost(job);
}

static enum status load_jobs(struct world *world, struct err *err)
{
    struct job_list jobs = {NULL, 0, 0};
    int64_t done = 0;

    if (job_all(world->cat, WORLD_JOBS, &jobs, err) != OK)
        return err->status;
    job_list_release(&world->jobs);
    world->jobs = jobs;
    world->running = NULL;
    world->queued = 0;
    for (int i = jobs.count - 1; i >= 0; i--) {
        const struct job *job = &jobs.items[i];

        if (world_job_alive(job) && !world->running)
            world->running = job;
        world->queued += job->state == JOB_QUEUED ||
                         (job->state == JOB_RUNNING && !world_job_alive(job));
        if (job->state == JOB_DONE && job->kind != JOB_LEARN &&
            job->ended_at > done)
            done = job->ended_at;
    }
    world->seen[SEEN_DONE] = done;
    return OK;
}

static enum status load_models(struct world *world, struct err *err)
{
    struct model_list models = {NULL, 0, 0};

    if (model_all(world->cat, &models, err) != OK)
        return err->status;
    model_list_release(&world->models);
    world->models = models;
    world->model = NULL;
    for (int i = 0; i < models.count; i++) {
        const struct model_row *row = &models.items[i];

        if (row->id == world->wanted_model ||
            (world->wanted_model == 0 && row->baseline[0] == '\0' &&
             (!world->model || row->id > world->model->id)))
            world->model = row;
    }
    return OK;
}

static void fill_names(struct world *world)
{
    for (int i = 0; i < world->classes.count; i++) {
        world->names[i] = world->classes.items[i].name;
        world->paths[i] = world->classes.items[i].path;
    }
}

/*
 * Classes that came after the model was learnt have no code: they go to the
 * end, so that the rows of the codebook and of the list are the same.
 */
static enum status order_classes(struct world *world, struct err *err)
{
    for (int i = 0; i < world->codes.classes; i++) {
        int at = class_index(&world->classes, world->codes.class_ids[i]);
        struct class_row row;

        if (at < i)
            return err_set(err, ERR_CATALOGUE,
                           "row %d of the codebook of step %d is of no class "
                           "of the data set; run bitgrove check",
                           i, world->codes.step);
        row = world->classes.items[at];
        memmove(&world->classes.items[i + 1], &world->classes.items[i],
                (size_t)(at - i) * sizeof(row));
        world->classes.items[i] = row;
    }
    fill_names(world);
    return OK;
}

static enum status load_dataset(struct world *world, struct err *err)
{
    struct dataset_list all = {NULL, 0, 0};
    int64_t id = world->model ? world->model->dataset_id : 0;
    struct class_list classes = {NULL, 0, 0};
    struct dataset row;

    if (id == 0) {
        if (dataset_all(world->cat, &all, err) != OK)
            return err->status;
        if (all.count > 0)
            id = all.items[0].id;
        dataset_list_release(&all);
    }
    if (id == 0) {
        release_dataset(world);
        return OK;
    }
    if (dataset_get(world->cat, id, &row, err) != OK)
        return err->status;
    if (class_all(world->cat, id, &classes, err) != OK) {
        dataset_release(&row);
        return err->status;
    }
    release_dataset(world);
    surveyor_stop(&world->survey, true);
    world->version++;
    world->dataset = row;
    world->classes = classes;
    world->has_dataset = true;
    world->names = mem_zalloc((size_t)classes.count + 1, sizeof(char *));
    world->paths = mem_zalloc((size_t)classes.count + 1, sizeof(char *));
    fill_names(world);
    return OK;
}

/* Takes the tree over, whatever becomes of it. */
static enum status put_tree(struct world *world, struct dendro *tree,
                            enum linkage linkage, struct err *err)
{
    struct nodebits nodebits = NODEBITS_INIT;

    if (nodebits_build(&nodebits, tree, world->codes.codes, world->codes.bits,
                       err) != OK) {
        dendro_release(tree);
        return err->status;
    }
    release_tree(world);
    world->tree = *tree;
    world->nodebits = nodebits;
    world->tree_linkage = linkage;
    world->node_labels =
        mem_zalloc(world->tree.count, sizeof(*world->node_labels));
    world->has_tree = true;
    world->version++;
    return OK;
}

/* The stored tree of the wanted linkage, or a thread that makes it. */
static enum status find_tree(struct world *world, struct err *err)
{
    struct dendro tree = DENDRO_INIT;
    enum status status;

    treeload_drop(world->treeload);
    world->treeload = NULL;
    if (!world->linkage_chosen)
        world->linkage = treeload_linkage(world->model);
    if (world->has_tree && world->tree_linkage == world->linkage)
        return OK;
    status = treeload_read(&tree, world->cat, world->model->id, &world->codes,
                           world->linkage, err);
    if (status == OK)
        return put_tree(world, &tree, world->linkage, err);
    if (status != ERR_NOT_FOUND)
        return status;
    return treeload_start(&world->treeload, &world->codes, world->linkage, err);
}

static enum status load_codes(struct world *world, struct err *err)
{
    int step = world->wanted_step ? world->wanted_step : world->model->step;
    enum status status;

    release_codes(world);
    if (step == 0)
        return OK;
    status = class_codes_load(world->cat, world->model->id, step, &world->codes,
                              err);
    if (status == ERR_NOT_FOUND)
        return OK;
    if (status != OK)
        return status;
    world->has_codes = true;
    world->version++;
    world->book.classes = (uint32_t)world->codes.classes;
    world->book.bits = world->codes.bits;
    world->book.codes = world->codes.codes;
    world->book.weights = world->codes.weights;
    if (order_classes(world, err) != OK)
        return err->status;
    if (world->codes.classes == 0)
        return OK;
    return find_tree(world, err);
}

static enum status load_captions(struct world *world, struct err *err)
{
    struct caption_list captions;

    if (caption_all(world->cat, world->model->id, world->model->bits, &captions,
                    err) != OK)
        return err->status;
    caption_list_release(&world->captions);
    world->captions = captions;
    return OK;
}

static enum status load_history(struct world *world, struct err *err)
{
    struct history_list history = {NULL, 0, 0};

    if (history_all(world->cat, world->model->id, &history, err) != OK)
        return err->status;
    history_list_release(&world->history);
    world->history = history;
    return OK;
}

static void count_tallies(struct world *world)
{
    const struct image_codes *images = &world->images;

    world->tallies =
        mem_zalloc((size_t)world->classes.count + 1, sizeof(*world->tallies));
    for (int64_t i = 0; i < images->n; i++) {
        int32_t label = world->labels[i];

        if (label == NEAR_NO_CLASS || images->split[i] != SPLIT_TEST)
            continue;
        world->tallies[label].total++;
        world->tallies[label].right +=
            images->decoded[i] == images->class_ids[i];
    }
}

/* What depends on images and classes alike: labels and tallies. */
static void label_images(struct world *world)
{
    const struct image_codes *images = &world->images;
    int64_t last = -1;
    int32_t label = NEAR_NO_CLASS;

    world->version++;
    free(world->labels);
    free(world->tallies);
    world->labels = NULL;
    world->tallies = NULL;
    if (!world->has_images)
        return;
    world->labels = mem_zalloc((size_t)images->n, sizeof(*world->labels));
    for (int64_t i = 0; i < images->n; i++) {
        if (images->class_ids[i] != last) {
            last = images->class_ids[i];
            label = (int32_t)class_index(&world->classes, last);
        }
        world->labels[i] = label < 0 ? NEAR_NO_CLASS : label;
    }
    world->near->classes = world->labels;
    count_tallies(world);
}

/* Reads what hangs on the model, as far as it moved on. */
static enum status load_model(struct world *world, bool all, struct err *err)
{
    int step = world->wanted_step ? world->wanted_step : world->model->step;

    if (load_captions(world, err) != OK)
        return err->status;
    if ((all || world->seen[SEEN_STEP] != step ||
         world->history.count != world->model->step) &&
        load_history(world, err) != OK)
        return err->status;
    if (all || world->seen[SEEN_STEP] != step || !world->has_codes) {
        if (load_codes(world, err) != OK)
            return err->status;
        world->seen[SEEN_STEP] = step;
    }
    if (all || world->seen[SEEN_CODED] != world->model->coded) {
        world->images_stale = true;
        world->seen[SEEN_CODED] = world->model->coded;
    }
    if (all && world->has_images)
        label_images(world);
    return OK;
}

enum status world_load(struct world *world, struct err *err)
{
    int64_t done = world->seen[SEEN_DONE], model;
    bool all;

    if (load_jobs(world, err) != OK || load_models(world, err) != OK)
        return err->status;
    world->generation++;
    model = world->model ? world->model->id : 0;
    all = world->seen[SEEN_MODEL] != model || world->seen[SEEN_DONE] != done;
    if (all || !world->has_dataset) {
        if (load_dataset(world, err) != OK)
            return err->status;
    }
    if (world->seen[SEEN_MODEL] != model)
        release_model(world);
    world->seen[SEEN_MODEL] = model;
    return world->model ? load_model(world, all, err) : OK;
}

static enum status take_tree(struct world *world, struct err *err)
{
    struct treeload *load = world->treeload;
    struct dendro tree;
    enum linkage linkage;

    world->treeload = NULL;
    if (treeload_take(load, &tree, &linkage, err) != OK ||
        put_tree(world, &tree, linkage, err) != OK)
        return err->status;
    world->generation++;
    return OK;
}

/* Takes over what the thread read. */
static enum status take_images(struct world *world, struct err *err)
{
    struct imageload *load = world->load;
    struct imageload_codes loaded;

    world->load = NULL;
    if (imageload_take(load, &loaded, err) != OK)
        return err->status;
    surveyor_stop(&world->survey, true);
    drop_images(world);
    world->images = loaded.codes;
    world->near = loaded.set;
    world->index = loaded.index;
    world->has_images = loaded.codes.n > 0;
    label_images(world);
    world->generation++;
    return OK;
}

bool world_images_pending(const struct world *world)
{
    return world->load ||
           (world->model && world->model->coded > 0 && world->images_stale);
}

bool world_tree_pending(const struct world *world)
{
    return world->treeload != NULL;
}

bool world_busy(const struct world *world)
{
    return world_images_pending(world) || world_tree_pending(world) ||
           comparer_pending(&world->compare) ||
           gallery_pending(&world->gallery, world) ||
           surveyor_pending(&world->survey, world);
}

enum status world_poll(struct world *world, bool *changed, struct err *err)
{
    *changed = false;
    if (catalogue_in_place(world->cat, err) != OK)
        return err->status;
    if (world->treeload && treeload_done(world->treeload)) {
        *changed = true;
        return take_tree(world, err);
    }
    if (comparer_poll(&world->compare, catalogue_path(world->cat), changed,
                      err) != OK)
        return err->status;
    if (*changed) {
        world->generation++;
        return OK;
    }
    if (gallery_poll(&world->gallery, world)) {
        *changed = true;
        return OK;
    }
    if (world->load) {
        if (!imageload_done(world->load))
            return OK;
        *changed = true;
        return take_images(world, err);
    }
    if (!world_images_pending(world))
        return surveyor_poll(&world->survey, world, changed, err);
    world->images_stale = false; /* a failure is said once */
    return imageload_start(&world->load, catalogue_path(world->cat),
                           world->model->id, err);
}

enum status world_set_linkage(struct world *world, enum linkage linkage,
                              struct err *err)
{
    world->linkage = linkage;
    world->linkage_chosen = true;
    if (!world->has_codes || world->codes.classes == 0)
        return OK;
    world->generation++;
    return find_tree(world, err);
}

enum status world_set_step(struct world *world, int step, struct err *err)
{
    int before = world->wanted_step;

    world->wanted_step = step;
    if (world_load(world, err) == OK)
        return OK;
    world->wanted_step = before;
    return err->status;
}

enum status world_set_model(struct world *world, int64_t model, struct err *err)
{
    world->wanted_model = model;
    world->wanted_step = 0;
    return world_load(world, err);
}

double world_class_accuracy(const struct world *world)
{
    const struct history_row *row =
        world->model != NULL ? history_classes(&world->history, world->model)
                             : NULL;

    return row != NULL && row->phase != MODEL_WARM ? row->top1 : NAN;
}

double world_mhd(const struct world *world)
{
    for (int i = world->history.count - 1; i >= 0; i--)
        if (!isnan(world->history.items[i].mhd))
            return world->history.items[i].mhd;
    return NAN;
}

const char *world_class_name(const struct world *world, int64_t class_id)
{
    int index = class_index(&world->classes, class_id);

    return index < 0 ? "none" : world->classes.items[index].name;
}

bool world_class_code(const struct world *world, int64_t class_id,
                      uint64_t *out)
{
    int index = class_id ? class_index(&world->classes, class_id) : -1;

    if (!world->has_codes || index < 0 || index >= world->codes.classes)
        return false;
    *out = world->codes.codes[index];
    return true;
}

double world_accuracy(const struct world *world, int class_number)
{
    const struct world_tally *tally;

    if (!world->tallies)
        return NAN;
    tally = &world->tallies[class_number];
    return tally->total ? (double)tally->right / (double)tally->total : NAN;
}
