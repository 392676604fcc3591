#include <config.h>

#include "formats/tsv.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "formats/input.h"

struct line {
    const char *name; /* of the file, for messages */
    size_t number;    /* from 1 */
    const char *text;
    size_t length;
};

struct row {
    uint32_t id;
    size_t line;
    const char *text[2]; /* name, group */
    size_t length[2];
};

struct rows {
    struct row *items;
    size_t count, room;
};

static enum status check_text(const struct line *l, struct err *err)
{
    for (size_t i = 0; i < l->length;) {
        uint32_t c;

        if (l->text[i] == '\0')
            return err_set(err, ERR_BAD_INPUT,
                           "%s, line %zu: a zero byte: save it as UTF-8 text",
                           l->name, l->number);
        i += utf8_decode(l->text + i, l->length - i, &c);
        if (c & UTF8_BAD)
            return err_set(err, ERR_BAD_INPUT,
                           "%s, line %zu: byte 0x%02x is not UTF-8: save it "
                           "as UTF-8 text",
                           l->name, l->number, (unsigned)(c & 0xff));
    }
    return OK;
}

/* A number of at most six digits; false for anything else. */
static bool parse_id(const char *text, size_t n, uint32_t *id)
{
    uint32_t value = 0;

    if (n == 0 || n > 6)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        value = value * 10 + (uint32_t)(text[i] - '0');
    }
    *id = value;
    return true;
}

static bool is_header(const struct line *l)
{
    return l->length >= 3 && (l->text[0] | 0x20) == 'i' &&
           (l->text[1] | 0x20) == 'd' && l->text[2] == '\t';
}

static enum status parse_row(struct row *row, const struct line *l,
                             struct err *err)
{
    const char *field[3] = {l->text, "", ""};
    size_t length[3] = {0, 0, 0};
    unsigned n = 0;

    for (size_t i = 0; i <= l->length; i++) {
        if (i < l->length && l->text[i] != '\t')
            continue;
        if (n == 3)
            return err_set(err, ERR_BAD_INPUT,
                           "%s, line %zu: more than three columns: id, name "
                           "and group are read",
                           l->name, l->number);
        length[n] = (size_t)(l->text + i - field[n]);
        if (++n < 3)
            field[n] = i < l->length ? l->text + i + 1 : "";
    }
    if (!parse_id(field[0], length[0], &row->id))
        return err_set(err, ERR_BAD_INPUT,
                       "%s, line %zu: the first column must be an id, a "
                       "number from 0 to %d",
                       l->name, l->number, TSV_ID_MAX);
    if (length[1] == 0)
        return err_set(err, ERR_BAD_INPUT,
                       "%s, line %zu: class %u has no name: columns are id, "
                       "name and group, divided by tabs",
                       l->name, l->number, row->id);
    row->line = l->number;
    for (int i = 0; i < 2; i++) {
        row->text[i] = field[i + 1];
        row->length[i] = length[i + 1];
    }
    return OK;
}

static enum status parse_lines(struct rows *rows, const char *bytes, size_t n,
                               const char *name, struct err *err)
{
    struct line l = {.name = name};
    enum status status;

    for (size_t at = 0; at < n; at += l.length + 1) {
        const char *end = memchr(bytes + at, '\n', n - at);
        struct line shown;

        l.text = bytes + at;
        l.length = end ? (size_t)(end - l.text) : n - at;
        l.number++;
        shown = l;
        if (shown.length > 0 && shown.text[shown.length - 1] == '\r')
            shown.length--;
        if (shown.length == 0 || (rows->count == 0 && is_header(&shown)))
            continue;
        status = check_text(&shown, err);
        if (status != OK)
            return status;
        ARRAY_GROW(rows->items, rows->count, rows->room);
        status = parse_row(&rows->items[rows->count], &shown, err);
        if (status != OK)
            return status;
        rows->count++;
    }
    return OK;
}

static int by_id(const void *a, const void *b)
{
    const struct row *x = a, *y = b;

    if (x->id != y->id)
        return x->id < y->id ? -1 : 1;
    return x->line < y->line ? -1 : 1;
}

static enum status check_rows(const struct rows *rows, const char *name,
                              struct err *err)
{
    if (rows->count == 0)
        return err_set(err, ERR_BAD_INPUT,
                       "%s lists no class: one line each, with id, name and "
                       "group divided by tabs",
                       name);
    for (size_t i = 0; i < rows->count; i++) {
        const struct row *row = &rows->items[i];

        if (i > 0 && row->id == row[-1].id)
            return err_set(err, ERR_BAD_INPUT,
                           "%s, line %zu: class %u again, it is on line %zu "
                           "already",
                           name, row->line, row->id, row[-1].line);
    }
    return OK;
}

enum status tsv_parse(struct tsv *out, const char *bytes, size_t n,
                      const char *name, struct err *err)
{
    struct rows rows = {NULL, 0, 0};
    enum status status;

    if (n >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) {
        bytes += 3;
        n -= 3;
    }
    status = parse_lines(&rows, bytes, n, name, err);
    if (status == OK) {
        if (rows.count > 0)
            qsort(rows.items, rows.count, sizeof(*rows.items), by_id);
        status = check_rows(&rows, name, err);
    }
    if (status == OK) {
        out->count = (uint32_t)rows.count;
        out->classes = mem_zalloc(rows.count, sizeof(*out->classes));
        for (size_t i = 0; i < rows.count; i++) {
            const struct row *row = &rows.items[i];

            out->classes[i].id = row->id;
            out->classes[i].name = mem_strndup(row->text[0], row->length[0]);
            out->classes[i].group = mem_strndup(row->text[1], row->length[1]);
        }
    }
    free(rows.items);
    return status;
}

enum status tsv_read(struct tsv *out, const char *path, struct err *err)
{
    unsigned char *bytes;
    size_t n;
    enum status status = input_whole(path, TSV_BYTES_MAX, &bytes, &n, err);

    if (status != OK)
        return status;
    status = tsv_parse(out, (const char *)bytes, n, path, err);
    free(bytes);
    return status;
}

void tsv_release(struct tsv *tsv)
{
    for (uint32_t i = 0; i < tsv->count; i++) {
        free(tsv->classes[i].name);
        free(tsv->classes[i].group);
    }
    free(tsv->classes);
    tsv->classes = NULL;
    tsv->count = 0;
}
