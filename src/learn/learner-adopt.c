#include <config.h>

#include <string.h>

#include "learn/learner-parts.h"

enum status learner_adopt(struct learner *learner, const struct learner *from,
                          struct err *err)
{
    const struct encoder *to = &learner->encoder, *other = &from->encoder;

    if (strcmp(learner->spec.encoder, from->spec.encoder) != 0 ||
        to->width != other->width || to->picture[0] != other->picture[0] ||
        to->params != other->params || to->stats != other->stats)
        return err_set(err, ERR_BAD_INPUT,
                       "it has an encoder %s of width %d for %d channels, and "
                       "%s of width %d for %d channels is to be learnt: give "
                       "--encoder and --width of that model",
                       from->spec.encoder, other->width, other->picture[0],
                       learner->spec.encoder, to->width, to->picture[0]);
    if (to->convs == 0 || learner_takes_vectors(&learner->shape))
        return err_set(err, ERR_BAD_INPUT,
                       "the encoder %s has no weights for pictures to start "
                       "from",
                       learner->spec.encoder);
    memcpy(learner->params, from->params, to->params * sizeof(float));
    memcpy(learner->stats, from->stats, to->stats * sizeof(float));
    learner->norm = from->norm;
    learner->adopted = true;
    return OK;
}
