#include <config.h>

#include "cli/args.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

const char *format_name(enum format format)
{
    static const char *const names[] = {
        [FORMAT_TABLE] = "table",   [FORMAT_CSV] = "csv",
        [FORMAT_JSON] = "json",     [FORMAT_NPY] = "npy",
        [FORMAT_NEWICK] = "newick", [FORMAT_DOT] = "dot",
        [FORMAT_SVG] = "svg",       [FORMAT_BITS] = "bits",
        [FORMAT_FAISS] = "faiss",   [FORMAT_SAFETENSORS] = "safetensors",
    };

    return names[format];
}

void args_release(struct args *args)
{
    free(args->names);
    free(args->values);
    free(args->words);
    params_release(&args->params);
    memset(args, 0, sizeof(*args));
}

bool args_passed(const struct command *command, const char *name)
{
    if (command->kind == JOB_KIND_COUNT)
        return false;
    if (command->passed == NULL)
        return true;
    for (const char *const *p = command->passed; *p; p++)
        if (strcmp(*p, name) == 0)
            return true;
    return false;
}

bool args_has(const struct args *args, const char *name)
{
    return args_get(args, name) != NULL;
}

const char *args_get(const struct args *args, const char *name)
{
    for (int i = args->count - 1; i >= 0; i--)
        if (strcmp(args->names[i], name) == 0)
            return args->values[i];
    return NULL;
}

enum status args_int(const struct args *args, const char *name, int64_t low,
                     int64_t high, int64_t *out, struct err *err)
{
    const char *text = args_get(args, name);
    char *end;
    long long value;

    if (text == NULL)
        return OK;
    errno = 0;
    value = strtoll(text, &end, 10);
    if (errno || end == text || *end || value < low || value > high)
        return err_set(err, ERR_BAD_INPUT,
                       "--%s %s: a whole number from %lld to %lld is wanted",
                       name, text, (long long)low, (long long)high);
    *out = value;
    return OK;
}

/* Edits (insert, delete, replace, swap of neighbours) from a to b. */
static int edits(const char *a, const char *b)
{
    enum { MOST = 24 };
    int rows[3][MOST + 1];
    int n = (int)strlen(a), m = (int)strlen(b);

    if (n > MOST || m > MOST)
        return MOST;
    for (int j = 0; j <= m; j++)
        rows[0][j] = j;
    for (int i = 1; i <= n; i++) {
        int *now = rows[i % 3], *last = rows[(i + 2) % 3];

        now[0] = i;
        for (int j = 1; j <= m; j++) {
            int best = last[j - 1] + (a[i - 1] != b[j - 1]);

            if (last[j] + 1 < best)
                best = last[j] + 1;
            if (now[j - 1] + 1 < best)
                best = now[j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
                a[i - 2] == b[j - 1] && rows[(i + 1) % 3][j - 2] + 1 < best)
                best = rows[(i + 1) % 3][j - 2] + 1;
            now[j] = best;
        }
    }
    return rows[n % 3][m];
}

const char *args_nearest(const char *word, const char *const *names, int count)
{
    const char *best = NULL;
    int least = (int)strlen(word) / 3 + 2;

    for (int i = 0; i < count; i++) {
        size_t n = strlen(word);
        int d = edits(word, names[i]);

        if (n >= 2 && strncmp(word, names[i], n) == 0)
            d = 1;
        if (d < least) {
            least = d;
            best = names[i];
        }
    }
    return best;
}

static const struct option_row *
find_own(const struct command *command, const char *name, size_t n, char letter)
{
    const struct option_row *row = command->options;

    for (; row != NULL && row->name != NULL; row++)
        if (letter ? row->letter == letter
                   : strlen(row->name) == n && !strncmp(row->name, name, n))
            return row;
    return NULL;
}

static const struct param_spec *find_spec(const struct command *command,
                                          const char *name, size_t n)
{
    const struct param_spec *specs;
    int count;

    if (command->kind == JOB_KIND_COUNT)
        return NULL;
    specs = param_specs(command->kind, &count);
    for (int i = 0; i < count; i++)
        if (strlen(specs[i].name) == n && !strncmp(specs[i].name, name, n) &&
            args_passed(command, specs[i].name))
            return &specs[i];
    return NULL;
}

static enum status unknown(const struct command *command, const char *word,
                           struct err *err)
{
    const char *names[96];
    int count = 0, specs_count = 0;
    const struct option_row *row = command->options;
    const struct param_spec *specs = NULL;
    const char *near;

    for (; row != NULL && row->name != NULL && count < 32; row++)
        names[count++] = row->name;
    if (command->kind != JOB_KIND_COUNT)
        specs = param_specs(command->kind, &specs_count);
    for (int i = 0; i < specs_count && count < 90; i++)
        if (args_passed(command, specs[i].name))
            names[count++] = specs[i].name;
    if (command->formats)
        names[count++] = "format";
    names[count++] = "help";
    near = word[1] == '-' ? args_nearest(word + 2, names, count) : NULL;
    if (near != NULL)
        return err_set(err, ERR_BAD_INPUT,
                       "%s: unknown option %s. Did you mean --%s?",
                       command->name, word, near);
    return err_set(err, ERR_BAD_INPUT,
                   "%s: unknown option %s. See: bitgrove help %s",
                   command->name, word, command->name);
}

static enum status set_format(struct args *out, const char *value,
                              struct err *err)
{
    struct str list = STR_INIT;

    for (int f = 0; f < FORMAT_COUNT; f++) {
        if (!(out->command->formats & FORMAT_BIT(f)))
            continue;
        if (strcmp(value, format_name((enum format)f)) == 0) {
            out->format = (enum format)f;
            out->format_given = true;
            str_release(&list);
            return OK;
        }
        str_addf(&list, "%s%s", list.length ? ", " : "",
                 format_name((enum format)f));
    }
    err_set(err, ERR_BAD_INPUT, "--format %s: %s prints %s", value,
            out->command->name, list.text);
    str_release(&list);
    return err->status;
}

/* The words being read: at[0] is next. */
struct reader {
    char **at;
    int left;
};

static const char *read_value(struct reader *r, const char *inline_value)
{
    if (inline_value != NULL)
        return inline_value;
    if (r->left == 0)
        return NULL;
    r->left--;
    return *r->at++;
}

static void keep(struct args *out, const char *name, const char *value)
{
    if (out->count == out->room) {
        out->room = out->room ? out->room * 2 : 8;
        out->names = mem_realloc(out->names, (size_t)out->room, sizeof(char *));
        out->values =
            mem_realloc(out->values, (size_t)out->room, sizeof(char *));
    }
    out->names[out->count] = name;
    out->values[out->count++] = value;
}

void args_absolute(struct str *out, const char *path)
{
    char *here = path[0] == '/' ? NULL : getcwd(NULL, 0);

    if (here != NULL)
        str_addf(out, "%s/", here);
    str_add(out, path);
    free(here);
}

/* The worker runs elsewhere: paths go to it absolute. */
static enum status set_param(struct args *out, const struct param_spec *spec,
                             const char *value, struct err *err)
{
    struct str path = STR_INIT;
    enum status status;

    if (spec->type == PARAM_PATH)
        args_absolute(&path, value);
    status = params_set(&out->params, out->command->kind, spec->name,
                        spec->type == PARAM_PATH ? path.text : value, err);
    str_release(&path);
    return status;
}

/* One option: its name (n bytes) or letter, and what followed "=" or it. */
static enum status read_option(struct args *out, struct reader *r,
                               const char *word, const char *name, size_t n,
                               const char *attached, struct err *err)
{
    char letter = n == 0 ? name[0] : '\0';
    const struct option_row *own = find_own(out->command, name, n, letter);
    const struct param_spec *spec =
        letter ? NULL : find_spec(out->command, name, n);
    bool help =
        letter ? letter == 'h' : n == 4 && strncmp(name, "help", 4) == 0;
    bool format =
        n == 6 && !strncmp(name, "format", 6) && out->command->formats;
    bool flag = own    ? own->metavar == NULL
                : spec ? spec->type == PARAM_FLAG
                       : help;
    const char *value;

    if (own == NULL && spec == NULL && !help && !format)
        return unknown(out->command, word, err);
    if (flag) {
        if (attached != NULL)
            return err_set(err, ERR_BAD_INPUT, "%s takes no value", word);
        if (own)
            keep(out, own->name, "");
        else if (spec)
            return params_set(&out->params, out->command->kind, spec->name, "1",
                              err);
        else
            out->help = true;
        return OK;
    }
    value = read_value(r, attached);
    if (value == NULL)
        return err_set(err, ERR_BAD_INPUT, "%s wants a value: %s", word,
                       own    ? own->metavar
                       : spec ? spec->metavar
                              : "FORMAT");
    if (own) {
        keep(out, own->name, value);
        return OK;
    }
    return spec ? set_param(out, spec, value, err)
                : set_format(out, value, err);
}

static enum status read_word(struct args *out, struct reader *r, bool *ended,
                             struct err *err)
{
    const char *word = *r->at++;

    r->left--;
    if (*ended || word[0] != '-' || word[1] == '\0') {
        ARRAY_GROW(out->words, out->words_count, out->words_room);
        out->words[out->words_count++] = word;
        return OK;
    }
    if (strcmp(word, "--") == 0) {
        *ended = true;
        return OK;
    }
    if (word[1] == '-') {
        size_t n = strcspn(word + 2, "=");

        return n == 0 ? unknown(out->command, word, err)
                      : read_option(out, r, word, word + 2, n,
                                    word[2 + n] ? word + 3 + n : NULL, err);
    }
    return read_option(out, r, word, word + 1, 0, word[2] ? word + 2 : NULL,
                       err);
}

enum status args_parse(struct args *out, const struct command *command,
                       int argc, char **argv, struct err *err)
{
    struct reader r = {argv, argc};
    bool ended = false;
    enum status status = OK;

    memset(out, 0, sizeof(*out));
    out->command = command;
    while (out->format < FORMAT_COUNT - 1 && command->formats &&
           !(command->formats & FORMAT_BIT(out->format)))
        out->format++;
    while (r.left > 0 && status == OK)
        status = read_word(out, &r, &ended, err);
    if (status != OK || out->help)
        return status;
    if (out->words_count < command->least)
        return err_set(err, ERR_BAD_INPUT,
                       "usage: bitgrove %s [OPTION]... %s (see: bitgrove help "
                       "%s)",
                       command->name, command->synopsis, command->name);
    if (command->most >= 0 && out->words_count > command->most)
        return err_set(err, ERR_BAD_INPUT,
                       "%s: '%s' is one word too many; usage: bitgrove %s "
                       "[OPTION]... %s",
                       command->name, out->words[command->most], command->name,
                       command->synopsis);
    return OK;
}
