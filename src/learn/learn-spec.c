#include <config.h>

#include <stdio.h>
#include <string.h>

#include "learn/setting.h"
#include "nn/encoder.h"

static const char *const phases[] = {"warm", "codebook", "instance"};

const char *const learn_schedules[] = {
    [SCHEDULE_PHASE] = "phase",
    [SCHEDULE_RUN] = "run",
};

const char *learn_phase_name(enum learn_phase phase)
{
    return phases[phase];
}

struct learn_spec learn_spec_default(enum learn_recipe recipe)
{
    struct learn_spec spec = {
        .recipe = recipe,
        .bits = 16,
        .encoder = "resnet8",
        .epochs = {5, 9, 9},
        .lr = {0.1, 0.3, 0.3},
        .schedule = SCHEDULE_RUN,
        .batch = 32,
        .momentum = 0.875,
        .weight_decay = 3.05e-5,
        .decay_norm = true,
        .memory = 4096,
        .label_smoothing = 0.1,
        .shift = 2,
        .rotate = 6,
        .stretch = 0.08,
        .shear = 0.06,
        .joint = true,
        .mix = 1.6,
        .separate = true,
        .seed = 1,
    };

    if (recipe == RECIPE_PAPER) {
        spec.epochs[PHASE_WARM] = 0;
        spec.epochs[PHASE_CODEBOOK] = 100;
        spec.epochs[PHASE_INSTANCE] = 25;
        spec.lr[PHASE_CODEBOOK] = 0.1;
        spec.lr[PHASE_INSTANCE] = 0.01;
        spec.schedule = SCHEDULE_PHASE;
        spec.batch = 256;
        spec.shift = 1;
        spec.rotate = spec.stretch = spec.shear = 0;
        spec.logit_scale = 1;
        spec.joint = false;
        spec.mix = 0;
    }
    return spec;
}

static enum status check_setting(const struct learn_spec *spec,
                                 const struct setting *setting, int i,
                                 struct err *err)
{
    double value = setting_get(spec, setting, i);
    char name[32];

    if (value >= setting->least && value <= setting->most)
        return OK;
    snprintf(name, sizeof(name), "%s", setting->name);
    for (char *c = name; *c != '\0'; c++)
        *c = *c == '_' ? ' ' : *c;
    if (setting->items == 1)
        return err_set(err, ERR_BAD_INPUT,
                       "%s %g is out of range: give %g to %g", name, value,
                       setting->least, setting->most);
    return err_set(err, ERR_BAD_INPUT,
                   "%s of the %s phase %g is out of range: give %g to %g", name,
                   phases[i], value, setting->least, setting->most);
}

/* The phase that a run ends with. */
static int last_phase(enum learn_baseline baseline)
{
    switch (baseline) {
    case BASELINE_ORDINARY:
    case BASELINE_LSH:
    case BASELINE_ITQ:
        return PHASE_WARM;
    case BASELINE_REAL:
        return PHASE_CODEBOOK;
    default:
        return PHASE_INSTANCE;
    }
}

enum status learn_spec_check(const struct learn_spec *spec, struct err *err)
{
    int count, width = spec->width;
    const struct setting *table = settings(&count);

    if (memchr(spec->encoder, '\0', sizeof(spec->encoder)) == NULL)
        return err_set(err, ERR_BAD_INPUT, "the encoder's name is too long");
    if (spec->threads < 0 || spec->threads > 256)
        return err_set(err, ERR_BAD_INPUT,
                       "threads %d is out of range: give 0 to 256",
                       spec->threads);
    for (int s = 0; s < count; s++)
        for (int i = 0; i < table[s].items; i++)
            if (check_setting(spec, &table[s], i, err) != OK)
                return err->status;
    if (spec->epochs[last_phase(spec->baseline)] < 1)
        return err_set(err, ERR_BAD_INPUT,
                       "epochs of the %s phase: give at least 1",
                       phases[last_phase(spec->baseline)]);
    return encoder_check(spec->encoder, &width, err);
}
