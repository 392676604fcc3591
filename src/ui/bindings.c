#include <config.h>

#include "ui/bindings.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ui/key.h"

/* "zo", "PgUp", "y": second is KEY_CODE_NONE for a single key. */
static bool parse_keys(const char *text, int *first, int *second)
{
    char head[KEY_NAME_MAX];
    size_t n;

    *second = KEY_CODE_NONE;
    if (key_parse(text, first))
        return true;
    n = key_first_length(text);
    if (n == 0 || n >= sizeof(head))
        return false;
    memcpy(head, text, n);
    head[n] = '\0';
    return key_parse(head, first) && key_parse(text + n, second);
}

/* Reads the next key or sequence of *keys into word; false at the end. */
static bool next_word(const char **keys, char *word, size_t size)
{
    size_t n;

    *keys += strspn(*keys, " ");
    n = strcspn(*keys, " ");
    if (n == 0 || n >= size)
        return false;
    memcpy(word, *keys, n);
    word[n] = '\0';
    *keys += n;
    return true;
}

static void append(struct bindings *bindings, const struct bound *bound)
{
    ARRAY_GROW(bindings->items, bindings->count, bindings->room);
    bindings->items[bindings->count++] = *bound;
}

void bindings_init(struct bindings *bindings)
{
    int count;
    const struct action_row *rows = action_rows(&count);

    memset(bindings, 0, sizeof(*bindings));
    for (int i = 0; i < count; i++) {
        const char *keys = rows[i].keys;
        char word[2 * KEY_NAME_MAX];

        while (next_word(&keys, word, sizeof(word))) {
            struct bound bound = {rows[i].views,  0,    0,
                                  rows[i].action, NULL, NULL};

            if (parse_keys(word, &bound.first, &bound.second))
                append(bindings, &bound);
        }
    }
}

static void release_bound(struct bound *bound)
{
    free(bound->command);
    free(bound->origin);
}

void bindings_release(struct bindings *bindings)
{
    for (int i = 0; i < bindings->count; i++)
        release_bound(&bindings->items[i]);
    free(bindings->items);
    memset(bindings, 0, sizeof(*bindings));
}

/* True if one of the two is reached no more when there is the other. */
static bool collide(int first, int second, int other_first, int other_second)
{
    return first == other_first &&
           (second == other_second || second == KEY_CODE_NONE ||
            other_second == KEY_CODE_NONE);
}

void bindings_label(const struct bound *bound, struct str *out)
{
    char name[KEY_NAME_MAX];

    str_add(out, key_label(bound->first, name, sizeof(name)));
    if (bound->second != KEY_CODE_NONE)
        str_add(out, key_label(bound->second, name, sizeof(name)));
}

static const char *does(const struct bound *bound)
{
    return bound->action == ACTION_NONE ? bound->command
                                        : action_row(bound->action)->name;
}

/* Overriding a built-in key of the same name is what binding is for. */
static void report_hidden(const struct bound *old, const struct bound *new,
                          struct str *clashes)
{
    struct str key = STR_INIT, hidden = STR_INIT;

    if (!old->origin && old->second == new->second)
        return;
    bindings_label(new, &key);
    bindings_label(old, &hidden);
    str_addf(clashes, "%s: the key %s hides %s (%s%s%s)\n", new->origin,
             key.text, hidden.text, does(old), old->origin ? ", bound in " : "",
             old->origin ? old->origin : "");
    str_release(&key);
    str_release(&hidden);
}

/* Takes the views of *bound from whatever its key collides with. */
static void make_way(struct bindings *bindings, const struct bound *bound,
                     struct str *clashes)
{
    int kept = 0;

    for (int i = 0; i < bindings->count; i++) {
        struct bound *old = &bindings->items[i];

        if ((old->views & bound->views) &&
            collide(old->first, old->second, bound->first, bound->second)) {
            if (bound->origin)
                report_hidden(old, bound, clashes);
            old->views &= ~bound->views;
        }
        if (old->views & ((1u << VIEW_KINDS) - 1))
            bindings->items[kept++] = *old;
        else
            release_bound(old);
    }
    bindings->count = kept;
}

enum status bindings_add(struct bindings *bindings, uint32_t views,
                         const char *keys, const char *command,
                         const char *origin, struct str *clashes,
                         struct err *err)
{
    struct bound bound = {views, 0, 0, action_named(command), NULL, NULL};

    if (!parse_keys(keys, &bound.first, &bound.second))
        return err_set(err, ERR_BAD_INPUT,
                       "there is no key '%s'; names are such as x, Space, "
                       "Enter, PgUp, C-d, F5, or two letters",
                       keys);
    bound.origin = origin ? mem_strdup(origin) : NULL;
    if (bound.action == ACTION_NONE)
        bound.command = mem_strdup(command);
    make_way(bindings, &bound, clashes);
    if (strcmp(command, "none") == 0)
        release_bound(&bound);
    else
        append(bindings, &bound);
    return OK;
}

const struct bound *bindings_find(const struct bindings *bindings,
                                  enum view_kind view, int key, int *pending)
{
    int open = *pending;

    *pending = KEY_CODE_NONE;
    for (int i = 0; i < bindings->count; i++) {
        const struct bound *bound = &bindings->items[i];

        if (!(bound->views & (1u << view)))
            continue;
        if (open != KEY_CODE_NONE) {
            if (bound->first == open && bound->second == key)
                return bound;
        } else if (bound->first == key) {
            if (bound->second == KEY_CODE_NONE)
                return bound;
            *pending = key;
        }
    }
    return NULL;
}

void bindings_keys(const struct bindings *bindings, enum view_kind view,
                   enum action action, struct str *out)
{
    size_t start = out->length;

    for (int i = 0; i < bindings->count; i++) {
        const struct bound *bound = &bindings->items[i];

        if (bound->action != action || !(bound->views & (1u << view)))
            continue;
        if (out->length > start)
            str_add(out, " ");
        bindings_label(bound, out);
    }
}

/* ---- the test of the table ---- */

/* Reports the rows after the i-th that claim the key. */
static int claims(const struct action_row *rows, int count, int i, int first,
                  int second, struct str *report)
{
    int found = 0;

    for (int j = i + 1; j < count; j++) {
        const char *keys = rows[j].keys;
        char word[2 * KEY_NAME_MAX], name[KEY_NAME_MAX];
        int a, b;

        if (!(rows[i].views & rows[j].views))
            continue;
        while (next_word(&keys, word, sizeof(word))) {
            if (!parse_keys(word, &a, &b) || !collide(a, b, first, second))
                continue;
            str_addf(report, "'%s' and '%s' share the key %s\n", rows[i].name,
                     rows[j].name, key_label(first, name, sizeof(name)));
            found++;
            break;
        }
    }
    return found;
}

int bindings_clashes(const struct action_row *rows, int count,
                     struct str *report)
{
    int found = 0;

    for (int i = 0; i < count; i++) {
        const char *keys = rows[i].keys;
        char word[2 * KEY_NAME_MAX];
        int first, second;

        while (next_word(&keys, word, sizeof(word))) {
            if (parse_keys(word, &first, &second)) {
                found += claims(rows, count, i, first, second, report);
            } else {
                str_addf(report, "'%s' names an unknown key: %s\n",
                         rows[i].name, word);
                found++;
            }
        }
    }
    return found;
}
