#ifndef BITGROVE_LEARN_MODELFILE_H
#define BITGROVE_LEARN_MODELFILE_H

/*
 * A learner as a safetensors file that PyTorch opens, and back. The encoder's
 * tensors are named and laid out as nn/encoder-names.h says; behind them
 *
 *     fc_lr.weight       (k, d, 1, 1)  P
 *     fc.weight          (L, k, 1, 1)  W, real-valued
 *     classifier.weight  (L, d)        the ordinary classifier, if one was
 *     classifier.bias    (L)           learnt
 *
 *     input.mean, input.scale  (d)  of vectors, which are taken as
 *                                   (x - mean) * scale
 *
 * P and W as the authors of LLC name them (docs/method.md); an ordinary
 * classifier has neither. __metadata__ holds "encoder", "image" (channels x
 * height x width), "classes" (a JSON array of their names), "mean" and
 * "deviation" of the inputs, one number a channel, for bytes that were divided
 * by 255, "margin_scale", "model", "writer", and every setting by its name
 * (learn/setting.h). A file read back encodes with the same bytes.
 *
 * Not saved: momentum and what else only further learning needs.
 */

#include <stdio.h>

#include "learn/learner.h"

/* names: (classes) of the learner's shape. path is for messages. */
enum status modelfile_write(FILE *out, const char *path,
                            const struct learner *learner, const char *model,
                            const char *const *names, struct err *err) MUST_USE;

struct modelfile {
    struct learner *learner; /* all epochs done; owned */
    char *model;             /* its name; owned */
    char **names;            /* (classes); owned */
    uint32_t classes;
};

/* Any file: ERR_BAD_INPUT says what is wrong and what to do. */
enum status modelfile_read(struct modelfile *out, const char *path,
                           struct err *err) MUST_USE;
void modelfile_release(struct modelfile *file); /* zeroed is fine */

#endif
