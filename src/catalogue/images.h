#ifndef BITGROVE_CATALOGUE_IMAGES_H
#define BITGROVE_CATALOGUE_IMAGES_H

/* Images: rows by page, and pixels one by one or in bulk. */

#include <stdbool.h>
#include <stdint.h>

#include "catalogue/dataset.h"

struct image_row {
    int64_t id;
    int64_t class_id; /* 0: of no class */
    int64_t source_id;
    int64_t position; /* row in its source */
    enum split split;
    /* From the codes of images_query.model; has_code says whether known. */
    bool has_code;
    uint64_t code;
    int64_t decoded; /* class id */
    int distance;    /* to the decoded class's code */
};

struct image_list {
    struct image_row *items;
    int count, room;
};
void image_list_release(struct image_list *list);

/* A page of images in the order of id. Zero means "any" in the filters that
 * don't say otherwise. Paging is a search by key, however many there are. */
struct images_query {
    int64_t dataset;
    int64_t model;    /* whose codes to join; 0: none */
    int split;        /* enum split, or -1 for any */
    int64_t class_id; /* -1 for any, 0 for images of no class */
    int verdict;      /* 0 any, 1 decoded right, 2 decoded wrong */
    int distance;     /* -1 any, else exactly this distance to its class */
    int64_t after;    /* only ids greater than this ... */
    int64_t before;   /* ... or, when not 0, the last ones smaller than this */
    int limit;
};
void images_query_init(struct images_query *q);
enum status images_page(struct catalogue *cat, const struct images_query *q,
                        struct image_list *out, struct err *err) MUST_USE;
/* How many the query matches, paging left aside. Quick without verdict and
 * distance; with them it looks at every code of the split or the class. */
enum status images_count(struct catalogue *cat, const struct images_query *q,
                         int64_t *out, struct err *err) MUST_USE;

enum status image_get(struct catalogue *cat, int64_t id, int64_t model,
                      struct image_row *out, struct err *err) MUST_USE;

/* Copies an image's pixels (C,H,W bytes) into out[size]; ERR_CATALOGUE when
 * the stored size is another. */
enum status image_pixels(struct catalogue *cat, int64_t id, uint8_t *out,
                         size_t size, struct err *err) MUST_USE;

/* Within catalogue_begin(): catalogue_commit() writes the counts of images by
 * class and split with it. class_id 0: of no class. */
enum status image_insert(struct catalogue *cat, int64_t dataset,
                         enum split split, int64_t class_id, int64_t source,
                         int64_t position, const uint8_t *pixels, size_t size,
                         int64_t *id, struct err *err) MUST_USE;

/* The same for many images without pixels, vectors, at positions 0 to n - 1
 * of their source. class_ids: (n), or NULL: of no class. stop: asked now and
 * then, may be NULL; true ends it with ERR_CANCELLED. */
enum status image_insert_rows(struct catalogue *cat, int64_t dataset,
                              enum split split, const int64_t *class_ids,
                              int64_t source, int64_t n,
                              bool (*stop)(const void *ctx), const void *ctx,
                              struct err *err) MUST_USE;

/*
 * All images that a query matches (its data set must be given; limit and
 * before don't count) with pixels, for learning and encoding: n rows in the
 * order of id. Arrays are owned and come from mem_large(). label: class index
 * in class_all()'s order, -1 for none. ERR_NOMEM.
 */
struct image_block {
    int64_t n;
    size_t image_bytes; /* C*H*W */
    int64_t *ids;
    int32_t *labels;
    uint8_t *split;
    uint8_t *pixels; /* n x C x H x W; NULL for vectors, and then: */
    int64_t *sources, *positions; /* where each stands */
};
enum status image_block_load(struct catalogue *cat,
                             const struct images_query *q,
                             const struct class_list *classes,
                             struct image_block *out, struct err *err) MUST_USE;
void image_block_release(struct image_block *block);

#endif
