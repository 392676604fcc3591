#include <config.h>

#include "catalogue/images.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define PAGE 4096

void image_block_release(struct image_block *block)
{
    free(block->ids);
    free(block->labels);
    free(block->split);
    free(block->pixels);
    free(block->sources);
    free(block->positions);
    *block = (struct image_block){0};
}

/* Class ids in ascending order with their index in class_all()'s order. */
struct label {
    int64_t class_id;
    int32_t index;
};

static int by_class(const void *a, const void *b)
{
    const struct label *x = a, *y = b;

    return (x->class_id > y->class_id) - (x->class_id < y->class_id);
}

static struct label *labels_of(const struct class_list *classes)
{
    struct label *labels =
        mem_zalloc((size_t)classes->count + 1, sizeof(*labels));

    for (int i = 0; i < classes->count; i++) {
        labels[i].class_id = classes->items[i].id;
        labels[i].index = i;
    }
    qsort(labels, (size_t)classes->count, sizeof(*labels), by_class);
    return labels;
}

static int32_t label_of(const struct label *labels, int count, int64_t id)
{
    struct label key = {id, 0};
    const struct label *found =
        id == 0 ? NULL
                : bsearch(&key, labels, (size_t)count, sizeof(key), by_class);

    return found != NULL ? found->index : -1;
}

static enum status allocate(struct image_block *block, int64_t n,
                            const struct dataset *dataset, struct err *err)
{
    size_t room = n > 0 ? (size_t)n : 1;
    bool vectors = dataset->kind == DATASET_VECTORS;
    size_t bytes = vectors
                       ? 0
                       : (size_t)dataset->channels * (size_t)dataset->height *
                             (size_t)dataset->width;

    block->image_bytes = bytes;
    block->ids = mem_large(room, sizeof(*block->ids));
    block->labels = mem_large(room, sizeof(*block->labels));
    block->split = mem_large(room, sizeof(*block->split));
    if (vectors) {
        block->sources = mem_large(room, sizeof(*block->sources));
        block->positions = mem_large(room, sizeof(*block->positions));
    } else {
        block->pixels = mem_large(room, bytes);
    }
    if (block->ids && block->labels && block->split &&
        (vectors ? block->sources && block->positions : block->pixels != NULL))
        return OK;
    return err_set(err, ERR_NOMEM,
                   "no memory for %lld images of %zu bytes: choose fewer",
                   (long long)n, bytes);
}

/* Rows of one page behind the images that are there already, up to n. */
static enum status fill(struct catalogue *cat, const struct image_list *page,
                        const struct label *labels, int classes, int64_t n,
                        struct image_block *block, struct err *err)
{
    for (int i = 0; i < page->count && block->n < n; i++) {
        const struct image_row *row = &page->items[i];
        enum status status = OK;

        if (block->pixels != NULL) {
            status = image_pixels(cat, row->id,
                                  block->pixels +
                                      (size_t)block->n * block->image_bytes,
                                  block->image_bytes, err);
        } else {
            block->sources[block->n] = row->source_id;
            block->positions[block->n] = row->position;
        }
        if (status != OK)
            return status;
        block->ids[block->n] = row->id;
        block->labels[block->n] = label_of(labels, classes, row->class_id);
        block->split[block->n] = (uint8_t)row->split;
        block->n++;
    }
    return OK;
}

static enum status load(struct catalogue *cat, struct images_query q, int64_t n,
                        const struct class_list *classes,
                        struct image_block *block, struct err *err)
{
    struct label *labels = labels_of(classes);
    enum status status = OK;
    bool more = true;

    q.before = 0;
    q.limit = PAGE;
    while (status == OK && more && block->n < n) {
        struct image_list page;

        status = images_page(cat, &q, &page, err);
        if (status != OK)
            break;
        more = page.count > 0;
        if (more)
            q.after = page.items[page.count - 1].id;
        status = fill(cat, &page, labels, classes->count, n, block, err);
        image_list_release(&page);
    }
    free(labels);
    return status;
}

enum status image_block_load(struct catalogue *cat,
                             const struct images_query *q,
                             const struct class_list *classes,
                             struct image_block *out, struct err *err)
{
    struct image_block block = {0};
    struct dataset dataset;
    int64_t n;
    enum status status = dataset_get(cat, q->dataset, &dataset, err);

    if (status != OK)
        return status;
    dataset_release(&dataset); /* its name alone */
    status = images_count(cat, q, &n, err);
    if (status == OK)
        status = allocate(&block, n, &dataset, err);
    if (status == OK)
        status = load(cat, *q, n, classes, &block, err);
    if (status != OK) {
        image_block_release(&block);
        return status;
    }
    *out = block;
    return OK;
}
