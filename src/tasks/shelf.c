#include <config.h>

#include "tasks/shelf.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"
#include "formats/listing.h"
#include "image/imagefile.h"
#include "tasks/pairs.h"

enum part { PART_TRAIN, PART_VAL, PART_TEST, PART_OOD, PART_COUNT };

static const struct {
    const char *name;
    enum part part;
} part_names[] = {
    {"train", PART_TRAIN},  {"training", PART_TRAIN}, {"val", PART_VAL},
    {"valid", PART_VAL},    {"validation", PART_VAL}, {"test", PART_TEST},
    {"testing", PART_TEST}, {"ood", PART_OOD},
};

void shelves_release(struct shelves *shelves)
{
    for (int i = 0; i < shelves->count; i++) {
        free(shelves->items[i].path);
        walk_release(&shelves->items[i].walk);
    }
    free(shelves->items);
    free(shelves->name);
    free(shelves->left_out);
    memset(shelves, 0, sizeof(*shelves));
}

static bool ends_like_list(const char *path)
{
    static const char *const tails[] = {".txt", ".tsv", ".csv", ".lst"};
    size_t n = strlen(path);

    for (size_t i = 0; i < ARRAY_SIZE(tails); i++)
        if (n > 4 && strcasecmp(path + n - 4, tails[i]) == 0)
            return true;
    return false;
}

bool shelf_like(const char *source)
{
    struct stat st;

    if (stat(source, &st) != 0)
        return false;
    if (!S_ISDIR(st.st_mode))
        return ends_like_list(source) || imagefile_named(source);
    return !pairs_folder(source);
}

/* PART_COUNT: none. */
static enum part part_of(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(part_names); i++)
        if (strcasecmp(name, part_names[i].name) == 0)
            return part_names[i].part;
    return PART_COUNT;
}

static struct shelf *add_shelf(struct shelves *out, char *path,
                               enum split split)
{
    ARRAY_GROW(out->items, out->count, out->room);
    out->items[out->count] = (struct shelf){
        .path = path, .split = split, .unclassed = split == SPLIT_OOD};
    return &out->items[out->count++];
}

static char *join(const char *folder, const char *name)
{
    struct str s = STR_INIT;

    str_addf(&s, "%s/%s", folder, name);
    return str_take(&s);
}

/* The folders at the top: of each part the first, by name. */
struct top {
    char *parts[PART_COUNT];
    struct str others; /* that hold no part */
};

static enum status look_at_top(struct top *top, const char *folder,
                               struct err *err)
{
    struct dirent **entries;
    int n = scandir(folder, &entries, NULL, alphasort);

    if (n < 0)
        return err_sys(err, errno, "cannot read %s", folder);
    for (int i = 0; i < n; i++) {
        const char *name = entries[i]->d_name;
        char *path = join(folder, name);
        enum part part = part_of(name);
        struct stat st;

        if (name[0] != '.' && stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
            if (part != PART_COUNT && top->parts[part] == NULL) {
                top->parts[part] = path;
                path = NULL;
            } else {
                str_addf(&top->others, "%s%s/", top->others.length ? ", " : "",
                         name);
            }
        }
        free(path);
        free(entries[i]);
    }
    free(entries);
    return OK;
}

static void leave_out(struct shelves *out, const char *what)
{
    struct str s = STR_INIT;

    if (out->left_out != NULL)
        str_addf(&s, "%s, ", out->left_out);
    str_add(&s, what);
    free(out->left_out);
    out->left_out = str_take(&s);
}

/* train/ and its kin. */
static enum status find_parts(struct shelves *out, struct top *top,
                              const struct shelf_options *options,
                              struct err *err)
{
    static const enum split splits[] = {SPLIT_TRAIN, SPLIT_TEST, SPLIT_TEST,
                                        SPLIT_OOD};
    enum shelf_val val = options->val;
    enum status status = OK;

    if (val == VAL_AUTO)
        val = top->parts[PART_TEST] == NULL ? VAL_TEST : VAL_SKIP;
    for (int part = 0; part < PART_COUNT && status == OK; part++) {
        enum split split = splits[part];

        if (top->parts[part] == NULL)
            continue;
        if (part == PART_VAL && val == VAL_SKIP) {
            leave_out(out, "val/ (--val train or --val test takes it in)");
            continue;
        }
        if (part == PART_VAL && val == VAL_TRAIN)
            split = SPLIT_TRAIN;
        status = walk_folder(&add_shelf(out, top->parts[part], split)->walk,
                             top->parts[part], err);
        top->parts[part] = NULL;
    }
    if (status == OK && top->others.length > 0)
        leave_out(out, top->others.text);
    return status;
}

static void move_file(struct walk *to, struct walk_file *file)
{
    ARRAY_GROW(to->files, to->count, to->room);
    to->files[to->count++] = *file;
}

/* Some of the training files become test images. */
static void hold_out(struct shelves *out, int at, int percent)
{
    struct walk all = out->items[at].walk, train = all, test = {0};

    train.files = NULL;
    train.count = train.room = 0;
    for (int64_t i = 0; i < all.count; i++) {
        const char *path = all.files[i].path;
        uint64_t chance = hash_bytes(path, strlen(path), 0) % 100;

        move_file(chance < (uint64_t)percent ? &test : &train, &all.files[i]);
    }
    free(all.files);
    out->items[at].walk = train;
    if (test.count > 0)
        add_shelf(out, mem_strdup(out->items[at].path), SPLIT_TEST)->walk =
            test;
}

/* The split that everything goes to; *given: whether it was asked for or can
 * be read from the name of a list. */
static enum status whole_split(enum split *out, bool *given, const char *name,
                               const struct shelf_options *options,
                               struct err *err)
{
    static const enum split splits[] = {SPLIT_TRAIN, SPLIT_TEST, SPLIT_TEST,
                                        SPLIT_OOD};

    *out = SPLIT_TRAIN;
    *given = options->split != NULL;
    if (*given)
        return split_parse(out, options->split, err);
    for (size_t i = ARRAY_SIZE(part_names); name != NULL && i-- > 0;) {
        if (strncasecmp(name, part_names[i].name, strlen(part_names[i].name)) !=
            0)
            continue;
        *out = splits[part_names[i].part];
        *given = true;
    }
    return OK;
}

/* What is in no class's folder can't be learnt from. */
static void refuse_unclassed(struct shelf *shelf)
{
    struct walk *w = &shelf->walk;
    int64_t kept = 0;

    if (shelf->unclassed)
        return;
    for (int64_t i = 0; i < w->count; i++) {
        struct walk_file *f = &w->files[i];

        if (f->folder[0] != '\0') {
            w->files[kept++] = *f;
            continue;
        }
        walk_refuse(w, f->path, "in no class's folder", f->bytes, f->mtime);
        free(f->path);
        free(f->folder);
    }
    w->count = kept;
    walk_sort(w);
}

static enum status find_folder(struct shelves *out, const char *folder,
                               const struct shelf_options *options,
                               struct err *err)
{
    struct top top = {.others = STR_INIT};
    enum split split;
    bool given, parts;
    enum status status = whole_split(&split, &given, NULL, options, err);
    int first = out->count;

    if (status == OK)
        status = look_at_top(&top, folder, err);
    parts =
        !given && (top.parts[PART_TRAIN] != NULL ||
                   top.parts[PART_VAL] != NULL || top.parts[PART_TEST] != NULL);
    if (status == OK && parts)
        status = find_parts(out, &top, options, err);
    else if (status == OK)
        status = walk_folder(&add_shelf(out, mem_strdup(folder), split)->walk,
                             folder, err);
    for (int i = first; i < out->count && status == OK; i++)
        refuse_unclassed(&out->items[i]);
    if (status == OK && !parts && !given && options->holdout > 0)
        hold_out(out, first, options->holdout);
    for (int i = 0; i < PART_COUNT; i++)
        free(top.parts[i]);
    str_release(&top.others);
    return status;
}

static enum status find_list(struct shelves *out, const char *path,
                             const struct shelf_options *options,
                             struct err *err)
{
    const char *slash = strrchr(path, '/');
    const char *base = slash != NULL ? slash + 1 : path;
    char *folder = slash == path || slash == NULL
                       ? mem_strdup(slash == NULL ? "." : "/")
                       : mem_strndup(path, (size_t)(slash - path));
    struct listing listing;
    struct shelf *shelf;
    enum split split;
    bool given;
    enum status status = whole_split(&split, &given, base, options, err);

    if (status == OK)
        status = listing_read(&listing, path, err);
    if (status != OK) {
        free(folder);
        return status;
    }
    shelf = add_shelf(out, folder, split);
    for (size_t i = 0; i < listing.count; i++)
        walk_add(&shelf->walk, folder, listing.lines[i].key,
                 listing.lines[i].value);
    listing_release(&listing);
    walk_sort(&shelf->walk);
    if (!given && options->holdout > 0)
        hold_out(out, out->count - 1, options->holdout);
    return OK;
}

/* The folder's own name; of a list, that of the folder it lies in. */
static char *name_of(const char *path, bool folder)
{
    size_t end = strlen(path), start;

    if (!folder)
        while (end > 0 && path[end - 1] != '/')
            end--;
    while (end > 0 && path[end - 1] == '/')
        end--;
    for (start = end; start > 0 && path[start - 1] != '/'; start--)
        ;
    return end > start ? mem_strndup(path + start, end - start)
                       : mem_strdup("images");
}

static enum status check_any(const struct shelves *shelves, int first,
                             const char *source, struct err *err)
{
    int64_t files = 0, refused = 0, others = 0;
    const char *why = "";

    for (int i = first; i < shelves->count; i++) {
        const struct walk *w = &shelves->items[i].walk;

        files += w->count;
        refused += w->refused;
        others += w->others;
        if (w->refused > 0)
            why = w->refusals[0].reason;
    }
    if (files > 0)
        return OK;
    return err_set(err, ERR_BAD_INPUT,
                   "%s holds no IDX files and no pictures in folders of "
                   "classes: %lld other files, %lld refused%s%s (pictures of "
                   "no class: --split ood)",
                   source, (long long)others, (long long)refused,
                   refused > 0 ? ", the first: " : "", why);
}

enum status shelves_find(struct shelves *out, const char *source,
                         const struct shelf_options *options, struct err *err)
{
    size_t n = strlen(source);
    int first = out->count;
    struct stat st;
    enum status status;
    char *path;

    if (stat(source, &st) != 0)
        return err_sys(err, errno, "cannot open %s", source);
    if (!S_ISDIR(st.st_mode) && !ends_like_list(source))
        return err_set(err, ERR_BAD_INPUT,
                       "%s: a picture alone has no class: name its folder, or "
                       "a list of paths and classes (.txt, .tsv, .csv)",
                       source);
    while (n > 1 && source[n - 1] == '/')
        n--;
    path = mem_strndup(source, n);
    free(out->name);
    out->name = name_of(path, S_ISDIR(st.st_mode));
    status = S_ISDIR(st.st_mode) ? find_folder(out, path, options, err)
                                 : find_list(out, path, options, err);
    if (status == OK)
        status = check_any(out, first, path, err);
    free(path);
    return status;
}
