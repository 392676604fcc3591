#include <config.h>

#include "tasks/classplan.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "catalogue/models.h"

static void number_name(char *out, size_t size, uint32_t number)
{
    snprintf(out, size, "%u", number);
}

static void add_entry(struct classplan *plan, int64_t id, uint32_t number,
                      const char *name, const char *path)
{
    char plain[16];

    ARRAY_GROW(plan->entries, plan->count, plan->room);
    plan->entries[plan->count] = (struct classplan_entry){
        id, number, mem_strdup(name), mem_strdup(path)};
    plan->of_number[number] = plan->count++;
    number_name(plain, sizeof(plain), number);
    if (strcmp(name, plain) != 0)
        plan->numbered = false;
}

static enum status load_models(struct classplan *plan, struct catalogue *cat,
                               int64_t dataset, struct err *err)
{
    struct model_list models = {NULL, 0, 0};
    enum status status = model_all(cat, &models, err);

    for (int i = 0; i < models.count; i++)
        if (models.items[i].dataset_id == dataset)
            plan->frozen = true;
    model_list_release(&models);
    return status;
}

static enum status load_classes(struct classplan *plan, struct catalogue *cat,
                                int64_t dataset, struct err *err)
{
    struct class_list list = {NULL, 0, 0};
    enum status status = class_all(cat, dataset, &list, err);

    for (int i = 0; i < list.count && status == OK; i++) {
        const struct class_row *row = &list.items[i];

        if (row->number < 0 || row->number > IDX_LABEL_MAX)
            status = err_set(err, ERR_CATALOGUE,
                             "class %s of data set %s has the number %lld: "
                             "see bitgrove check",
                             row->name, plan->dataset, (long long)row->number);
        else
            add_entry(plan, row->id, (uint32_t)row->number, row->name,
                      row->path);
    }
    class_list_release(&list);
    return status;
}

enum status classplan_load(struct classplan *out, struct catalogue *cat,
                           const struct dataset *dataset, struct err *err)
{
    struct classplan plan = {.numbered = true};
    enum status status = OK;

    plan.dataset = mem_strdup(dataset->name);
    plan.of_number = mem_zalloc(IDX_LABEL_MAX + 1, sizeof(*plan.of_number));
    memset(plan.of_number, 0xff, (IDX_LABEL_MAX + 1) * sizeof(*plan.of_number));
    if (dataset->id != 0)
        status = load_models(&plan, cat, dataset->id, err);
    if (status == OK && dataset->id != 0)
        status = load_classes(&plan, cat, dataset->id, err);
    if (status == OK)
        *out = plan;
    else
        classplan_release(&plan);
    return status;
}

void classplan_release(struct classplan *plan)
{
    for (int i = 0; i < plan->count; i++) {
        free(plan->entries[i].name);
        free(plan->entries[i].path);
    }
    free(plan->entries);
    free(plan->of_number);
    free(plan->dataset);
    memset(plan, 0, sizeof(*plan));
}

static enum status frozen(const struct classplan *plan, const char *path,
                          uint32_t number, struct err *err)
{
    return err_set(err, ERR_BAD_INPUT,
                   "%s: class %u is new, and data set %s has models that "
                   "don't know it: import into another data set (--dataset)",
                   path, number, plan->dataset);
}

enum status classplan_add_file(struct classplan *plan, const struct tsv *tsv,
                               const char *path, struct err *err)
{
    for (uint32_t i = 0; i < tsv->count; i++) {
        const struct tsv_class *c = &tsv->classes[i];
        int32_t at = plan->of_number[c->id];

        if (at >= 0 && (strcmp(plan->entries[at].name, c->name) != 0 ||
                        strcmp(plan->entries[at].path, c->group) != 0))
            return err_set(err, ERR_BAD_INPUT,
                           "%s: class %u is '%s' (%s), and in data set %s it "
                           "is '%s' (%s): import into another data set "
                           "(--dataset)",
                           path, c->id, c->name, c->group, plan->dataset,
                           plan->entries[at].name, plan->entries[at].path);
        if (at < 0 && plan->frozen)
            return frozen(plan, path, c->id, err);
        if (at < 0)
            add_entry(plan, 0, c->id, c->name, c->group);
    }
    plan->numbered = false; /* the file says which classes there are */
    return OK;
}

enum status classplan_add_labels(struct classplan *plan, const uint32_t *labels,
                                 size_t n, const char *path, struct err *err)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t number = labels[i];
        char name[16];

        if (plan->of_number[number] >= 0)
            continue;
        if (!plan->numbered)
            return err_set(err, ERR_BAD_INPUT,
                           "%s, row %zu: label %u is no class of data set "
                           "%s: list it in the classes file (--classes)",
                           path, i, number, plan->dataset);
        if (plan->frozen)
            return frozen(plan, path, number, err);
        number_name(name, sizeof(name), number);
        add_entry(plan, 0, number, name, "");
    }
    return OK;
}

enum status classplan_write(struct classplan *plan, struct catalogue *cat,
                            int64_t dataset, struct err *err)
{
    for (int i = 0; i < plan->count; i++) {
        struct classplan_entry *e = &plan->entries[i];
        struct class_row row = {
            .number = e->number, .name = e->name, .path = e->path};
        enum status status;

        if (e->id != 0)
            continue;
        status = class_insert(cat, dataset, &row, &e->id, err);
        if (status != OK)
            return status;
    }
    return OK;
}

int64_t classplan_id(const struct classplan *plan, uint32_t number)
{
    assert(plan->of_number[number] >= 0);
    return plan->entries[plan->of_number[number]].id;
}
