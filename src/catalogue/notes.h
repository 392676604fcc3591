#ifndef BITGROVE_CATALOGUE_NOTES_H
#define BITGROVE_CATALOGUE_NOTES_H

/*
 * What people say about things: captions of bits, notes, tags. Small writes
 * of the front end; each is a transaction of its own, outside of one.
 */

#include <stdint.h>

#include "catalogue/catalogue.h"

enum note_target { NOTE_MODEL, NOTE_BIT, NOTE_CLASS, NOTE_IMAGE, NOTE_NODE };

struct note_row {
    int64_t id, model_id; /* model_id 0: of any model (classes, images) */
    enum note_target target;
    char *item; /* the bit, the id or the node's address, as text */
    char *text, *author;
    int64_t written_at;
};
struct note_list {
    struct note_row *items;
    int count, room;
};
/* Newest last. item NULL: all of that target. */
enum status note_all(struct catalogue *cat, int64_t model,
                     enum note_target target, const char *item,
                     struct note_list *out, struct err *err) MUST_USE;
void note_list_release(struct note_list *list);
enum status note_add(struct catalogue *cat, const struct note_row *row,
                     struct err *err) MUST_USE;
enum status note_delete(struct catalogue *cat, int64_t id,
                        struct err *err) MUST_USE;

/* Captions of a model's bits: (bits) strings, NULL where there is none. */
struct caption_list {
    char **text;
    char **author;
    int64_t *written_at; /* milliseconds, 0 where there is none */
    int bits;
};
enum status caption_all(struct catalogue *cat, int64_t model, int bits,
                        struct caption_list *out, struct err *err) MUST_USE;
void caption_list_release(struct caption_list *list);
/* text "" removes the caption. */
enum status caption_set(struct catalogue *cat, int64_t model, int bit,
                        const char *text, const char *author,
                        struct err *err) MUST_USE;

struct tag_list {
    char **items;
    int count, room;
};
enum status tag_all(struct catalogue *cat, int64_t image, struct tag_list *out,
                    struct err *err) MUST_USE;
/* All names that images are tagged with. */
enum status tag_names(struct catalogue *cat, struct tag_list *out,
                      struct err *err) MUST_USE;
/* Ids of the images with a tag, ascending. Owned by the caller. */
enum status tag_images(struct catalogue *cat, const char *name, int64_t **ids,
                       size_t *count, struct err *err) MUST_USE;
void tag_list_release(struct tag_list *list);
enum status tag_set(struct catalogue *cat, int64_t image, const char *name,
                    bool on, struct err *err) MUST_USE;

#endif
