#ifndef BITGROVE_CATALOGUE_ANSWERS_H
#define BITGROVE_CATALOGUE_ANSWERS_H

/*
 * What an ordinary classifier says of images, by its largest softmax
 * probability. It has no codes; these stand in for them where codes and a
 * tuned threshold are compared. Images of the splits test and ood.
 */

#include <stdint.h>

#include "catalogue/dataset.h"

struct image_answer {
    int64_t image_id, class_id; /* class_id: the true one, 0 for none */
    enum split split;
    int64_t decoded; /* class id */
    double confidence;
};
struct answer_list {
    struct image_answer *items; /* by image_id, ascending */
    int count, room;
};

/* An empty list when the model has given none. */
enum status answers_load(struct catalogue *cat, int64_t model,
                         struct answer_list *out, struct err *err) MUST_USE;
void answer_list_release(struct answer_list *list);

/* Writes or replaces n answers; class_id and split are not read. In the
 * caller's transaction. */
enum status answers_save(struct catalogue *cat, int64_t model,
                         const struct image_answer *rows, int64_t n,
                         struct err *err) MUST_USE;

#endif
