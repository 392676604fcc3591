#include <config.h>

#include "tasks/pairs.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
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
    out->items[out->count++] = (struct pair){
        split, images, labels, matrix_look(images) != MATRIX_NONE};
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

    str_addf(&s, "%s/", folder);
    for (size_t i = 0; i < ARRAY_SIZE(prefixes) && found == NULL; i++)
        found = find_file(s.text, prefixes[i].start, "images", "34");
    str_release(&s);
    free(found);
    return found != NULL;
}

/* From a file's name; false when it says nothing. */
static bool split_of_name(const char *path, enum split *split)
{
    for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
        if (str_starts(base_name(path), prefixes[i].start)) {
            *split = prefixes[i].split;
            return true;
        }
    return false;
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
                       "%s: its name doesn't begin with train, test, t10k or "
                       "ood: say which with --split",
                       images);
    }
    if (split == SPLIT_OOD && labels != NULL)
        return err_set(err, ERR_BAD_INPUT,
                       "%s: images of the split ood are of no class: leave "
                       "--labels out",
                       images);
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
