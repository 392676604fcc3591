#include <config.h>

#include "cli/idlist.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "catalogue/dataset.h"
#include "cli/infile.h"

struct set {
    uint64_t *rows;
    size_t count;
    const struct image_codes *codes;
};

static void mark(struct set *set, int64_t row)
{
    uint64_t bit = UINT64_C(1) << row % 64;

    set->count += !(set->rows[row / 64] & bit);
    set->rows[row / 64] |= bit;
}

/* A whole number at *at, which moves behind it. */
static bool number(const char **at, int64_t *out)
{
    char *end;

    if (**at < '0' || **at > '9')
        return false;
    errno = 0;
    *out = strtoll(*at, &end, 10);
    *at = end;
    return errno == 0;
}

static enum status add_ids(struct set *set, const char *word, struct err *err)
{
    const char *at = word;
    int64_t from, to, row;

    if (!number(&at, &from))
        return err_set(err, ERR_BAD_INPUT,
                       "'%s' is no image: give ids, ranges A-B, splits, all or "
                       "@FILE",
                       word);
    to = from;
    if (*at == '-') {
        at++;
        if (!number(&at, &to) || to < from)
            return err_set(err, ERR_BAD_INPUT, "'%s' is no range of ids", word);
    }
    if (*at != '\0')
        return err_set(err, ERR_BAD_INPUT, "'%s' is no id", word);
    row = image_codes_from(set->codes, from);
    if (from == to && (row == set->codes->n || set->codes->ids[row] != from))
        return err_set(err, ERR_NOT_FOUND, "image %lld has no code",
                       (long long)from);
    for (; row < set->codes->n && set->codes->ids[row] <= to; row++)
        mark(set, row);
    return OK;
}

static enum status add_file(struct set *set, const char *path, struct err *err)
{
    static const char *const apart = " \t\r\n,";
    struct str text = STR_INIT;
    enum status status = infile_read(&text, path, err);
    size_t at = 0;

    while (status == OK && at < text.length) {
        size_t n = strcspn(text.text + at, apart);
        char *word = mem_strndup(text.text + at, n);

        if (n > 0 && add_ids(set, word, err) != OK)
            status = err_wrap(err, "%s", path);
        if (n == 0 && text.text[at] == '\0')
            status =
                err_set(err, ERR_BAD_INPUT, "%s: byte %zu is a NUL", path, at);
        free(word);
        at += n > 0 ? n : 1;
    }
    str_release(&text);
    return status;
}

static enum status add_word(struct set *set, const char *word, struct err *err)
{
    struct err ignored;
    enum split split;
    bool all = strcmp(word, "all") == 0;

    if (word[0] == '@')
        return add_file(set, word + 1, err);
    if (!all && split_parse(&split, word, &ignored) != OK)
        return add_ids(set, word, err);
    for (int64_t row = 0; row < set->codes->n; row++)
        if (all || set->codes->split[row] == split)
            mark(set, row);
    return OK;
}

enum status idlist_read(uint64_t **rows, size_t *count, const char *text,
                        const struct image_codes *codes, struct err *err)
{
    struct set set = {.codes = codes};
    enum status status = OK;

    set.rows = mem_large((size_t)codes->n / 64 + 1, sizeof(*set.rows));
    if (set.rows == NULL)
        return err_set(err, ERR_NOMEM, "no memory for a set of images");
    do {
        size_t n = strcspn(text, ",");
        char *word = mem_strndup(text, n);

        status = add_word(&set, word, err);
        free(word);
        text += n;
    } while (status == OK && *text++ == ',');
    if (status != OK) {
        free(set.rows);
        return status;
    }
    *rows = set.rows;
    *count = set.count;
    return OK;
}
