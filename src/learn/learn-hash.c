#include <config.h>

/*
 * Hashing baselines (docs/method.md): codes from a head on features that knows
 * nothing of class codes. What it then calls the code of a class is the sign
 * of the mean margins of the class's training images, so that decoding, trees
 * and outliers can be compared as well.
 */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "learn/itq.h"
#include "learn/learner-parts.h"

enum { STREAM_PLANES = 4000, STREAM_TURN = 4001 }; /* of the seed */

/* Images that features are looked at of: blocks of neighbours, evenly spaced
 * over the training images. */
#define BLOCK        16
#define ROUND        64 /* blocks between two looks at cancelled() */
#define SAMPLE       32768u
#define CLASS_SAMPLE 32u /* images of a class, for its mean margins */

struct look {
    struct learner_eye eye;
    const struct learn_data *data;
    uint32_t blocks, rows; /* the last block may be short */
    uint32_t first;        /* block of this round */
    float *features;       /* (rows, d), or NULL */
    float *z;              /* (rows, k), or NULL */
};

/* The image that a block begins with. */
static uint32_t block_start(const struct look *look, uint32_t block)
{
    uint32_t last = look->data->n - (look->rows - (look->blocks - 1) * BLOCK);

    if (look->blocks == 1)
        return 0;
    return (uint32_t)((uint64_t)last * block / (look->blocks - 1));
}

static void look_task(void *ctx, int task, int thread)
{
    const struct look *look = ctx;
    const struct learner *l = look->eye.learner;
    const struct learn_shape *shape = &l->shape;
    size_t image =
        (size_t)shape->channels * (size_t)shape->height * (size_t)shape->width;
    size_t d = (size_t)l->encoder.features, k = (size_t)l->spec.bits;
    uint32_t block = look->first + (uint32_t)task;
    uint32_t row = block * BLOCK, i = block_start(look, block);
    uint32_t end = look->rows - row < BLOCK ? look->rows : row + BLOCK;

    while (row < end) {
        uint32_t group = (uint32_t)look->eye.group;
        uint32_t some = end - row < group ? end - row : group;
        const float *features =
            look->data->vectors != NULL
                ? learner_eye_read(&look->eye, thread, look->data->vectors, i,
                                   (int)some)
                : learner_eye_look(&look->eye, thread,
                                   look->data->pixels + i * image, (int)some);

        if (look->features != NULL)
            memcpy(look->features + row * d, features,
                   some * d * sizeof(*features));
        if (look->z != NULL)
            learner_eye_margins(&look->eye, (int)some, features,
                                look->z + row * k);
        row += some;
        i += some;
    }
}

/* Features or margins, or both, of up to `most` images: whatever has a place.
 */
static enum status look_run(struct look *look, struct learner *l,
                            const struct learn_hooks *hooks, struct err *err)
{
    const struct learn_vectors *v = look->data->vectors;
    enum status status = learner_eye_init(&look->eye, l, err);

    for (look->first = 0; look->first < look->blocks && status == OK;
         look->first += ROUND) {
        uint32_t left = look->blocks - look->first;

        if (hooks->cancelled != NULL && hooks->cancelled(hooks->ctx))
            status = err_set(err, ERR_CANCELLED, "learning was cancelled");
        else
            pool_run(l->pool, (int)(left < ROUND ? left : ROUND), look_task,
                     look);
        if (v != NULL && v->seen != NULL)
            v->seen(v->ctx, ROUND * BLOCK);
    }
    learner_eye_release(&look->eye);
    return status;
}

static struct look look_at(const struct learn_data *data, uint64_t most)
{
    struct look look = {.data = data,
                        .rows = data->n < most ? data->n : (uint32_t)most};

    look.blocks = (look.rows + BLOCK - 1) / BLOCK;
    return look;
}

/* z = P (F - mean): the shift that takes the mean off. */
static void centre(struct learner *l, const float *features, uint32_t rows)
{
    size_t d = (size_t)l->encoder.features, k = (size_t)l->spec.bits;
    double *mean = mem_zalloc(d, sizeof(*mean));

    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < d; j++)
            mean[j] += features[i * d + j];
    for (size_t b = 0; b < k; b++) {
        const float *p = l->params + l->projection + b * d;
        double sum = 0;

        for (size_t j = 0; j < d; j++)
            sum -= p[j] * mean[j] / rows;
        l->shift[b] = (float)sum;
    }
    free(mean);
}

/* P of LSH: normal, so that the planes have no direction of their own. */
static void draw_planes(struct learner *l)
{
    struct rng rng;

    rng_init(&rng, l->spec.seed, STREAM_PLANES);
    for (size_t i = l->projection; i < l->codebook; i++)
        l->params[i] = (float)rng_normal(&rng);
}

/* P and the shift from the features of the classifier. */
static enum status fit(struct learner *l, const struct learn_data *train,
                       const struct learn_hooks *hooks, struct err *err)
{
    struct look look = look_at(train, SAMPLE);
    int d = l->encoder.features, k = l->spec.bits;
    float *z = mem_large(look.rows, (size_t)k * sizeof(*z));
    enum status status;

    look.features = mem_large(look.rows, (size_t)d * sizeof(float));
    if (z == NULL || look.features == NULL)
        status = err_set(err, ERR_NOMEM,
                         "no memory for the features of %u "
                         "images",
                         look.rows);
    else
        status = look_run(&look, l, hooks, err);
    if (status == OK && l->spec.baseline == BASELINE_ITQ)
        status = itq_fit((int)look.rows, d, k, look.features,
                         l->spec.seed ^ STREAM_TURN, l->params + l->projection,
                         z, err);
    else if (status == OK)
        draw_planes(l);
    if (status == OK)
        centre(l, look.features, look.rows);
    free(look.features);
    free(z);
    return status;
}

/* W: the mean margins of each class. */
static enum status set_means(struct learner *l, const struct learn_data *train,
                             const struct learn_hooks *hooks, struct err *err)
{
    uint64_t wanted = (uint64_t)CLASS_SAMPLE * l->shape.classes;
    struct look look = look_at(train, wanted > SAMPLE ? wanted : SAMPLE);
    size_t k = (size_t)l->spec.bits, values = l->shape.classes * k;
    double *sums = mem_large(values, sizeof(*sums));
    enum status status;

    look.z = mem_large(look.rows, k * sizeof(*look.z));
    if (sums == NULL || look.z == NULL)
        status = err_set(err, ERR_NOMEM,
                         "no memory for the margins of %u "
                         "images",
                         look.rows);
    else
        status = look_run(&look, l, hooks, err);
    for (uint32_t row = 0; row < look.rows && status == OK; row++) {
        size_t i = block_start(&look, row / BLOCK) + row % BLOCK;

        for (size_t b = 0; b < k; b++)
            sums[train->labels[i] * k + b] += look.z[row * k + b];
    }
    for (size_t i = 0; i < values && status == OK; i++)
        l->params[l->codebook + i] = (float)sums[i];
    free(sums);
    free(look.z);
    return status;
}

bool learner_is_shifted(const struct learn_spec *spec)
{
    return spec->baseline == BASELINE_LSH || spec->baseline == BASELINE_ITQ;
}

double learner_beta(const struct learner *l)
{
    int stages = l->spec.epochs[PHASE_INSTANCE];

    return stages > 1 ? pow(HASH_BETA, (double)l->epoch / (stages - 1)) : 1;
}

enum status learner_hash(struct learner *l, const struct learn_data *train,
                         const struct learn_hooks *hooks, struct err *err)
{
    bool last =
        l->phase == PHASE_WARM && l->epoch + 1 == l->spec.epochs[PHASE_WARM];

    if (learner_is_shifted(&l->spec) && last) {
        if (fit(l, train, hooks, err) != OK)
            return err->status;
        return set_means(l, train, hooks, err);
    }
    if (l->spec.baseline == BASELINE_HASHNET && l->phase == PHASE_INSTANCE)
        return set_means(l, train, hooks, err);
    return OK;
}
