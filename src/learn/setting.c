#include <config.h>

#include "learn/setting.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static const char *const recipes[] = {"best", "paper"};
static const char *const inits[] = {"uniform", "he"};

const char *learn_recipe_name(enum learn_recipe recipe)
{
    return recipes[recipe];
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
                   "no recipe is called \"%.32s\": there are best and paper",
                   name);
}

#define AT(member) offsetof(struct learn_spec, member)

static const struct setting table[] = {
    {"recipe", SETTING_CHOICE, AT(recipe), 1, 0, 1, recipes},
    {"baseline", SETTING_CHOICE, AT(baseline), 1, 0, BASELINE_HASHNET,
     learn_baselines},
    {"bits", SETTING_INT, AT(bits), 1, 1, LEARN_BITS_MAX, NULL},
    {"width", SETTING_INT, AT(width), 1, 0, 256, NULL},
    {"epochs", SETTING_INT, AT(epochs), PHASE_COUNT, 0, 100000, NULL},
    {"lr", SETTING_REAL, AT(lr), PHASE_COUNT, 0, 100, NULL},
    {"schedule", SETTING_CHOICE, AT(schedule), 1, 0, SCHEDULE_RUN,
     learn_schedules},
    {"batch", SETTING_INT, AT(batch), 1, 1, 65536, NULL},
    {"momentum", SETTING_REAL, AT(momentum), 1, 0, 0.9999, NULL},
    {"weight_decay", SETTING_REAL, AT(weight_decay), 1, 0, 1, NULL},
    {"decay_norm", SETTING_FLAG, AT(decay_norm), 1, 0, 1, NULL},
    {"warmup", SETTING_REAL, AT(warmup), 1, 0, 100000, NULL},
    {"init", SETTING_CHOICE, AT(init), 1, 0, INIT_HE, inits},
    {"zero_init", SETTING_FLAG, AT(zero_init), 1, 0, 1, NULL},
    {"accumulate", SETTING_INT, AT(accumulate), 1, 0, 65536, NULL},
    {"memory", SETTING_INT, AT(memory), 1, 1, 1 << 30, NULL},
    {"label_smoothing", SETTING_REAL, AT(label_smoothing), 1, 0, 0.999, NULL},
    {"flip", SETTING_FLAG, AT(flip), 1, 0, 1, NULL},
    {"shift", SETTING_INT, AT(shift), 1, 0, LEARN_SIDE_MAX, NULL},
    {"rotate", SETTING_REAL, AT(rotate), 1, 0, 180, NULL},
    {"stretch", SETTING_REAL, AT(stretch), 1, 0, 4, NULL},
    {"shear", SETTING_REAL, AT(shear), 1, 0, 2, NULL},
    {"logit_scale", SETTING_REAL, AT(logit_scale), 1, 0, 1000, NULL},
    {"joint", SETTING_FLAG, AT(joint), 1, 0, 1, NULL},
    {"mix", SETTING_REAL, AT(mix), 1, 0, 1000, NULL},
    {"separate", SETTING_FLAG, AT(separate), 1, 0, 1, NULL},
    {"seed", SETTING_COUNT, AT(seed), 1, 0, 9007199254740992.0, NULL},
};

const struct setting *settings(int *count)
{
    *count = ARRAY_SIZE(table);
    return table;
}

double setting_get(const struct learn_spec *spec, const struct setting *setting,
                   int i)
{
    const char *at = (const char *)spec + setting->offset;

    switch (setting->type) {
    case SETTING_INT:
        return ((const int *)(const void *)at)[i];
    case SETTING_REAL:
        return ((const double *)(const void *)at)[i];
    case SETTING_FLAG:
        return ((const bool *)(const void *)at)[i];
    case SETTING_COUNT:
        return (double)((const uint64_t *)(const void *)at)[i];
    case SETTING_CHOICE:
        return ((const int *)(const void *)at)[i];
    }
    return 0;
}

void setting_set(struct learn_spec *spec, const struct setting *setting, int i,
                 double value)
{
    char *at = (char *)spec + setting->offset;

    switch (setting->type) {
    case SETTING_INT:
    case SETTING_CHOICE:
        ((int *)(void *)at)[i] = (int)value;
        break;
    case SETTING_REAL:
        ((double *)(void *)at)[i] = value;
        break;
    case SETTING_FLAG:
        ((bool *)(void *)at)[i] = value != 0;
        break;
    case SETTING_COUNT:
        ((uint64_t *)(void *)at)[i] = (uint64_t)value;
        break;
    }
}

int setting_choice(const struct setting *setting, const char *name)
{
    for (int i = 0; i <= (int)setting->most; i++)
        if (strcmp(setting->choices[i], name) == 0)
            return i;
    return -1;
}

void settings_write(const struct learn_spec *spec, struct str *out)
{
    for (size_t s = 0; s < ARRAY_SIZE(table); s++) {
        str_add(out, table[s].name);
        for (int i = 0; i < table[s].items; i++) {
            double value = setting_get(spec, &table[s], i);

            if (table[s].type == SETTING_CHOICE)
                str_addf(out, " %s", table[s].choices[(int)value]);
            else
                str_addf(out, " %.17g", value);
        }
        str_add(out, "\n");
    }
}

/* A value of the setting in text[0..n), which holds no space. */
static bool read_value(const struct setting *setting, const char *text,
                       size_t n, double *out)
{
    char copy[64], *end;
    int choice;

    if (n == 0 || n >= sizeof(copy))
        return false;
    memcpy(copy, text, n);
    copy[n] = '\0';
    if (setting->type == SETTING_CHOICE) {
        choice = setting_choice(setting, copy);
        *out = choice;
        return choice >= 0;
    }
    *out = strtod(copy, &end);
    return *end == '\0' && *out >= setting->least && *out <= setting->most &&
           (setting->type == SETTING_REAL || *out == floor(*out));
}

static bool read_line(struct learn_spec *spec, const char *line, size_t n)
{
    size_t name = 0;

    while (name < n && line[name] != ' ')
        name++;
    for (size_t s = 0; s < ARRAY_SIZE(table); s++) {
        const char *at = line + name, *end = line + n;
        double value;

        if (strlen(table[s].name) != name ||
            memcmp(table[s].name, line, name) != 0)
            continue;
        for (int i = 0; i < table[s].items; i++) {
            size_t word = 0;

            if (at++ >= end)
                return false;
            while (at + word < end && at[word] != ' ')
                word++;
            if (!read_value(&table[s], at, word, &value))
                return false;
            setting_set(spec, &table[s], i, value);
            at += word;
        }
        return at == end;
    }
    return false;
}

enum status settings_read(struct learn_spec *spec, const char *text, size_t n,
                          struct err *err)
{
    struct learn_spec read = *spec;

    for (size_t at = 0, line = 1; at < n; line++) {
        const char *end = memchr(text + at, '\n', n - at);
        size_t length = end != NULL ? (size_t)(end - text) - at : n - at;

        if (memchr(text + at, '\0', length) != NULL ||
            !read_line(&read, text + at, length))
            return err_set(err, ERR_BAD_INPUT,
                           "line %zu of the settings is not understood: a "
                           "newer program may have written it",
                           line);
        at += length + 1;
    }
    *spec = read;
    return OK;
}
