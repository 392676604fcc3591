#include <config.h>

#include "ui/galleryterms.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ui/finder.h"
#include "ui/target.h"
#include "ui/world.h"

static int by_name(const void *a, const void *b)
{
    const struct class_row *const *x = a, *const *y = b;
    int order = strcmp((*x)->name, (*y)->name);

    return order ? order : ((*x)->id > (*y)->id) - ((*x)->id < (*y)->id);
}

static int by_id(const void *a, const void *b)
{
    const struct imagepick_class *x = a, *y = b;

    return (x->id > y->id) - (x->id < y->id);
}

static void list_classes(struct imagepick *pick, const struct world *world)
{
    int count = world->classes.count;
    const struct class_row **sorted =
        mem_zalloc((size_t)count + 1, sizeof(*sorted));

    pick->classes = mem_zalloc((size_t)count + 1, sizeof(*pick->classes));
    pick->class_count = count;
    for (int i = 0; i < count; i++)
        sorted[i] = &world->classes.items[i];
    qsort(sorted, (size_t)count, sizeof(*sorted), by_name);
    for (int i = 0; i < count; i++)
        pick->classes[i] = (struct imagepick_class){
            .id = sorted[i]->id,
            .index = (int32_t)(sorted[i] - world->classes.items),
            .order = (uint32_t)i,
            .wanted = true,
        };
    qsort(pick->classes, (size_t)count, sizeof(*pick->classes), by_id);
    pick->classless = true;
    free(sorted);
}

static void want_named(struct imagepick *pick, const struct world *world,
                       const struct imagefilter *filter)
{
    struct finder finder;

    if (!filter->classes)
        return;
    finder_init(&finder);
    finder_set(&finder, filter->classes);
    for (int i = 0; i < pick->class_count; i++) {
        const struct class_row *row =
            &world->classes.items[pick->classes[i].index];

        pick->classes[i].wanted = filter->exact
                                      ? strcmp(row->name, filter->classes) == 0
                                      : finder_matches(&finder, row->name) ||
                                            finder_matches(&finder, row->path);
    }
    pick->classless = strcmp(filter->classes, "none") == 0;
    finder_release(&finder);
}

/* Only those below a group of the tree. */
static enum status want_node(struct imagepick *pick, const struct world *world,
                             const char *key, struct err *err)
{
    struct str place = STR_INIT;
    struct target target;
    const uint32_t *leaves;
    uint32_t node, size;
    bool *below;
    enum status status;

    str_addf(&place, "node/%s", key);
    status = target_parse(&target, place.text, world, err);
    str_release(&place);
    if (status != OK)
        return status;
    below = mem_zalloc((size_t)world->classes.count + 1, sizeof(*below));
    node = dendro_find(&world->tree, target.key);
    leaves = dendro_leaves(&world->tree, node);
    size = world->tree.node[node].size;
    for (uint32_t i = 0; i < size; i++)
        below[leaves[i]] = true;
    for (int i = 0; i < pick->class_count; i++)
        pick->classes[i].wanted =
            pick->classes[i].wanted && below[pick->classes[i].index];
    pick->classless = false;
    free(below);
    return OK;
}

static enum status code_of(struct pattern *out, const struct world *world,
                           const char *place, struct err *err)
{
    struct target target;

    if (target_parse(&target, place, world, err) != OK)
        return err->status;
    if (target_code(&target, world, out))
        return OK;
    return err_set(err, ERR_NOT_FOUND, "from=%s has no code", place);
}

enum status galleryterms_resolve(struct imagepick *pick,
                                 const struct world *world,
                                 const struct imagefilter *filter,
                                 struct err *err)
{
    enum status status = OK;

    pick->splits = filter->splits;
    pick->verdict = filter->verdict;
    pick->unknown = filter->unknown;
    pick->order = filter->order;
    pick->falling = filter->falling;
    pick->scale = world->model ? world->model->margin_scale : 0;
    memcpy(pick->bounds, filter->bounds, sizeof(pick->bounds));
    list_classes(pick, world);
    want_named(pick, world, filter);
    if (filter->node)
        status = want_node(pick, world, filter->node, err);
    if (status == OK && filter->code && world->model) {
        pick->by_code = true;
        status =
            target_pattern(&pick->code, filter->code, world->model->bits, err);
    }
    if (status == OK && filter->from) {
        pick->by_from = true;
        status = code_of(&pick->from, world, filter->from, err);
    }
    return status;
}
