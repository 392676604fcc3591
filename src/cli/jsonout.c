#include <config.h>

#include "cli/jsonout.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "cli/tabular.h"
#include "codes/code.h"

json_t *jsonout_real(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

json_t *jsonout_text(const char *text)
{
    json_t *value = json_string(text);
    struct str safe = STR_INIT;

    if (value != NULL)
        return value;
    utf8_escape(&safe, text);
    value = json_string(safe.text);
    str_release(&safe);
    return value;
}

json_t *jsonout_code(uint64_t code, int bits)
{
    struct str s = STR_INIT;
    json_t *value;

    code_text(&s, code, bits, CODE_PLAIN);
    value = json_string(s.text);
    str_release(&s);
    return value;
}

/* DEL, C1 controls, line separators, directional overrides: what jansson lets
 * through and utf8_escape() does not. */
static int obeyed(uint32_t c)
{
    struct str raw = STR_INIT, safe = STR_INIT;
    int differs;

    if (c < 0x7f)
        return 0;
    utf8_encode(&raw, c);
    utf8_escape(&safe, raw.text);
    differs = strcmp(raw.text, safe.text) != 0;
    str_release(&raw);
    str_release(&safe);
    return differs;
}

static void dump(struct str *out, const json_t *value, size_t style,
                 size_t digits)
{
    char *text = json_dumps(value, style | JSON_ENCODE_ANY |
                                       JSON_REAL_PRECISION(digits));
    size_t n = text ? strlen(text) : 0;

    for (size_t i = 0; i < n;) {
        uint32_t code;
        size_t step = utf8_decode(text + i, n - i, &code);

        if (obeyed(code))
            str_addf(out, "\\u%04x", (unsigned)code);
        else
            str_add_bytes(out, text + i, step);
        i += step;
    }
    free(text);
}

void jsonout_write(struct str *out, const json_t *value)
{
    dump(out, value, JSON_INDENT(2), 9);
    str_add_char(out, '\n');
}

void jsonout_element(FILE *to, json_t *value, size_t index)
{
    struct str out = STR_INIT;

    str_add(&out, index == 0 ? "[\n" : ",\n");
    dump(&out, value, 0, 15);
    fputs(out.text, to);
    str_release(&out);
    json_decref(value);
}

void jsonout_end(FILE *to, size_t count)
{
    fputs(count > 0 ? "\n]\n" : "[]\n", to);
}

void jsonout_print(json_t *value)
{
    struct str out = STR_INIT;

    jsonout_write(&out, value);
    fputs(out.text, stdout);
    str_release(&out);
    json_decref(value);
}

static void add_scalar(struct str *out, const json_t *value)
{
    struct str text = STR_INIT;

    if (json_is_string(value))
        utf8_escape(&text, json_string_value(value));
    else if (json_is_boolean(value))
        str_add(&text, json_is_true(value) ? "true" : "false");
    else if (json_is_integer(value))
        str_addf(&text, "%lld", (long long)json_integer_value(value));
    else if (json_is_real(value))
        str_addf(&text, "%.9g", json_real_value(value));
    tabular_csv(out, text.text);
    str_release(&text);
}

static void flatten(struct str *out, const char *key, json_t *value)
{
    struct str inner = STR_INIT;
    const char *name, *point = key[0] ? "." : "";
    json_t *item;
    size_t i;

    if (json_is_object(value)) {
        json_object_foreach(value, name, item)
        {
            str_clear(&inner);
            str_addf(&inner, "%s%s%s", key, point, name);
            flatten(out, inner.text, item);
        }
    } else if (json_is_array(value)) {
        json_array_foreach(value, i, item)
        {
            str_clear(&inner);
            str_addf(&inner, "%s%s%zu", key, point, i);
            flatten(out, inner.text, item);
        }
    } else {
        str_addf(out, "%s,", key);
        add_scalar(out, value);
        str_add_char(out, '\n');
    }
    str_release(&inner);
}

void jsonout_print_as(json_t *value, enum format format)
{
    struct str out = STR_INIT;

    if (format == FORMAT_CSV) {
        str_add(&out, "key,value\n");
        flatten(&out, "", value);
    } else {
        jsonout_write(&out, value);
    }
    fputs(out.text, stdout);
    str_release(&out);
    json_decref(value);
}
