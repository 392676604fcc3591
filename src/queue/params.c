#include <config.h>

#include "queue/params.h"

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/mem.h"
#include "base/utf8.h"

static const char *const kind_names[JOB_KIND_COUNT] = {
    [JOB_IMPORT] = "import",     [JOB_LEARN] = "learn",
    [JOB_ENCODE] = "encode",     [JOB_TREE] = "tree",
    [JOB_EXPORT] = "export",     [JOB_IMPORT_MODEL] = "import-model",
    [JOB_FEATURES] = "features",
};

const char *job_kind_name(enum job_kind kind)
{
    return kind_names[kind];
}

void params_release(struct params *params)
{
    for (int i = 0; i < params->count; i++) {
        free(params->names[i]);
        free(params->values[i]);
    }
    free(params->names);
    free(params->values);
    *params = (struct params){NULL, NULL, 0, 0};
}

static const struct param_spec *spec_of(enum job_kind kind, const char *name)
{
    int count;
    const struct param_spec *specs = param_specs(kind, &count);

    for (int i = 0; i < count; i++) {
        if (strcmp(specs[i].name, name) == 0)
            return &specs[i];
    }
    return NULL;
}

/*
 * A number of text[0..n) with a point whatever the locale says; false unless
 * all of it is one. No infinities, no hexadecimal.
 */
static bool number(const char *text, size_t n, double *out)
{
    char copy[64], *end;
    locale_t c;
    double value;

    if (n == 0 || n >= sizeof(copy) || strspn(text, "0123456789+-.eE") < n)
        return false;
    memcpy(copy, text, n);
    copy[n] = '\0';
    c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (c == (locale_t)0)
        return false;
    value = strtod_l(copy, &end, c);
    freelocale(c);
    if (*end != '\0' || !isfinite(value))
        return false;
    *out = value;
    return true;
}

static bool whole(const char *text, int64_t *out)
{
    char *end;
    long long value;

    if (text[0] == '\0' || strspn(text, "0123456789-") != strlen(text))
        return false;
    errno = 0;
    value = strtoll(text, &end, 10);
    if (errno != 0 || *end != '\0')
        return false;
    *out = value;
    return true;
}

static bool in_range(const struct param_spec *spec, double value)
{
    return value >= spec->low && value <= spec->high;
}

static bool is_choice(const char *choices, const char *value)
{
    size_t n = strlen(value);

    while (n > 0) {
        size_t length = strcspn(choices, "|");

        if (length == n && memcmp(choices, value, n) == 0)
            return true;
        if (choices[length] == '\0')
            break;
        choices += length + 1;
    }
    return false;
}

/* Comma-separated numbers of the table's range; how many, or -1. */
static int numbers(const struct param_spec *spec, const char *text, double *out,
                   int room)
{
    int count = 0;

    for (;;) {
        size_t n = strcspn(text, ",");
        double value;

        if (!number(text, n, &value) || !in_range(spec, value) ||
            (spec->whole && value != floor(value)))
            return -1;
        if (count < room)
            out[count] = value;
        count++;
        if (text[n] == '\0')
            return count;
        text += n + 1;
    }
}

static bool fits(const struct param_spec *spec, const char *value)
{
    double real[3];
    int64_t integer;
    int count;

    switch (spec->type) {
    case PARAM_TEXT:
    case PARAM_PATH:
        return value[0] != '\0';
    case PARAM_INT:
        return whole(value, &integer) && in_range(spec, (double)integer);
    case PARAM_REAL:
        return numbers(spec, value, real, 3) == 1;
    case PARAM_FLAG:
        return strcmp(value, "1") == 0;
    case PARAM_PAIR:
        count = numbers(spec, value, real, 3);
        return count == 2 || count == 3;
    case PARAM_CHOICE:
        return is_choice(spec->choices, value);
    }
    return false;
}

static void expected(const struct param_spec *spec, struct str *out)
{
    switch (spec->type) {
    case PARAM_TEXT:
        str_add(out, "a text that is not empty");
        break;
    case PARAM_INT:
        str_addf(out, "a whole number from %.0f to %.0f", spec->low,
                 spec->high);
        break;
    case PARAM_REAL:
        str_addf(out, "a number from %g to %g", spec->low, spec->high);
        break;
    case PARAM_FLAG:
        str_add(out, "1");
        break;
    case PARAM_PAIR:
        str_addf(out, "two or three %snumbers from %g to %g with commas, %s",
                 spec->whole ? "whole " : "", spec->low, spec->high,
                 spec->metavar);
        break;
    case PARAM_PATH:
        str_add(out, "the name of a file");
        break;
    case PARAM_CHOICE:
        str_addf(out, "one of %s", spec->choices);
        break;
    }
}

static bool is_utf8(const char *text)
{
    size_t n = strlen(text);

    while (n > 0) {
        uint32_t code;
        size_t used = utf8_decode(text, n, &code);

        if (code & UTF8_BAD)
            return false;
        text += used;
        n -= used;
    }
    return true;
}

static void put(struct params *params, const char *name, const char *value)
{
    int room = params->room;

    for (int i = 0; i < params->count; i++) {
        if (strcmp(params->names[i], name) != 0)
            continue;
        free(params->values[i]);
        params->values[i] = mem_strdup(value);
        return;
    }
    ARRAY_GROW(params->names, params->count, room);
    ARRAY_GROW(params->values, params->count, params->room);
    params->names[params->count] = mem_strdup(name);
    params->values[params->count++] = mem_strdup(value);
}

enum status params_set(struct params *params, enum job_kind kind,
                       const char *name, const char *value, struct err *err)
{
    const struct param_spec *spec = spec_of(kind, name);
    struct str want = STR_INIT;

    if (spec == NULL)
        return err_set(err, ERR_BAD_INPUT, "%s has no option --%s",
                       job_kind_name(kind), name);
    if (!is_utf8(value))
        return err_set(err, ERR_BAD_INPUT,
                       "--%s: the value is not valid UTF-8 (a link with "
                       "another name helps where it is a file)",
                       name);
    if (fits(spec, value)) {
        put(params, name, value);
        return OK;
    }
    expected(spec, &want);
    err_set(err, ERR_BAD_INPUT, "--%s: \"%s\" should be %s", name, value,
            want.text);
    str_release(&want);
    return ERR_BAD_INPUT;
}

const char *params_get(const struct params *params, enum job_kind kind,
                       const char *name)
{
    const struct param_spec *spec = spec_of(kind, name);

    if (spec == NULL)
        return NULL;
    /* A row may hold anything: what the table refuses was never set. */
    for (int i = 0; i < params->count; i++) {
        if (strcmp(params->names[i], name) == 0 &&
            fits(spec, params->values[i]))
            return params->values[i];
    }
    return spec->fallback;
}

int64_t params_int(const struct params *params, enum job_kind kind,
                   const char *name)
{
    const char *text = params_get(params, kind, name);
    int64_t value = 0;

    return text != NULL && whole(text, &value) ? value : 0;
}

int params_numbers(const struct params *params, enum job_kind kind,
                   const char *name, double *out, int room)
{
    const char *text = params_get(params, kind, name);
    int count = 0;

    if (text != NULL)
        count = numbers(spec_of(kind, name), text, out, room);
    return count < 0 ? 0 : count < room ? count : room;
}

void params_write(const struct params *params, struct str *json)
{
    json_t *object = json_object();
    char *text;

    for (int i = 0; i < params->count; i++)
        json_object_set_new(object, params->names[i],
                            json_string(params->values[i]));
    text = json_dumps(object, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(object);
    str_add(json, text != NULL ? text : "{}");
    free(text);
}

enum status params_read(struct params *out, const char *json, struct err *err)
{
    struct params params = {NULL, NULL, 0, 0};
    json_error_t why;
    json_t *object = json_loads(json, JSON_REJECT_DUPLICATES, &why), *value;
    const char *name;

    if (!json_is_object(object)) {
        json_decref(object);
        return err_set(err, ERR_CATALOGUE,
                       "the parameters of a job are no JSON object: queue it "
                       "again");
    }
    json_object_foreach(object, name, value)
    {
        if (!json_is_string(value)) {
            err_set(err, ERR_CATALOGUE,
                    "parameter %s of a job is no text: queue it again", name);
            params_release(&params);
            json_decref(object);
            return ERR_CATALOGUE;
        }
        put(&params, name, json_string_value(value));
    }
    json_decref(object);
    *out = params;
    return OK;
}
