#ifndef BITGROVE_CATALOGUE_MODELS_H
#define BITGROVE_CATALOGUE_MODELS_H

/* Models, their history by epoch and their checkpoint. */

#include <stdbool.h>
#include <stdint.h>

#include "catalogue/catalogue.h"

enum model_state { MODEL_LEARNING, MODEL_READY };

/* phase of a model and of its history. */
enum model_phase { MODEL_WARM, MODEL_CODEBOOK, MODEL_INSTANCE };

struct model_row {
    int64_t id, dataset_id;
    char *name, *encoder, *recipe;
    char *options;  /* JSON object: every option it was learnt with */
    char *baseline; /* "" for a model of LLC, else what it is to be compared
                       with: "ordinary", "real", "lsh", ... From options:
                       model_insert() and model_update() ignore it */
    int bits;
    int64_t seed;
    enum model_state state;
    int phase, step, steps; /* steps: epochs of all phases together */
    double margin_scale;    /* real margin = stored * margin_scale */
    int64_t created_at;
    int64_t coded; /* images with a code */
};
struct model_list {
    struct model_row *items;
    int count, room;
};
void model_release(struct model_row *model);
void model_list_release(struct model_list *list);

enum status model_all(struct catalogue *cat, struct model_list *out,
                      struct err *err) MUST_USE;
/* By name; NULL or "": the newest that is no baseline. ERR_NOT_FOUND names
 * those there are. */
enum status model_find(struct catalogue *cat, const char *name,
                       struct model_row *out, struct err *err) MUST_USE;
enum status model_get(struct catalogue *cat, int64_t id, struct model_row *out,
                      struct err *err) MUST_USE;
/* False for an ordinary classifier, which has no codes. */
bool model_has_codes(const struct model_row *model);
/* ERR_BAD_INPUT, which says what to do, unless it has codes. */
enum status model_need_codes(const struct model_row *model,
                             struct err *err) MUST_USE;
/* Fails with ERR_BAD_INPUT when the name is taken. */
enum status model_insert(struct catalogue *cat, const struct model_row *row,
                         int64_t *id, struct err *err) MUST_USE;
/* Writes state, phase, step, steps and margin_scale. */
enum status model_update(struct catalogue *cat, const struct model_row *row,
                         struct err *err) MUST_USE;
/* Removes a model that never finished an epoch, for when learning ended before
 * that; one that did is left alone. ERR_BAD_INPUT if something refers to it. */
enum status model_forget(struct catalogue *cat, int64_t id,
                         struct err *err) MUST_USE;

/* A rate that a phase does not have is NAN (NULL in the database). */
struct history_row {
    int step, phase, epoch; /* step and epoch count from 1 */
    double loss, rate;      /* rate: learning rate at the epoch's start */
    double top1, top5, mhd, ed, ties;
    int64_t duration, at; /* milliseconds */
};
struct history_list {
    struct history_row *items;
    int count, room;
};
enum status history_all(struct catalogue *cat, int64_t model,
                        struct history_list *out, struct err *err) MUST_USE;
enum status history_insert(struct catalogue *cat, int64_t model,
                           const struct history_row *row,
                           struct err *err) MUST_USE;
void history_list_release(struct history_list *list);

/*
 * The epoch whose top-1 and top-5 are those of the class codes: the last, but
 * with the paper's recipe that of phase 1, since its phase 2 no longer learns
 * logits. Of a baseline the last. Borrowed from list; NULL if there is none.
 */
const struct history_row *history_classes(const struct history_list *list,
                                          const struct model_row *model);

/* The state learning goes on from. bytes is owned by the caller (free()). */
enum status checkpoint_load(struct catalogue *cat, int64_t model, int *step,
                            uint8_t **bytes, size_t *size,
                            struct err *err) MUST_USE;
enum status checkpoint_save(struct catalogue *cat, int64_t model, int step,
                            const void *bytes, size_t size,
                            struct err *err) MUST_USE;

/* ERR_BAD_INPUT if checkpoint_save() can't take so many bytes. */
enum status checkpoint_fits(const struct catalogue *cat, size_t size,
                            struct err *err) MUST_USE;

#endif
