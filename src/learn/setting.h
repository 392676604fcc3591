#ifndef BITGROVE_LEARN_SETTING_H
#define BITGROVE_LEARN_SETTING_H

/*
 * The table of what can be set in a struct learn_spec. The check of a spec,
 * the saved state, a model's options and the reading of a job go through it:
 * a member becomes a setting by a row here. What the numbers mean stands at
 * the members in learn/learner.h. Any thread.
 */

#include "base/str.h"
#include "learn/learner.h"

enum setting_type {
    SETTING_INT,
    SETTING_REAL,
    SETTING_FLAG,
    SETTING_COUNT, /* uint64_t, up to 2^53 */
    SETTING_CHOICE /* an enum whose values have names */
};

struct setting {
    const char *name; /* as in a model's options; an option has - for _ */
    enum setting_type type;
    size_t offset; /* of the member in struct learn_spec */
    int items;     /* numbers of the member: 1, or one a phase */
    double least, most;
    const char *const *choices; /* most + 1 names */
};

/* All settings but the encoder's name and the threads; *count of them. */
const struct setting *settings(int *count);

/* Item i of the setting; a flag is 0 or 1, a choice its place. */
double setting_get(const struct learn_spec *spec, const struct setting *setting,
                   int i);

/* The value must be within the range of the setting. */
void setting_set(struct learn_spec *spec, const struct setting *setting, int i,
                 double value);

/* The choice of that name, or -1. */
int setting_choice(const struct setting *setting, const char *name);

/*
 * Appends the settings as lines "name value value ...", all digits kept; and
 * reads such lines: text[0..n), anything may be given. A setting that is not
 * there keeps what *spec has. ERR_BAD_INPUT names the line.
 */
void settings_write(const struct learn_spec *spec, struct str *out);
enum status settings_read(struct learn_spec *spec, const char *text, size_t n,
                          struct err *err) MUST_USE;

#endif
