#include <config.h>

#include <string.h>

#include "base/rng.h"
#include "learn/itq.h"
#include "learn/learner-parts.h"
#include "nn/linear.h"

enum { STREAM_RANDOM = 3000 }; /* of the seed, for a random codebook */

const char *const learn_baselines[] = {
    [BASELINE_NONE] = "none",         [BASELINE_ORDINARY] = "ordinary",
    [BASELINE_REAL] = "real",         [BASELINE_RANDOM] = "random",
    [BASELINE_SINGULAR] = "singular", [BASELINE_LSH] = "lsh",
    [BASELINE_ITQ] = "itq",           [BASELINE_HASHNET] = "hashnet",
};

/* Moves the epochs of one phase into another. */
static void merge(struct learn_spec *spec, enum learn_phase from,
                  enum learn_phase to)
{
    spec->epochs[to] += spec->epochs[from];
    spec->epochs[from] = 0;
}

void learn_spec_baseline(struct learn_spec *spec, enum learn_baseline baseline)
{
    int first = PHASE_WARM;
    double rate;

    while (first < PHASE_INSTANCE && spec->epochs[first] == 0)
        first++;
    rate = spec->lr[first];
    spec->baseline = baseline;
    switch (baseline) {
    case BASELINE_NONE:
        return;
    case BASELINE_ORDINARY:
    case BASELINE_LSH:
    case BASELINE_ITQ:
        merge(spec, PHASE_CODEBOOK, PHASE_WARM);
        merge(spec, PHASE_INSTANCE, PHASE_WARM);
        break;
    case BASELINE_REAL:
        merge(spec, PHASE_WARM, PHASE_CODEBOOK);
        merge(spec, PHASE_INSTANCE, PHASE_CODEBOOK);
        break;
    case BASELINE_SINGULAR:
        if (spec->epochs[PHASE_WARM] == 0)
            merge(spec, PHASE_CODEBOOK, PHASE_WARM);
        merge(spec, PHASE_CODEBOOK, PHASE_INSTANCE);
        break;
    case BASELINE_RANDOM:
        merge(spec, PHASE_CODEBOOK, PHASE_INSTANCE);
        break;
    case BASELINE_HASHNET:
        merge(spec, PHASE_CODEBOOK, PHASE_INSTANCE);
        return; /* the pairs have a rate of their own */
    }
    first = PHASE_WARM;
    while (first < PHASE_INSTANCE && spec->epochs[first] == 0)
        first++;
    spec->lr[first] = rate;
}

bool learner_has_codes(const struct learner *learner)
{
    return learner->spec.baseline != BASELINE_ORDINARY;
}

void learner_baseline_start(struct learner *learner)
{
    float *w = learner->params + learner->codebook;
    size_t values = learner->classifier - learner->codebook;
    struct rng rng;

    if (learner->spec.baseline == BASELINE_REAL)
        learner->given = true; /* learnt, but never from the classifier */
    if (learner->spec.baseline != BASELINE_RANDOM)
        return;
    rng_init(&rng, learner->spec.seed, STREAM_RANDOM);
    for (size_t i = 0; i < values; i++)
        w[i] = rng_below(&rng, 2) ? 1.0f : -1.0f;
    learner_separate(w, learner->shape.classes, learner->spec.bits);
    learner->given = true;
}

enum status learner_singular(struct learner *learner, struct err *err)
{
    float *p = learner->params + learner->projection;
    float *w = learner->params + learner->codebook;

    return itq_singular((int)learner->shape.classes, learner->encoder.features,
                        learner->spec.bits,
                        learner->params + learner->classifier, p, w, err);
}

void learner_signs(const struct learner *learner, float *out)
{
    size_t values = learner->classifier - learner->codebook;
    const float *w = learner->params + learner->codebook;

    if (learner->spec.baseline == BASELINE_REAL)
        memcpy(out, w, values * sizeof(*out));
    else
        sign_forward((int)values, w, out);
}
