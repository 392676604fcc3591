#include <config.h>

#include "ui/gallery.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ui/errand.h"
#include "ui/galleryterms.h"
#include "ui/world.h"

#define PAGE_ROWS 20000 /* read between two looks at the errand's stop */

struct galleryload {
    struct errand errand;
    char *path, *tag;
    int64_t model, dataset; /* model 0: none */
    struct imagepick pick;
    const struct image_codes *images; /* borrowed, or NULL: `all` is read */
    struct image_codes all;
    bool read_all; /* `all` was read here, and is owned */
    struct gallery_list list;
    enum status status;
    struct err err;
};

/* ---- in the thread ---- */

static bool stopped(void *context)
{
    const struct galleryload *load = context;

    return errand_stopped(&load->errand);
}

static void release_all(struct image_codes *all)
{
    image_codes_release(all);
    memset(all, 0, sizeof(*all));
}

struct bare {
    int64_t id, class_id;
    uint8_t split;
};

static int by_number(const void *a, const void *b)
{
    const struct bare *x = a, *y = b;

    return (x->id > y->id) - (x->id < y->id);
}

/* Splits may have been imported by turns. */
static enum status sort_all(struct galleryload *load)
{
    struct image_codes *all = &load->all;
    struct bare *rows;
    int64_t i = 1;

    while (i < all->n && all->ids[i - 1] < all->ids[i])
        i++;
    if (i >= all->n)
        return OK;
    rows = mem_large((size_t)all->n, sizeof(*rows));
    if (!rows)
        return err_set(&load->err, ERR_NOMEM, "no memory to list %lld images",
                       (long long)all->n);
    for (i = 0; i < all->n; i++)
        rows[i] = (struct bare){all->ids[i], all->class_ids[i], all->split[i]};
    qsort(rows, (size_t)all->n, sizeof(*rows), by_number);
    for (i = 0; i < all->n; i++) {
        all->ids[i] = rows[i].id;
        all->class_ids[i] = rows[i].class_id;
        all->split[i] = rows[i].split;
    }
    free(rows);
    return OK;
}

static enum status read_split(struct galleryload *load, struct catalogue *cat,
                              int split)
{
    struct image_codes *all = &load->all;
    struct images_query query;
    struct image_list page;
    int count;

    images_query_init(&query);
    query.dataset = load->dataset;
    query.split = split;
    query.limit = PAGE_ROWS;
    do {
        if (stopped(load))
            return err_set(&load->err, ERR_CANCELLED, "interrupted");
        if (images_page(cat, &query, &page, &load->err) != OK)
            return load->err.status;
        count = page.count;
        for (int i = 0; i < count && all->n < load->list.of; i++) {
            all->ids[all->n] = page.items[i].id;
            all->class_ids[all->n] = page.items[i].class_id;
            all->split[all->n++] = (uint8_t)split;
        }
        if (count > 0)
            query.after = page.items[count - 1].id;
        image_list_release(&page);
    } while (count == query.limit);
    return OK;
}

/* Ids, classes and splits of all images of the data set. */
static enum status read_all(struct galleryload *load, struct catalogue *cat)
{
    struct image_codes *all = &load->all;
    size_t room = (size_t)load->list.of + 1;

    load->read_all = true;
    all->ids = mem_large(room, sizeof(*all->ids));
    all->class_ids = mem_large(room, sizeof(*all->class_ids));
    all->split = mem_large(room, sizeof(*all->split));
    if (!all->ids || !all->class_ids || !all->split)
        return err_set(&load->err, ERR_NOMEM, "no memory to list %zu images",
                       room);
    for (int split = 0; split < SPLIT_COUNT; split++)
        if (read_split(load, cat, split) != OK)
            return load->err.status;
    return sort_all(load);
}

/* Codes of classes as images are decoded with them: the newest. */
static enum status read_codes(struct galleryload *load, struct catalogue *cat)
{
    struct class_codes codes;
    enum status status =
        class_codes_load(cat, load->model, 0, &codes, &load->err);

    if (status != OK)
        return status == ERR_NOT_FOUND ? OK : status;
    for (int i = 0; i < codes.classes; i++) {
        struct imagepick_class *class =
            imagepick_find(&load->pick, codes.class_ids[i]);

        if (class) {
            class->code = codes.codes[i];
            class->has_code = true;
        }
    }
    class_codes_release(&codes);
    return OK;
}

static enum status read_tag(struct galleryload *load, struct catalogue *cat)
{
    size_t count = 0;

    if (tag_images(cat, load->tag, &load->pick.tagged, &count, &load->err) !=
        OK)
        return load->err.status;
    load->pick.tagged_count = (int64_t)count;
    load->pick.by_tag = true;
    return OK;
}

static enum status find(struct galleryload *load, struct catalogue *cat)
{
    enum status status = OK;

    if (load->images == NULL) {
        status = read_all(load, cat);
        load->images = &load->all;
    } else if (load->images->codes) {
        status = read_codes(load, cat);
    }
    if (status == OK && load->tag)
        status = read_tag(load, cat);
    if (status == OK)
        status = imagepick_run(&load->list.found, &load->pick, load->images,
                               &load->err);
    return status;
}

static void run(void *argument)
{
    struct galleryload *load = argument;
    struct catalogue *cat;

    load->status = catalogue_open(&cat, load->path, DB_READ, &load->err);
    if (load->status != OK)
        return;
    load->status = find(load, cat);
    catalogue_close(cat);
}

/* ---- outside ---- */

static void free_load(struct galleryload *load)
{
    imagepick_release(&load->pick);
    imagepick_list_release(&load->list.found);
    if (load->read_all)
        release_all(&load->all);
    free(load->path);
    free(load->tag);
    free(load);
}

static void abandon(struct gallery *g)
{
    if (!g->load)
        return;
    errand_stop(&g->load->errand);
    errand_end(&g->load->errand);
    free_load(g->load);
    g->load = NULL;
}

void gallery_stop(struct gallery *g)
{
    abandon(g);
    free(g->wanted);
    g->wanted = NULL;
}

void gallery_forget(struct gallery *g)
{
    abandon(g);
    imagepick_list_release(&g->list.found);
    imagefilter_release(&g->filter);
    release_all(&g->all);
    free(g->wanted);
    free(g->listed);
    memset(g, 0, sizeof(*g));
}

/* A list changes with the catalogue's images and codes; one by tag with
 * whatever is written. */
static struct gallery_stamp stamp_of(const struct world *world,
                                     const struct imagefilter *filter)
{
    return (struct gallery_stamp){world->version,
                                  filter->tag ? world->generation : 0};
}

void gallery_want(struct gallery *g, const struct world *world,
                  const struct imagefilter *filter)
{
    struct gallery_stamp stamp = stamp_of(world, filter);
    struct str text = STR_INIT;
    struct err err;

    imagefilter_text(filter, &text);
    if (g->wanted && strcmp(g->wanted, text.text) == 0 &&
        g->stamp.version == stamp.version &&
        g->stamp.generation == stamp.generation) {
        str_release(&text);
        return;
    }
    abandon(g);
    free(g->wanted);
    imagefilter_release(&g->filter);
    if (imagefilter_parse(&g->filter, text.text, &err) != OK)
        imagefilter_init(&g->filter);
    g->wanted = str_take(&text);
    g->stamp = stamp;
    g->tried = false;
    g->why[0] = '\0';
}

const struct gallery_list *gallery_ready(const struct gallery *g,
                                         const struct imagefilter *filter)
{
    struct str text = STR_INIT;
    bool same;

    imagefilter_text(filter, &text);
    same = g->listed && strcmp(g->listed, text.text) == 0;
    str_release(&text);
    return same ? &g->list : NULL;
}

bool gallery_pending(const struct gallery *g, const struct world *world)
{
    return g->load || (g->wanted && !g->tried && world->has_dataset);
}

/* The images to pick from, NULL: all have to be read first. */
static enum status choose(const struct image_codes **out, struct gallery *g,
                          const struct world *world, int64_t count,
                          struct err *err)
{
    if (world->has_images && world->images.n == count) {
        *out = &world->images;
        return OK;
    }
    if (imagefilter_of_codes(&g->filter)) {
        *out = &world->images;
        return world->has_images ? OK
                                 : err_set(err, ERR_NOT_FOUND,
                                           "the images have no codes yet");
    }
    if (g->all_version != world->version)
        release_all(&g->all);
    *out = g->all.ids ? &g->all : NULL;
    return OK;
}

static enum status start(struct gallery *g, const struct world *world,
                         struct err *err)
{
    struct galleryload *load = mem_zalloc(1, sizeof(*load));
    struct images_query query;
    enum status status;

    images_query_init(&query);
    query.dataset = world->dataset.id;
    load->path = mem_strdup(catalogue_path(world->cat));
    load->tag = g->filter.tag ? mem_strdup(g->filter.tag) : NULL;
    load->model = world->model ? world->model->id : 0;
    load->dataset = world->dataset.id;
    load->pick.stop = stopped;
    load->pick.context = load;
    status = images_count(world->cat, &query, &load->list.of, err);
    if (status == OK)
        status = choose(&load->images, g, world, load->list.of, err);
    if (status == OK)
        status = galleryterms_resolve(&load->pick, world, &g->filter, err);
    if (status == OK && load->images == &world->images)
        load->list.uncoded = load->list.of - world->images.n;
    if (status == OK)
        status = errand_start(&load->errand, run, load, err);
    if (status == OK)
        g->load = load;
    else
        free_load(load);
    return status;
}

/* There is no list of what is wanted, and none of what was before. */
static void give_up(struct gallery *g, const struct err *err)
{
    free(g->listed);
    g->listed = NULL;
    snprintf(g->why, sizeof(g->why), "%s", err->text);
}

static void take(struct gallery *g)
{
    struct galleryload *load = g->load;

    g->load = NULL;
    errand_end(&load->errand);
    if (load->status != OK) {
        give_up(g, &load->err);
        free_load(load);
        return;
    }
    imagepick_list_release(&g->list.found);
    free(g->listed);
    g->list = load->list;
    g->list.serial = ++g->serial;
    g->listed = mem_strdup(g->wanted);
    memset(&load->list, 0, sizeof(load->list));
    if (load->read_all) {
        release_all(&g->all);
        g->all = load->all;
        g->all_version = g->stamp.version;
        load->read_all = false;
    }
    free_load(load);
}

/* Codes that are on their way are waited for. */
bool gallery_poll(struct gallery *g, const struct world *world)
{
    struct err err;

    if (g->load) {
        if (!errand_done(&g->load->errand))
            return false;
        take(g);
        return true;
    }
    if (!g->wanted || g->tried || !world->has_dataset ||
        world_images_pending(world))
        return false;
    g->tried = true;
    if (start(g, world, &err) == OK)
        return false;
    give_up(g, &err);
    return true;
}
