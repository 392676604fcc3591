#ifndef BITGROVE_TASKS_CODER_H
#define BITGROVE_TASKS_CODER_H

/*
 * From images in the catalogue to their codes: the encoder of a model, its
 * class codes, and what turns margins into rows of image_code. Decoding uses
 * the margins as they are stored, so whoever decodes a row again gets what the
 * row says. Of an ordinary classifier, which has no codes, images get answers
 * instead (catalogue/answers.h). One thread (the learner starts its own).
 */

#include <stdint.h>

#include "catalogue/images.h"
#include "codes/codebook.h"
#include "learn/learner.h"
#include "tasks/task.h"
#include "tasks/vectors.h"

struct coder {
    int64_t model, dataset;
    struct learner *learner;   /* owned */
    struct codebook book;      /* empty if there are no codes */
    float scale;               /* a stored margin of 1 in real units */
    struct class_list classes; /* in the order of the codebook's rows */
    size_t image_bytes;
    struct vectors vectors; /* the files; dataset NULL: images */
};

/* Takes the learner over, also on failure, for a model of this data set. */
enum status coder_init(struct coder *out, struct task *task, int64_t model,
                       int64_t dataset, struct learner *learner,
                       struct err *err) MUST_USE;

/* The learner of the model's checkpoint, owned by the caller; ERR_BAD_INPUT
 * when no epoch is done yet. */
enum status coder_learner(struct learner **out, struct task *task,
                          const struct model_row *model,
                          struct err *err) MUST_USE;

/* A coder with that learner; ERR_BAD_INPUT when the model has no codes, too:
 * its answers come from learning alone. */
enum status coder_load(struct coder *out, struct task *task,
                       const struct model_row *model, struct err *err) MUST_USE;
void coder_release(struct coder *coder); /* zeroed is fine */

/*
 * Encodes or classifies the images that the query matches (its model, paging and limit are
 * set here) and stores their codes, a few thousand at a time, each lot in a
 * transaction of its own. Progress goes from *done, which it moves, to total.
 */
enum status coder_images(struct coder *coder, struct task *task,
                         const struct images_query *query, int64_t *done,
                         int64_t total, struct err *err) MUST_USE;

/* The same for one image. ERR_NOT_FOUND: not in the model's data set. */
enum status coder_image(struct coder *coder, struct task *task, int64_t id,
                        struct err *err) MUST_USE;

/* What an image is: code, nearest class (index) and distance to its code. */
struct coded {
    uint64_t code;
    uint32_t nearest;
    int distance;
    int8_t margins[LEARN_BITS_MAX];
};

/* From one row of real margins (bits). */
struct coded coder_decode(const struct coder *coder, const float *z);

#endif
