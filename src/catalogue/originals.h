#ifndef BITGROVE_CATALOGUE_ORIGINALS_H
#define BITGROVE_CATALOGUE_ORIGINALS_H

/*
 * The picture files that images were made from, which stay where they are, and
 * those that were refused. The catalogue itself never opens one.
 */

#include <stdint.h>

#include "catalogue/dataset.h"

struct original_row {
    int64_t image_id, class_id; /* class_id 0: of none */
    char *path;                 /* below the source's, or absolute */
    int64_t bytes, mtime;       /* nanoseconds since 1970 */
    char digest[17];            /* XXH64 of the content, hexadecimal */
    int64_t source_id;          /* for original_insert() */
    uint32_t width, height;     /* of the upright picture */
};

struct original_list {
    struct original_row *items; /* in the order of path, byte by byte */
    int64_t count, room;
};

/* All files of a source. */
enum status original_all(struct catalogue *cat, int64_t source,
                         struct original_list *out, struct err *err) MUST_USE;
void original_list_release(struct original_list *list);

/* For those that follow: within catalogue_begin(). */
enum status original_insert(struct catalogue *cat,
                            const struct original_row *row,
                            struct err *err) MUST_USE;

/* Another content: path, bytes, mtime, digest, width and height. */
enum status original_update(struct catalogue *cat,
                            const struct original_row *row,
                            struct err *err) MUST_USE;

/* The same content: path, bytes and mtime. */
enum status original_touch(struct catalogue *cat,
                           const struct original_row *row,
                           struct err *err) MUST_USE;

/* Other pixels of an image; its codes, which were of the old ones, go. */
enum status original_repaint(struct catalogue *cat, int64_t dataset,
                             int64_t image, const uint8_t *pixels, size_t size,
                             struct err *err) MUST_USE;

/* Another class of an image, 0 for none. */
enum status original_reclass(struct catalogue *cat, int64_t dataset,
                             enum split split, int64_t image, int64_t from,
                             int64_t to, struct err *err) MUST_USE;

/* A folder of pictures gave so many more images. */
enum status source_grow(struct catalogue *cat, int64_t source, int64_t images,
                        struct err *err) MUST_USE;

/* A folder of pictures is at another path. */
enum status source_reroot(struct catalogue *cat, int64_t source,
                          const char *path, struct err *err) MUST_USE;

struct refusal_row {
    char *path, *reason;
    int64_t bytes, mtime;
};
struct refusal_list {
    struct refusal_row *items; /* in the order of path */
    int64_t count, room;
};
enum status refusal_all(struct catalogue *cat, int64_t source,
                        struct refusal_list *out, struct err *err) MUST_USE;
void refusal_list_release(struct refusal_list *list);
enum status refusal_put(struct catalogue *cat, int64_t source,
                        const struct refusal_row *row,
                        struct err *err) MUST_USE;
enum status refusal_delete(struct catalogue *cat, int64_t source,
                           const char *path, struct err *err) MUST_USE;

#endif
