#ifndef BITGROVE_LEARN_MODELFILE_PARTS_H
#define BITGROVE_LEARN_MODELFILE_PARTS_H

/*
 * What the readers of models share: learn/modelfile.c, for files that say what
 * they hold, and learn/checkpoint.c, for those that do not.
 */

#include "formats/safetensors.h"
#include "learn/learner-parts.h"
#include "learn/modelfile.h"

/* The encoder's arrays; room: as many floats as its largest has. */
enum status modelfile_encoder(const struct safetensors *f, struct learner *l,
                              float *room, struct err *err) MUST_USE;

/* Fills *out from the tensors of a file without settings. */
enum status checkpoint_learner(struct modelfile *out,
                               const struct safetensors *f,
                               const struct modelfile_ask *ask,
                               struct err *err) MUST_USE;

#endif
