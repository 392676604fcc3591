#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "learn/learner.h"
#include "nn/encoder.h"

static const char *const recipes[] = {"warm", "paper"};
static const char *const phases[] = {"warm", "codebook", "instance"};

const char *learn_recipe_name(enum learn_recipe recipe)
{
    return recipes[recipe];
}

const char *learn_phase_name(enum learn_phase phase)
{
    return phases[phase];
}

enum status learn_recipe_parse(enum learn_recipe *out, const char *name,
                               struct err *err)
{
    for (size_t i = 0; i < ARRAY_SIZE(recipes); i++)
        if (strcmp(recipes[i], name) == 0) {
            *out = (enum learn_recipe)i;
            return OK;
        }
    return err_set(err, ERR_BAD_INPUT,
                   "no recipe is called \"%.32s\": there are warm and paper",
                   name);
}

struct learn_spec learn_spec_default(enum learn_recipe recipe)
{
    struct learn_spec spec = {
        .recipe = recipe,
        .bits = 16,
        .encoder = "resnet8",
        .width = 16,
        .epochs = {10, 7, 6},
        .lr = {0.1, 0.07, 0.4},
        .batch = 128,
        .momentum = 0.875,
        .weight_decay = 3.05e-5,
        .label_smoothing = 0.1,
        .shift = 2,
        .rotate = 6,
        .stretch = 0.08,
        .shear = 0.06,
        .mix = 0.1,
        .separate = true,
        .seed = 1,
    };

    if (recipe == RECIPE_PAPER) {
        spec.epochs[PHASE_WARM] = 0;
        spec.epochs[PHASE_CODEBOOK] = 100;
        spec.epochs[PHASE_INSTANCE] = 25;
        spec.lr[PHASE_CODEBOOK] = 0.1;
        spec.lr[PHASE_INSTANCE] = 0.01;
        spec.batch = 256;
        spec.shift = 1;
        spec.rotate = spec.stretch = spec.shear = 0;
        spec.mix = 0;
        spec.separate = false;
    }
    return spec;
}

/* A setting, its value and the range it may have. */
struct setting {
    const char *name;
    double value, least, most;
};

static enum status check_settings(const struct setting *settings, size_t n,
                                  struct err *err)
{
    for (size_t i = 0; i < n; i++) {
        const struct setting *s = &settings[i];

        if (!(s->value >= s->least && s->value <= s->most))
            return err_set(err, ERR_BAD_INPUT,
                           "%s %g is out of range: give %g to %g", s->name,
                           s->value, s->least, s->most);
    }
    return OK;
}

static enum status check_phases(const struct learn_spec *spec, struct err *err)
{
    for (int i = 0; i < PHASE_COUNT; i++) {
        char epochs[48], rate[48];
        struct setting settings[] = {
            {epochs, spec->epochs[i], i == PHASE_INSTANCE ? 1 : 0, 100000},
            {rate, spec->lr[i], 0, 100},
        };

        snprintf(epochs, sizeof(epochs), "epochs of the %s phase", phases[i]);
        snprintf(rate, sizeof(rate), "rate of the %s phase", phases[i]);
        if (check_settings(settings, ARRAY_SIZE(settings), err) != OK)
            return err->status;
    }
    return OK;
}

enum status learn_spec_check(const struct learn_spec *spec, struct err *err)
{
    const struct setting settings[] = {
        {"bits", spec->bits, 1, LEARN_BITS_MAX},
        {"batch", spec->batch, 1, 65536},
        {"momentum", spec->momentum, 0, 0.9999},
        {"weight decay", spec->weight_decay, 0, 1},
        {"label smoothing", spec->label_smoothing, 0, 0.999},
        {"shift", spec->shift, 0, LEARN_SIDE_MAX},
        {"rotate", spec->rotate, 0, 180},
        {"stretch", spec->stretch, 0, 4},
        {"shear", spec->shear, 0, 2},
        {"mix", spec->mix, 0, 1000},
        {"threads", spec->threads, 0, 256},
    };
    struct encoder encoder;

    if ((int)spec->recipe < 0 || (size_t)spec->recipe >= ARRAY_SIZE(recipes))
        return err_set(err, ERR_BAD_INPUT, "no recipe has the number %d",
                       (int)spec->recipe);
    if (memchr(spec->encoder, '\0', sizeof(spec->encoder)) == NULL)
        return err_set(err, ERR_BAD_INPUT, "the encoder's name is too long");
    if (check_settings(settings, ARRAY_SIZE(settings), err) != OK ||
        check_phases(spec, err) != OK)
        return err->status;
    return encoder_init(&encoder, spec->encoder, spec->width, 1, LEARN_SIDE_MIN,
                        LEARN_SIDE_MIN, err);
}
