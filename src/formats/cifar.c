#include <config.h>

#include "formats/cifar.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"
#include "formats/input.h"

enum { CLASSES_MAX = 100 };

#define FILE_MAX  (1ull << 30) /* 349,000 images */
#define NAMES_MAX (1u << 20)

static const struct edition {
    const char *name;
    unsigned labels;                       /* bytes before an image */
    uint32_t classes, groups;              /* groups 0: none */
    const char *class_names, *group_names; /* files */
} editions[] = {
    {"CIFAR-10", 1, 10, 0, "batches.meta.txt", NULL},
    {"CIFAR-100", 2, 100, 20, "fine_label_names.txt", "coarse_label_names.txt"},
};

static size_t record_bytes(const struct edition *e)
{
    return e->labels + (size_t)CIFAR_BYTES;
}

/* The first byte that is no label where one should be, or n. */
static size_t first_wrong(const struct edition *e, const unsigned char *bytes,
                          size_t n)
{
    for (size_t at = 0; at + record_bytes(e) <= n; at += record_bytes(e)) {
        if (e->groups > 0 && bytes[at] >= e->groups)
            return at;
        if (bytes[at + e->labels - 1] >= e->classes)
            return at + e->labels - 1;
    }
    return n;
}

/*
 * The edition that the size is of; where it is of both or of none, the one
 * whose labels fit. NULL: neither.
 */
static const struct edition *find_edition(const unsigned char *bytes, size_t n)
{
    const struct edition *found = NULL;
    int sizes = 0;

    for (size_t i = 0; i < ARRAY_SIZE(editions); i++)
        if (n % record_bytes(&editions[i]) == 0) {
            found = &editions[i];
            sizes++;
        }
    if (sizes == 1)
        return found;
    for (size_t i = 0; i < ARRAY_SIZE(editions); i++)
        if (n >= record_bytes(&editions[i]) &&
            first_wrong(&editions[i], bytes, n) == n)
            return &editions[i];
    return found;
}

static enum status check(const struct edition *e, const unsigned char *bytes,
                         size_t n, const char *name, struct err *err)
{
    size_t rest, wrong;

    if (e == NULL)
        return err_set(err, ERR_BAD_INPUT,
                       "%s is no file of CIFAR: its %zu bytes are no multiple "
                       "of 3073 (CIFAR-10) or 3074 (CIFAR-100), and its "
                       "labels fit neither",
                       name, n);
    rest = n % record_bytes(e);
    if (rest != 0)
        return err_set(err, ERR_BAD_INPUT,
                       "%s ends at byte %zu, inside image %zu, which begins at "
                       "byte %zu: an image of %s takes %zu bytes: fetch the "
                       "file again",
                       name, n, n / record_bytes(e), n - rest, e->name,
                       record_bytes(e));
    wrong = first_wrong(e, bytes, n);
    if (wrong == n)
        return OK;
    if (e->groups > 0 && wrong % record_bytes(e) == 0)
        return err_set(err, ERR_BAD_INPUT,
                       "%s, byte %zu: image %zu is of group %u: %s has groups "
                       "0 to %u",
                       name, wrong, wrong / record_bytes(e), bytes[wrong],
                       e->name, e->groups - 1);
    return err_set(err, ERR_BAD_INPUT,
                   "%s, byte %zu: image %zu is of class %u: %s has classes 0 "
                   "to %u",
                   name, wrong, wrong / record_bytes(e), bytes[wrong], e->name,
                   e->classes - 1);
}

static bool ends(const char *path, const char *tail)
{
    size_t n = strlen(path), m = strlen(tail);

    return n > m && strcasecmp(path + n - m, tail) == 0;
}

bool cifar_fits(const char *path)
{
    unsigned char m[4];
    struct stat st;
    bool fits = false;
    FILE *f;

    if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
        return false;
    for (size_t i = 0; i < ARRAY_SIZE(editions); i++)
        fits |= st.st_size % (off_t)record_bytes(&editions[i]) == 0;
    if (!fits || (f = fopen(path, "rb")) == NULL)
        return false;
    fits = fread(m, 1, sizeof(m), f) == sizeof(m) &&
           (m[0] != 0 || m[1] != 0 || m[2] < 0x08 || m[2] > 0x0e);
    fclose(f);
    return fits;
}

bool cifar_look(const char *path)
{
    return ends(path, ".bin") || ends(path, ".bin.gz") || cifar_fits(path);
}

static enum status read_input(struct cifar *out, struct input *in,
                              struct err *err)
{
    const struct edition *e;
    unsigned char *bytes;
    size_t n;
    enum status status = input_take(in, FILE_MAX + 1, &bytes, &n, err);

    if (status == OK) {
        e = find_edition(bytes, n);
        if (n > FILE_MAX)
            status = err_set(err, ERR_BAD_INPUT,
                             "%s is larger than %llu GiB: split it", in->name,
                             FILE_MAX >> 30);
        else
            status = check(e, bytes, n, in->name, err);
        if (status == OK)
            *out = (struct cifar){.labels = e->labels,
                                  .n = (uint32_t)(n / record_bytes(e)),
                                  .records = bytes,
                                  .digest = hash_bytes(bytes, n, 0)};
        else
            free(bytes);
    }
    input_close(in);
    return status;
}

enum status cifar_read(struct cifar *out, const char *path, struct err *err)
{
    struct input in;
    enum status status = input_open(&in, path, err);

    return status == OK ? read_input(out, &in, err) : status;
}

void cifar_release(struct cifar *cifar)
{
    free(cifar->records);
    cifar->records = NULL;
}

static const unsigned char *record(const struct cifar *cifar, uint32_t i)
{
    return cifar->records + i * (cifar->labels + (size_t)CIFAR_BYTES);
}

uint32_t cifar_class(const struct cifar *cifar, uint32_t i)
{
    return record(cifar, i)[cifar->labels - 1];
}

uint32_t cifar_group(const struct cifar *cifar, uint32_t i)
{
    return cifar->labels == 2 ? record(cifar, i)[0] : 0;
}

const unsigned char *cifar_pixels(const struct cifar *cifar, uint32_t i)
{
    return record(cifar, i) + cifar->labels;
}

/* ---- names ---- */

/* The lines of a file of names, count of them, each owned by the caller; all
 * NULL if there is no such file. */
static enum status read_names(char **names, uint32_t count, const char *path,
                              struct err *err)
{
    unsigned char *bytes;
    const char *at, *end;
    size_t n;
    uint32_t lines = 0;
    enum status status;

    if (access(path, F_OK) != 0)
        return OK;
    status = input_whole(path, NAMES_MAX, &bytes, &n, err);
    if (status != OK)
        return status;
    if (n > 0 && memchr(bytes, '\0', n) != NULL) {
        free(bytes);
        return err_set(err, ERR_BAD_INPUT, "%s is no text: it has a zero byte",
                       path);
    }
    while (n > 0 && (bytes[n - 1] == '\n' || bytes[n - 1] == '\r'))
        n--;
    end = (const char *)bytes + n;
    for (at = (const char *)bytes; at < end; lines++) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t length = (size_t)((stop != NULL ? stop : end) - at);
        size_t next = length + 1;

        if (length > 0 && at[length - 1] == '\r')
            length--;
        if (lines < count)
            names[lines] = mem_strndup(at, length);
        at += next;
    }
    free(bytes);
    if (lines != count)
        return err_set(err, ERR_BAD_INPUT,
                       "%s has %u lines: a name each of %u is wanted", path,
                       lines, count);
    return OK;
}

/* The group of every class, -1 where no image tells. */
static enum status find_groups(int *groups, const struct cifar *const *files,
                               const char *const *paths, int count,
                               struct err *err)
{
    for (int c = 0; c < CLASSES_MAX; c++)
        groups[c] = -1;
    for (int f = 0; f < count; f++)
        for (uint32_t i = 0; i < files[f]->n; i++) {
            int group = (int)cifar_group(files[f], i);
            uint32_t c = cifar_class(files[f], i);

            if (groups[c] >= 0 && groups[c] != group)
                return err_set(
                    err, ERR_BAD_INPUT,
                    "%s, byte %zu: image %u of class %u is of group "
                    "%d, images before it are of group %d: fetch "
                    "the file again",
                    paths[f], (size_t)(record(files[f], i) - files[f]->records),
                    i, c, group, groups[c]);
            groups[c] = group;
        }
    return OK;
}

/* As a classes file whose line of a class is that of its name. */
static void write_classes(struct str *out, const struct edition *e,
                          char **names, char **group_names, const int *groups)
{
    bool named = names[0] != NULL;

    for (uint32_t c = 0; c < e->classes; c++) {
        if (!named && groups[c] < 0)
            continue;
        str_addf(out, "%u\t", c);
        if (named)
            str_add(out, names[c]);
        else
            str_addf(out, "%u", c);
        str_add_char(out, '\t');
        if (e->groups > 0 && groups[c] >= 0 && group_names[0] != NULL)
            str_add(out, group_names[groups[c]]);
        else if (e->groups > 0 && groups[c] >= 0)
            str_addf(out, "%d", groups[c]);
        str_add_char(out, '\n');
    }
}

enum status cifar_classes(struct tsv *out, const struct cifar *const *files,
                          const char *const *paths, int count,
                          const char *folder, struct err *err)
{
    const struct edition *e = &editions[files[0]->labels - 1];
    char *names[CLASSES_MAX] = {NULL}, *group_names[CLASSES_MAX] = {NULL};
    struct str path = STR_INIT, text = STR_INIT;
    int groups[CLASSES_MAX];
    enum status status = find_groups(groups, files, paths, count, err);

    if (e->groups > 0 && status == OK) {
        str_addf(&path, "%s/%s", folder, e->group_names);
        status = read_names(group_names, e->groups, path.text, err);
        str_clear(&path);
    }
    str_addf(&path, "%s/%s", folder, e->class_names);
    if (status == OK)
        status = read_names(names, e->classes, path.text, err);
    *out = (struct tsv){NULL, 0};
    if (status == OK && (names[0] != NULL || e->groups > 0)) {
        write_classes(&text, e, names, group_names, groups);
        status = tsv_parse(out, text.text, text.length, path.text, err);
    }
    for (int i = 0; i < CLASSES_MAX; i++) {
        free(names[i]);
        free(group_names[i]);
    }
    str_release(&text);
    str_release(&path);
    return status;
}
