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

#include <stdbool.h>
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
    bool scaled;   /* the file says how margins are to be kept */
    bool headless; /* its classifier is of other classes than the data set
                       has: only the encoder was taken */
};

/*
 * What a file without settings is taken for: a checkpoint of PyTorch
 * (formats/pth.h), or safetensors that somebody else wrote. Its network is
 * found out from its tensors, named as torchvision's are; behind it are
 *
 *     fc_lr.weight, fc.weight   P (k, d, 1, 1) and W (L, k, 1, 1) as above
 *     fc.weight, fc.bias        (L, d) and (L): an ordinary classifier
 *
 * Pictures and classes are the data set's.
 */
struct modelfile_ask {
    const char *arch;      /* an encoder's name; NULL: found out */
    const char *codebook;  /* .npy of W (L, k); NULL: the file has it */
    const char *mean;      /* a number a channel, commas between them, of */
    const char *deviation; /* bytes divided by 255; NULL: ImageNet's of 3
                               channels, 0 and 1 of one */
    const struct learn_shape *shape;
    const char *const *names; /* (shape->classes) */
};

/* Any file: ERR_BAD_INPUT says what is wrong and what to do. ask: NULL for
 * files with settings alone. */
enum status modelfile_read(struct modelfile *out, const char *path,
                           const struct modelfile_ask *ask,
                           struct err *err) MUST_USE;
void modelfile_release(struct modelfile *file); /* zeroed is fine */

/* Makes the largest of n margins, as learner_encode() gives them, the largest
 * that can be kept: for a checkpoint, whose file does not say. */
void modelfile_fit_scale(struct modelfile *file, const float *margins,
                         size_t n);

#endif
