#include <config.h>

#include "formats/listing.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "formats/input.h"

void listing_release(struct listing *listing)
{
    for (size_t i = 0; i < listing->count; i++) {
        free(listing->lines[i].key);
        free(listing->lines[i].value);
        free(listing->lines[i].group);
    }
    free(listing->lines);
    *listing = (struct listing){NULL, 0, 0};
}

/* Without spaces at its ends. */
static char *trimmed(const char *text, size_t n)
{
    while (n > 0 && (text[0] == ' ' || text[0] == '\t')) {
        text++;
        n--;
    }
    while (n > 0 &&
           (text[n - 1] == ' ' || text[n - 1] == '\t' || text[n - 1] == '\r'))
        n--;
    return mem_strndup(text, n);
}

static const char *last_of(const char *text, size_t n, char c)
{
    while (n > 0)
        if (text[--n] == c)
            return text + n;
    return NULL;
}

/* Where a line of a list is divided, or NULL. */
static const char *divide_list(const char *line, size_t n)
{
    static const char marks[] = "\t, ";
    const char *at = NULL;

    while (n > 0 && (line[n - 1] == ' ' || line[n - 1] == '\r'))
        n--;
    for (const char *m = marks; *m != '\0' && at == NULL; m++)
        at = last_of(line, n, *m);
    return at;
}

static const char *divide_words(const char *line, size_t n)
{
    const char *at = memchr(line, '\t', n);

    return at != NULL ? at : memchr(line, ' ', n);
}

static struct listing_line split(const char *line, size_t n, const char *at,
                                 int words)
{
    const char *end = line + n, *third = NULL;
    struct listing_line out;

    if (words && *at == '\t')
        third = memchr(at + 1, '\t', (size_t)(end - at) - 1);
    out.key = trimmed(line, (size_t)(at - line));
    out.value = trimmed(at + 1, (size_t)((third ? third : end) - at) - 1);
    out.group = third != NULL ? trimmed(third + 1, (size_t)(end - third) - 1)
                              : mem_strdup("");
    return out;
}

static enum status add_line(struct listing *out, const char *line, size_t n,
                            size_t number, int words, const char *name,
                            struct err *err)
{
    const char *at = words ? divide_words(line, n) : divide_list(line, n);
    struct listing_line made;

    if (at == NULL)
        return err_set(err, ERR_BAD_INPUT,
                       "%s, line %zu: two columns are wanted, %s, with a tab "
                       "between them",
                       name, number,
                       words ? "a class and its name" : "a path and a class");
    made = split(line, n, at, words);
    ARRAY_GROW(out->lines, out->count, out->room);
    out->lines[out->count++] = made;
    if (made.key[0] == '\0' || made.value[0] == '\0')
        return err_set(err, ERR_BAD_INPUT, "%s, line %zu: a column is empty",
                       name, number);
    return OK;
}

static enum status parse(struct listing *out, const char *bytes, size_t n,
                         int words, const char *name, struct err *err)
{
    const char *end = bytes + n;
    size_t number = 0;
    enum status status = OK;

    if (n >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
        bytes += 3;
    if (n > 0 && memchr(bytes, '\0', (size_t)(end - bytes)) != NULL)
        return err_set(err, ERR_BAD_INPUT, "%s is no text: it has a zero byte",
                       name);
    while (bytes < end && status == OK) {
        const char *stop = memchr(bytes, '\n', (size_t)(end - bytes));
        size_t length = (size_t)((stop != NULL ? stop : end) - bytes);

        number++;
        if (strspn(bytes, " \t\r") < length && bytes[0] != '#' &&
            !(words && number == 1 && length >= 7 &&
              memcmp(bytes, "id\tname", 7) == 0))
            status = add_line(out, bytes, length, number, words, name, err);
        bytes += length + (stop != NULL);
    }
    if (status == OK && out->count == 0)
        status = err_set(err, ERR_BAD_INPUT, "%s has no lines", name);
    return status;
}

static int by_key(const void *a, const void *b)
{
    const struct listing_line *x = a, *y = b;

    return strcmp(x->key, y->key);
}

static enum status sort(struct listing *words, const char *name,
                        struct err *err)
{
    qsort(words->lines, words->count, sizeof(*words->lines), by_key);
    for (size_t i = 1; i < words->count; i++)
        if (by_key(&words->lines[i - 1], &words->lines[i]) == 0)
            return err_set(err, ERR_BAD_INPUT, "%s names class %.200s twice",
                           name, words->lines[i].key);
    return OK;
}

/* bytes is copied, so that a zero byte ends it. */
static enum status from_memory(struct listing *out, const char *bytes, size_t n,
                               int words, const char *name, struct err *err)
{
    struct listing made = {NULL, 0, 0};
    char *text = mem_alloc(n + 1);
    enum status status;

    if (n > 0)
        memcpy(text, bytes, n);
    text[n] = '\0';
    status = parse(&made, text, n, words, name, err);
    free(text);
    if (status == OK && words)
        status = sort(&made, name, err);
    if (status == OK)
        *out = made;
    else
        listing_release(&made);
    return status;
}

static enum status from_file(struct listing *out, const char *path, int words,
                             struct err *err)
{
    unsigned char *bytes;
    size_t n;
    enum status status = input_whole(path, LISTING_BYTES_MAX, &bytes, &n, err);

    if (status != OK)
        return status;
    status = from_memory(out, (const char *)bytes, n, words, path, err);
    free(bytes);
    return status;
}

enum status listing_parse(struct listing *out, const char *bytes, size_t n,
                          const char *name, struct err *err)
{
    return from_memory(out, bytes, n, 0, name, err);
}

enum status listing_parse_words(struct listing *out, const char *bytes,
                                size_t n, const char *name, struct err *err)
{
    return from_memory(out, bytes, n, 1, name, err);
}

enum status listing_read(struct listing *out, const char *path, struct err *err)
{
    return from_file(out, path, 0, err);
}

enum status listing_read_words(struct listing *out, const char *path,
                               struct err *err)
{
    return from_file(out, path, 1, err);
}

const struct listing_line *listing_find(const struct listing *words,
                                        const char *key)
{
    size_t low = 0, high = words->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(key, words->lines[middle].key);

        if (order == 0)
            return &words->lines[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}
