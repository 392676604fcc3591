#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "formats/npy.h"
#include "learn/inputnorm.h"
#include "learn/modelfile-parts.h"
#include "nn/encoder-names.h"

/* The encoders that checkpoints are of: torchvision's, and small ones whose
 * names follow them. */
static const char *const known[] = {"resnet18", "resnet34", "resnet50",
                                    "resnet8",  "resnet14", "resnet20"};

struct found {
    const char *name;
    int width, convs;
    int channels; /* of its pictures */
};

struct checkpoint {
    const struct safetensors *f;
    const struct modelfile_ask *ask;
    struct found found;
    struct learn_spec spec;
    const struct safetensor *projection; /* P, or NULL */
    const struct safetensor *head;       /* fc.weight, or NULL */
    struct npy codebook;                 /* data NULL: none given */
    struct err *err;
};

/* ---- which network ---- */

/* All tensors of the encoder are there, in its shapes. */
static bool fits(const struct safetensors *f, const struct encoder *encoder)
{
    for (int i = 0; i < encoder_tensors(encoder); i++) {
        struct encoder_tensor want = encoder_tensor(encoder, i);
        const struct safetensor *t = safetensors_find(f, want.name);

        if (t == NULL || t->dims != want.dims)
            return false;
        for (int d = 0; d < want.dims; d++)
            if (t->shape[d] != want.shape[d])
                return false;
    }
    return true;
}

/* Whether it is that one, and more of it than what was found before. */
static void try_known(struct checkpoint *c, const char *name,
                      const struct safetensor *stem)
{
    struct encoder encoder;
    struct err err;
    bool small = stem->shape[2] == 3;
    int side = small ? 32 : 64;
    int width = small ? (int)stem->shape[0] : 0;

    if (encoder_init(&encoder, name, width, (int)stem->shape[1], side, side,
                     &err) != OK ||
        encoder.convs <= c->found.convs || !fits(c->f, &encoder))
        return;
    c->found = (struct found){name, width, encoder.convs, (int)stem->shape[1]};
}

static bool is_known(const char *arch)
{
    for (size_t i = 0; i < ARRAY_SIZE(known); i++)
        if (strcmp(known[i], arch) == 0)
            return true;
    return false;
}

static enum status find_arch(struct checkpoint *c)
{
    const struct safetensor *stem = safetensors_find(c->f, "conv1.weight");
    const char *arch = c->ask->arch;

    if (arch != NULL && !is_known(arch))
        return err_set(c->err, ERR_BAD_INPUT,
                       "--arch %.40s: checkpoints are read of resnet18, "
                       "resnet34, resnet50, resnet8, resnet14 and resnet20",
                       arch);
    if (stem != NULL && stem->dims == 4 &&
        stem->shape[0] <= ENCODER_WIDTH_MAX &&
        (stem->shape[1] == 1 || stem->shape[1] == 3))
        for (size_t i = 0; i < ARRAY_SIZE(known); i++)
            if (arch == NULL || strcmp(arch, known[i]) == 0)
                try_known(c, known[i], stem);
    if (c->found.name != NULL)
        return OK;
    return err_set(c->err, ERR_BAD_INPUT,
                   "%s: its tensors are not those of %s with torchvision's "
                   "names (conv1.weight, layer1.0.conv1.weight, ...) and "
                   "shapes%s",
                   c->f->name, arch != NULL ? arch : "a ResNet 18, 34 or 50",
                   arch != NULL ? ": leave --arch out" : "");
}

/* ---- what is behind it ---- */

static bool is_head(const char *name)
{
    return strcmp(name, "fc_lr.weight") == 0 ||
           strcmp(name, "fc.weight") == 0 || strcmp(name, "fc.bias") == 0;
}

static bool is_count(const char *name)
{
    static const char end[] = "num_batches_tracked";
    size_t n = strlen(name), m = sizeof(end) - 1;

    return n >= m && strcmp(name + n - m, end) == 0;
}

static bool is_part(const struct encoder *encoder, const char *name)
{
    for (int i = 0; i < encoder_tensors(encoder); i++)
        if (strcmp(encoder_tensor(encoder, i).name, name) == 0)
            return true;
    return false;
}

/* A tensor that would be left out would make another network of it. */
static enum status check_rest(const struct checkpoint *c,
                              const struct encoder *encoder)
{
    for (int i = 0; i < c->f->count; i++) {
        const char *name = c->f->items[i].name;

        if (is_head(name) || is_count(name) || is_part(encoder, name))
            continue;
        return err_set(c->err, ERR_BAD_INPUT,
                       "%s: it is like a %s, but has a tensor %.80s that none "
                       "has, so it is another network, which is not read",
                       c->f->name, c->found.name, name);
    }
    return OK;
}

/* (rows, columns) or (rows, columns, 1, 1). */
static bool is_matrix(const struct safetensor *t, size_t columns)
{
    return t != NULL && (t->dims == 2 || t->dims == 4) &&
           t->shape[1] == columns && t->shape[0] > 0 &&
           t->count == t->shape[0] * columns;
}

static enum status read_codebook(struct checkpoint *c, size_t k)
{
    const char *path = c->ask->codebook;
    size_t classes = c->ask->shape->classes;

    if (path == NULL)
        return OK;
    if (npy_read(&c->codebook, path, c->err) != OK)
        return c->err->status;
    if (c->codebook.dims == 2 && c->codebook.shape[0] == classes &&
        c->codebook.shape[1] == k)
        return OK;
    return err_set(c->err, ERR_BAD_INPUT,
                   "%s: a codebook for %zu classes and %zu bits has shape "
                   "(%zu, %zu); this array has %u dimensions, %zu x %zu",
                   path, classes, k, classes, k, c->codebook.dims,
                   c->codebook.shape[0], c->codebook.shape[1]);
}

static enum status check_codes(struct checkpoint *c)
{
    size_t k = c->projection->shape[0], classes = c->ask->shape->classes;

    if (k > LEARN_BITS_MAX)
        return err_set(c->err, ERR_BAD_INPUT,
                       "%s: its codes (fc_lr.weight) have %zu bits, up to %d "
                       "can be read",
                       c->f->name, k, LEARN_BITS_MAX);
    c->spec.bits = (int)k;
    if (read_codebook(c, k) != OK)
        return c->err->status;
    if (c->codebook.data != NULL)
        return OK;
    if (c->head == NULL)
        return err_set(c->err, ERR_BAD_INPUT,
                       "%s holds no codebook (fc.weight), as checkpoints of "
                       "the second phase don't: give its file (.npy) with "
                       "--codebook",
                       c->f->name);
    if (!is_matrix(c->head, k))
        return err_set(c->err, ERR_BAD_INPUT,
                       "%s: its codebook (fc.weight) is not of %zu bits, as "
                       "fc_lr.weight is: give one (.npy) with --codebook",
                       c->f->name, k);
    return c->head->shape[0] == classes
               ? OK
               : err_set(c->err, ERR_BAD_INPUT,
                         "%s: its codebook knows %zu classes, the data set "
                         "has %zu: is it a model of other data?",
                         c->f->name, c->head->shape[0], classes);
}

/* With codes, with a classifier, or neither. */
static enum status find_heads(struct checkpoint *c, size_t features)
{
    c->projection = safetensors_find(c->f, "fc_lr.weight");
    c->head = safetensors_find(c->f, "fc.weight");
    if (c->projection != NULL && !is_matrix(c->projection, features))
        return err_set(c->err, ERR_BAD_INPUT,
                       "%s: fc_lr.weight does not take the %zu values that a "
                       "%s gives",
                       c->f->name, features, c->found.name);
    if (c->projection != NULL) {
        c->spec.epochs[PHASE_CODEBOOK] = c->spec.epochs[PHASE_INSTANCE] = 1;
        return check_codes(c);
    }
    if (c->ask->codebook != NULL)
        return err_set(c->err, ERR_BAD_INPUT,
                       "%s has no fc_lr.weight, so no codes: leave --codebook "
                       "out",
                       c->f->name);
    c->spec.baseline = BASELINE_ORDINARY;
    c->spec.epochs[PHASE_WARM] = 1;
    return OK;
}

/* ---- into a learner ---- */

static enum status read_matrix(const struct checkpoint *c,
                               const struct safetensor *t, float *out)
{
    return safetensors_floats(c->f, t, out, c->err);
}

static enum status read_classifier(struct checkpoint *c, struct modelfile *out)
{
    struct learner *l = out->learner;
    const struct safetensor *bias = safetensors_find(c->f, "fc.bias");
    size_t classes = l->shape.classes;

    out->headless = !is_matrix(c->head, (size_t)l->encoder.features) ||
                    c->head->shape[0] != classes ||
                    (bias != NULL && bias->count != classes);
    if (out->headless)
        return OK;
    if (bias != NULL && read_matrix(c, bias, l->params + l->bias) != OK)
        return c->err->status;
    return read_matrix(c, c->head, l->params + l->classifier);
}

static enum status read_codes(struct checkpoint *c, struct learner *l)
{
    if (read_matrix(c, c->projection, l->params + l->projection) != OK)
        return c->err->status;
    if (c->codebook.data == NULL)
        return read_matrix(c, c->head, l->params + l->codebook);
    memcpy(l->params + l->codebook, c->codebook.data,
           c->codebook.count * sizeof(float));
    return OK;
}

static enum status read_all(struct checkpoint *c, struct modelfile *out)
{
    struct learner *l = out->learner;
    float *room = mem_large(l->count, sizeof(*room));
    enum status status;

    if (room == NULL)
        return err_set(c->err, ERR_NOMEM, "no memory to read %s", c->f->name);
    status = modelfile_encoder(c->f, l, room, c->err);
    free(room);
    if (status == OK)
        status = inputnorm_read(&l->norm, c->ask->mean, c->ask->deviation,
                                l->shape.channels, c->err);
    if (status == OK)
        status =
            c->projection != NULL ? read_codes(c, l) : read_classifier(c, out);
    l->phase = PHASE_COUNT;
    return status;
}

static enum status build(struct checkpoint *c, struct modelfile *out)
{
    const struct learn_shape *shape = c->ask->shape;
    struct encoder encoder;

    if (find_arch(c) != OK)
        return c->err->status;
    if (c->found.channels != shape->channels)
        return err_set(c->err, ERR_BAD_INPUT,
                       "%s takes pictures of %d channels, those of the data "
                       "set have %d",
                       c->f->name, c->found.channels, shape->channels);
    c->spec = learn_spec_default(RECIPE_PAPER);
    memset(c->spec.epochs, 0, sizeof(c->spec.epochs));
    snprintf(c->spec.encoder, sizeof(c->spec.encoder), "%s", c->found.name);
    c->spec.width = c->found.width;
    if (encoder_init(&encoder, c->found.name, c->found.width, shape->channels,
                     shape->height, shape->width, c->err) != OK)
        return err_wrap(c->err, "%s", c->f->name);
    if (check_rest(c, &encoder) != OK ||
        find_heads(c, (size_t)encoder.features) != OK ||
        learn_spec_check(&c->spec, c->err) != OK ||
        learner_check_shape(shape, c->err) != OK ||
        learner_alloc(&out->learner, &c->spec, shape, c->err) != OK)
        return c->err->status;
    return read_all(c, out);
}

enum status checkpoint_learner(struct modelfile *out,
                               const struct safetensors *f,
                               const struct modelfile_ask *ask, struct err *err)
{
    struct checkpoint c = {.f = f, .ask = ask, .err = err};
    enum status status = build(&c, out);

    npy_release(&c.codebook);
    if (status != OK)
        return status;
    out->names = mem_zalloc(ask->shape->classes, sizeof(*out->names));
    for (; out->classes < ask->shape->classes; out->classes++)
        out->names[out->classes] = mem_strdup(ask->names[out->classes]);
    return OK;
}

void modelfile_fit_scale(struct modelfile *file, const float *margins, size_t n)
{
    float largest = 0;

    for (size_t i = 0; i < n; i++)
        largest = fmaxf(largest, fabsf(margins[i]));
    if (isfinite(largest) && largest > 0)
        file->learner->scale = largest / 127;
}
