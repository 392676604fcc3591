#include <config.h>

#include "tasks/kindplan.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "catalogue/models.h"
#include "formats/idx.h"

enum { NUMBER_DIGITS = 6 };

void kindplan_release(struct kindplan *plan)
{
    for (int i = 0; i < plan->count; i++) {
        free(plan->kinds[i].folder);
        free(plan->kinds[i].name);
        free(plan->kinds[i].path);
    }
    free(plan->kinds);
    memset(plan, 0, sizeof(*plan));
}

static int by_folder(const void *a, const void *b)
{
    const struct kind *x = a, *y = b;

    return strcmp(x->folder, y->folder);
}

static int by_text(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;

    return strcmp(*x, *y);
}

static const char *leaf(const char *folder)
{
    const char *slash = strrchr(folder, '/');

    return slash != NULL ? slash + 1 : folder;
}

static int to_folder(const void *key, const void *element)
{
    const struct kind *kind = element;

    return strcmp(key, kind->folder);
}

static struct kind *find(const struct kindplan *plan, const char *folder)
{
    return plan->count == 0 ? NULL
                            : bsearch(folder, plan->kinds, (size_t)plan->count,
                                      sizeof(*plan->kinds), to_folder);
}

/* A class without a folder answers to its name. */
static enum status load(struct kindplan *plan, struct catalogue *cat,
                        int64_t dataset, struct err *err)
{
    struct class_list list = {NULL, 0, 0};
    enum status status = class_all(cat, dataset, &list, err);

    for (int i = 0; i < list.count && status == OK; i++) {
        const struct class_row *row = &list.items[i];

        ARRAY_GROW(plan->kinds, plan->count, plan->room);
        plan->kinds[plan->count++] =
            (struct kind){.folder = mem_strdup(
                              row->folder[0] != '\0' ? row->folder : row->name),
                          .name = mem_strdup(row->name),
                          .path = mem_strdup(row->path),
                          .id = row->id,
                          .number = row->number};
    }
    class_list_release(&list);
    if (plan->count > 1)
        qsort(plan->kinds, (size_t)plan->count, sizeof(*plan->kinds),
              by_folder);
    return status;
}

static bool frozen(struct catalogue *cat, int64_t dataset, struct err *err)
{
    struct model_list models = {NULL, 0, 0};
    bool any = false;

    if (model_all(cat, &models, err) != OK)
        return false;
    for (int i = 0; i < models.count; i++)
        any |= models.items[i].dataset_id == dataset;
    model_list_release(&models);
    return any;
}

/* Adds those of the folders that are no class yet; returns the first. */
static const char *add_new(struct kindplan *plan, const char *const *folders,
                           int64_t n)
{
    const char **sorted = mem_zalloc((size_t)n + 1, sizeof(*sorted));
    const char *first = NULL;
    int known = plan->count;

    for (int64_t i = 0; i < n; i++)
        sorted[i] = folders[i];
    if (n > 0)
        qsort(sorted, (size_t)n, sizeof(*sorted), by_text);
    for (int64_t i = 0; i < n; i++) {
        struct kindplan old = {plan->kinds, known, known};
        const char *slash = strrchr(sorted[i], '/');

        if ((i > 0 && strcmp(sorted[i], sorted[i - 1]) == 0) ||
            find(&old, sorted[i]) != NULL)
            continue;
        ARRAY_GROW(plan->kinds, plan->count, plan->room);
        plan->kinds[plan->count++] = (struct kind){
            .folder = mem_strdup(sorted[i]),
            .path = slash != NULL
                        ? mem_strndup(sorted[i], (size_t)(slash - sorted[i]))
                        : mem_strdup("")};
        first = first != NULL ? first : sorted[i];
    }
    free(sorted);
    return first;
}

static bool is_number(const char *text)
{
    size_t n = strlen(text);

    return n > 0 && n <= NUMBER_DIGITS && strspn(text, "0123456789") == n &&
           (text[0] != '0' || n == 1);
}

/* Folders that are numbers are labels; others are counted in their order,
 * behind the classes there are. */
static void number_new(struct kindplan *plan)
{
    bool numbers = true;
    int64_t next = 0;

    for (int i = 0; i < plan->count; i++) {
        const struct kind *k = &plan->kinds[i];

        numbers = numbers && is_number(k->folder) &&
                  (k->id == 0 || k->number == atoi(k->folder));
        if (k->id != 0 && k->number >= next)
            next = k->number + 1;
    }
    for (int i = 0; i < plan->count; i++)
        if (plan->kinds[i].id == 0)
            plan->kinds[i].number =
                numbers ? atoi(plan->kinds[i].folder) : next++;
}

/* How a class may be called: 0 in short, 1 longer, 2 so that it is the only
 * one. Owned by the caller. */
static char *call(const struct kind *kind, int length)
{
    struct str s = STR_INIT;

    if (kind->words != NULL) {
        const char *comma = strchr(kind->words->value, ',');

        if (length == 0 && comma != NULL && comma > kind->words->value)
            str_add_bytes(&s, kind->words->value,
                          (size_t)(comma - kind->words->value));
        else
            str_add(&s, kind->words->value);
        if (length == 2)
            str_addf(&s, " (%s)", kind->folder);
    } else {
        str_add(&s, length == 0 ? leaf(kind->folder) : kind->folder);
    }
    return str_take(&s);
}

/* True for each kind whose name another has. */
static bool *repeated(const struct kindplan *plan)
{
    size_t n = (size_t)plan->count;
    const char **names = mem_zalloc(n + 1, sizeof(*names));
    bool *twice = mem_zalloc(n + 1, sizeof(*twice));

    for (size_t i = 0; i < n; i++)
        names[i] = plan->kinds[i].name;
    qsort(names, n, sizeof(*names), by_text);
    for (size_t i = 0; i < n; i++) {
        const char **at =
            bsearch(&plan->kinds[i].name, names, n, sizeof(*names), by_text);

        twice[i] = (at > names && strcmp(at[-1], *at) == 0) ||
                   (at + 1 < names + n && strcmp(at[1], *at) == 0);
    }
    free(names);
    return twice;
}

/* Names for what is new, or has words now. */
static void name_all(struct kindplan *plan, const struct listing *words)
{
    char **before = mem_zalloc((size_t)plan->count + 1, sizeof(*before));

    for (int i = 0; i < plan->count; i++) {
        struct kind *k = &plan->kinds[i];

        if (words != NULL)
            k->words = listing_find(words, k->folder);
        if (words != NULL && k->words == NULL)
            k->words = listing_find(words, leaf(k->folder));
        if (k->words != NULL && k->words->group[0] != '\0') {
            k->renamed = k->renamed || strcmp(k->path, k->words->group) != 0;
            free(k->path);
            k->path = mem_strdup(k->words->group);
        }
        before[i] = k->name;
        k->name =
            k->id == 0 || k->words != NULL ? call(k, 0) : mem_strdup(before[i]);
    }
    for (int length = 1; length < 3; length++) {
        bool *twice = repeated(plan);

        for (int i = 0; i < plan->count; i++) {
            struct kind *k = &plan->kinds[i];

            if (!twice[i] || (k->id != 0 && k->words == NULL))
                continue;
            free(k->name);
            k->name = call(k, length);
        }
        free(twice);
    }
    for (int i = 0; i < plan->count; i++) {
        struct kind *k = &plan->kinds[i];

        k->renamed =
            k->id != 0 && (k->renamed || strcmp(before[i], k->name) != 0);
        free(before[i]);
    }
    free(before);
}

enum status kindplan_make(struct kindplan *out, struct catalogue *cat,
                          const struct dataset *dataset,
                          const char *const *folders, int64_t n,
                          const struct listing *words, struct err *err)
{
    struct kindplan plan = {NULL, 0, 0};
    const char *first;
    enum status status = OK;

    err->status = OK;
    if (dataset->id != 0)
        status = load(&plan, cat, dataset->id, err);
    first = add_new(&plan, folders, n);
    if (status == OK && first != NULL && dataset->id != 0 &&
        frozen(cat, dataset->id, err))
        status = err_set(err, ERR_BAD_INPUT,
                         "class %s is new, and data set %s has models that "
                         "don't know it: import into another data set "
                         "(--name)",
                         first, dataset->name);
    if (status == OK)
        status = err->status;
    if (status == OK && plan.count > IDX_LABEL_MAX)
        status =
            err_set(err, ERR_BAD_INPUT, "more than %d classes", IDX_LABEL_MAX);
    if (status == OK) {
        number_new(&plan);
        if (plan.count > 1)
            qsort(plan.kinds, (size_t)plan.count, sizeof(*plan.kinds),
                  by_folder);
        name_all(&plan, words);
        *out = plan;
    } else {
        kindplan_release(&plan);
    }
    return status;
}

enum status kindplan_write(struct kindplan *plan, struct catalogue *cat,
                           int64_t dataset, struct err *err)
{
    enum status status = OK;

    for (int i = 0; i < plan->count && status == OK; i++) {
        struct kind *k = &plan->kinds[i];
        struct class_row row = {.id = k->id,
                                .number = k->number,
                                .name = k->name,
                                .path = k->path,
                                .folder = k->folder};

        if (k->id == 0)
            status = class_insert(cat, dataset, &row, &k->id, err);
        else if (k->renamed)
            status = class_rename(cat, &row, err);
        k->renamed = false;
    }
    return status;
}

int64_t kindplan_id(const struct kindplan *plan, const char *folder)
{
    const struct kind *found = find(plan, folder);

    assert(found != NULL);
    return found->id;
}
