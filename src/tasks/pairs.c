#include <config.h>

#include "tasks/pairs.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "formats/cifar.h"
#include "formats/matrix.h"

static const struct {
    const char *start;
    enum split split;
} prefixes[] = {
    {"train", SPLIT_TRAIN},
    {"t10k", SPLIT_TEST},
    {"test", SPLIT_TEST},
    {"ood", SPLIT_OOD},
};

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

/* The name of the directory that `path` is, or that it lies in. */
static char *folder_name(const char *path, bool is_folder)
{
    size_t end = strlen(path), start;
    char *name;

    if (!is_folder)
        end = (size_t)(base_name(path) - path);
    while (end > 0 && path[end - 1] == '/')
        end--;
    for (start = end; start > 0 && path[start - 1] != '/'; start--)
        ;
    name = mem_strndup(path + start, end - start);
    if (name[0] == '\0' || strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
        free(name);
        name = mem_strdup("images");
    }
    return name;
}

/* FOLDER/STEM-WHAT{-,.}idxN-ubyte{,.gz}, whichever exists first; or NULL. */
static char *find_file(const char *folder, const char *stem, const char *what,
                       const char *ranks)
{
    static const char *const tails[] = {"", ".gz"};
    static const char dots[] = "-.";

    for (const char *rank = ranks; *rank != '\0'; rank++)
        for (int i = 0; i < 4; i++) {
            struct str s = STR_INIT;

            str_addf(&s, "%s%s-%s%cidx%c-ubyte%s", folder, stem, what,
                     dots[i / 2], *rank, tails[i % 2]);
            if (access(s.text, F_OK) == 0)
                return str_take(&s);
            str_release(&s);
        }
    return NULL;
}

static void add_pair(struct pairs *out, enum split split, char *images,
                     char *labels)
{
    ARRAY_GROW(out->items, out->count, out->room);
    out->items[out->count++] =
        (struct pair){.split = split,
                      .images = images,
                      .labels = labels,
                      .vectors = matrix_look(images) != MATRIX_NONE};
}

static void add_cifar(struct pairs *out, enum split split, const char *path)
{
    add_pair(out, split, mem_strdup(path),
             split != SPLIT_OOD ? mem_strdup(path) : NULL);
    out->items[out->count - 1].cifar = true;
}

/* The split that a file of CIFAR is for by its name, which is cut from a
 * possible .gz at *length; SPLIT_COUNT: it is none. */
static enum split cifar_split(const char *name, bool bare, size_t *length)
{
    size_t n = strlen(name);

    if (n > 3 && strcmp(name + n - 3, ".gz") == 0)
        n -= 3;
    *length = n;
    if (n < 5 || memcmp(name + n - 4, ".bin", 4) != 0)
        return SPLIT_COUNT;
    n -= 4;
    if (str_starts(name, "data_batch"))
        return SPLIT_TRAIN;
    if (n == 10 && str_starts(name, "test_batch"))
        return SPLIT_TEST;
    if (bare && n == 5 && str_starts(name, "train"))
        return SPLIT_TRAIN;
    return bare && n == 4 && str_starts(name, "test") ? SPLIT_TEST
                                                      : SPLIT_COUNT;
}

static char *join(const char *folder, const char *name)
{
    struct str s = STR_INIT;

    str_addf(&s, "%s%s", folder, name);
    return str_take(&s);
}

/* Whether train.bin and test.bin of a folder are of CIFAR. */
static bool holds_cifar_100(const char *folder)
{
    static const char *const names[] = {"train.bin", "test.bin"};
    char *path = join(folder, "fine_label_names.txt");
    bool found = access(path, F_OK) == 0;

    free(path);
    for (size_t i = 0; i < ARRAY_SIZE(names) && !found; i++) {
        path = join(folder, names[i]);
        found = cifar_fits(path);
        free(path);
    }
    return found;
}

/* Adds the files of CIFAR in a folder, training before tests; out may be NULL.
 * True if there are any. */
static bool find_cifar(struct pairs *out, const char *folder)
{
    static const enum split splits[] = {SPLIT_TRAIN, SPLIT_TEST};
    bool bare = holds_cifar_100(folder), found = false;
    struct dirent **entries;
    int n = scandir(folder, &entries, NULL, versionsort);

    for (size_t s = 0; s < ARRAY_SIZE(splits); s++)
        for (int i = 0; i < n; i++) {
            const char *name = entries[i]->d_name;
            const char *before = i > 0 ? entries[i - 1]->d_name : "";
            size_t length;

            /* x.bin comes right before x.bin.gz, and is taken alone. */
            if (cifar_split(name, bare, &length) != splits[s] ||
                (name[length] != '\0' && strlen(before) == length &&
                 memcmp(before, name, length) == 0))
                continue;
            found = true;
            if (out != NULL) {
                char *path = join(folder, name);

                add_cifar(out, splits[s], path);
                free(path);
            }
        }
    for (int i = 0; i < n; i++)
        free(entries[i]);
    if (n >= 0)
        free(entries);
    return found;
}

static enum status find_folder(struct pairs *out, const char *folder,
                               struct err *err)
{
    struct str s = STR_INIT;

    for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
        enum split split = prefixes[i].split;
        char *images, *labels = NULL;

        images = find_file(folder, prefixes[i].start, "images", "34");
        if (images == NULL)
            continue;
        if (split != SPLIT_OOD)
            labels = find_file(folder, prefixes[i].start, "labels", "1");
        add_pair(out, split, images, labels);
        if (split != SPLIT_OOD && labels == NULL)
            return err_set(err, ERR_BAD_INPUT,
                           "%s: no %s-labels-idx1-ubyte beside it: put the "
                           "labels there",
                           images, prefixes[i].start);
    }
    if (out->count == 0 && find_cifar(out, folder))
        return OK;
    if (out->count == 0)
        return err_set(err, ERR_BAD_INPUT,
                       "%s holds no IDX images: train-, test-, t10k- or "
                       "ood-images-idx3-ubyte, with or without .gz, are "
                       "looked for",
                       folder);
    str_addf(&s, "%sclasses.tsv", folder);
    if (access(s.text, F_OK) == 0)
        out->classes = str_take(&s);
    str_release(&s);
    return OK;
}

bool pairs_folder(const char *folder)
{
    struct str s = STR_INIT;
    char *found = NULL;

    bool any;

    str_addf(&s, "%s/", folder);
    for (size_t i = 0; i < ARRAY_SIZE(prefixes) && found == NULL; i++)
        found = find_file(s.text, prefixes[i].start, "images", "34");
    any = found != NULL || find_cifar(NULL, s.text);
    str_release(&s);
    free(found);
    return any;
}

/* From a file's name; false when it says nothing. */
static bool split_of_name(const char *path, enum split *split)
{
    for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
        if (str_starts(base_name(path), prefixes[i].start)) {
            *split = prefixes[i].split;
            return true;
        }
    *split = SPLIT_TRAIN;
    return str_starts(base_name(path), "data_batch");
}

/* The labels beside a file of images named as those of MNIST are, or NULL. */
static char *labels_beside(const char *images)
{
    const char *base = base_name(images);
    const char *at = strstr(base, "-images");
    char *folder, *stem, *found;

    if (at == NULL)
        return NULL;
    folder = mem_strndup(images, (size_t)(base - images));
    stem = mem_strndup(base, (size_t)(at - base));
    found = find_file(folder, stem, "labels", "1");
    free(folder);
    free(stem);
    return found;
}

/* The file of labels of features: in the same .npz, or beside an .npy. */
static char *labels_of_features(const char *features)
{
    static const char word[] = "features";
    const char *base = base_name(features), *at = NULL, *next = base;
    struct str s = STR_INIT;

    if (matrix_look(features) == MATRIX_NPZ)
        return mem_strdup(features);
    for (; (next = strstr(next, word)) != NULL; next++)
        at = next;
    if (at == NULL)
        return NULL;
    str_add_bytes(&s, features, (size_t)(at - features));
    str_addf(&s, "labels%s", at + strlen(word));
    if (access(s.text, F_OK) == 0)
        return str_take(&s);
    str_release(&s);
    return NULL;
}

static enum status find_single(struct pairs *out, const char *images,
                               const char *labels, const char *split_text,
                               struct err *err)
{
    enum split split;
    char *beside = NULL;

    if (split_text != NULL) {
        enum status status = split_parse(&split, split_text, err);

        if (status != OK)
            return status;
    } else if (!split_of_name(images, &split)) {
        return err_set(err, ERR_BAD_INPUT,
                       "%s: its name doesn't begin with train, test, t10k, ood "
                       "or data_batch: say which with --split",
                       images);
    }
    if (split == SPLIT_OOD && labels != NULL)
        return err_set(err, ERR_BAD_INPUT,
                       "%s: images of the split ood are of no class: leave "
                       "--labels out",
                       images);
    if (cifar_look(images)) {
        if (labels != NULL)
            return err_set(err, ERR_BAD_INPUT,
                           "%s has its labels inside: leave --labels out",
                           images);
        add_cifar(out, split, images);
        return OK;
    }
    if (split != SPLIT_OOD) {
        beside = labels != NULL ? mem_strdup(labels)
                 : matrix_look(images) != MATRIX_NONE
                     ? labels_of_features(images)
                     : labels_beside(images);
        if (beside == NULL)
            return err_set(err, ERR_BAD_INPUT,
                           "%s: no file of labels beside it: name one with "
                           "--labels",
                           images);
    }
    add_pair(out, split, mem_strdup(images), beside);
    return OK;
}

enum status pairs_find(struct pairs *out, const char *source,
                       const char *labels, const char *split, struct err *err)
{
    struct stat st;
    char *folder;
    enum status status;

    if (stat(source, &st) != 0)
        return err_sys(err, errno, "cannot open %s", source);
    free(out->folder);
    out->folder = folder_name(source, S_ISDIR(st.st_mode));
    if (!S_ISDIR(st.st_mode))
        return find_single(out, source, labels, split, err);
    if (labels != NULL || split != NULL)
        return err_set(err, ERR_BAD_INPUT,
                       "%s is a directory: %s goes with a file of images",
                       source, labels != NULL ? "--labels" : "--split");
    folder = mem_alloc(strlen(source) + 2);
    strcpy(folder, source);
    if (source[0] != '\0' && source[strlen(source) - 1] != '/')
        strcat(folder, "/");
    status = find_folder(out, folder, err);
    free(folder);
    return status;
}

void pairs_release(struct pairs *pairs)
{
    for (int i = 0; i < pairs->count; i++) {
        free(pairs->items[i].images);
        free(pairs->items[i].labels);
    }
    free(pairs->items);
    free(pairs->folder);
    free(pairs->classes);
    memset(pairs, 0, sizeof(*pairs));
}
