#include <config.h>

#include "cli/subject.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

enum status subject_catalogue(struct catalogue **out, const char *path,
                              struct err *err)
{
    struct stat info;

    if (stat(path, &info) != 0) {
        if (errno != ENOENT)
            return err_sys(err, errno, "%s", path);
        return err_set(err, ERR_BAD_INPUT,
                       "%s: there is no such catalogue. Make it with: bitgrove "
                       "import %s IMAGES... (or see: bitgrove demo)",
                       path, path);
    }
    if (S_ISDIR(info.st_mode))
        return err_set(err, ERR_BAD_INPUT,
                       "%s is a directory, and a catalogue is a file", path);
    return catalogue_open(out, path, access(path, W_OK) ? DB_READ : DB_WRITE,
                          err);
}

static enum status open_codebook(struct subject *out, struct err *err)
{
    const struct model_row *m = &out->model;
    enum status status = model_need_codes(m, err);

    if (status != OK)
        return status;
    status = class_codes_load(out->cat, m->id, 0, &out->class_codes, err);

    if (status == ERR_NOT_FOUND)
        return err_set(err, ERR_NOT_FOUND,
                       "model %s has no codes yet: it is at epoch %d of %d. "
                       "Follow it with: bitgrove jobs %s --follow",
                       m->name, m->step, m->steps, catalogue_path(out->cat));
    if (status != OK)
        return status;
    out->coded.items = mem_zalloc((size_t)out->class_codes.classes + 1,
                                  sizeof(*out->coded.items));
    for (int i = 0; i < out->class_codes.classes; i++) {
        int index = class_index(&out->classes, out->class_codes.class_ids[i]);

        if (index < 0)
            return err_set(err, ERR_CATALOGUE,
                           "model %s has the code of a class that is not in "
                           "its data set. Look closer with: bitgrove check %s",
                           m->name, catalogue_path(out->cat));
        out->coded.items[out->coded.count++] = out->classes.items[index];
    }
    return codebook_from_weights(&out->book, out->class_codes.weights,
                                 (uint32_t)out->class_codes.classes,
                                 out->class_codes.bits, err);
}

static enum status open_model(struct subject *out, const char *name,
                              struct err *err)
{
    const char *path = catalogue_path(out->cat);
    enum status status = model_find(out->cat, name, &out->model, err);

    if (status == ERR_NOT_FOUND && name == NULL)
        return err_set(err, ERR_NOT_FOUND,
                       "%s holds no model yet. Learn one with: bitgrove learn "
                       "%s",
                       path, path);
    return status == OK ? dataset_get(out->cat, out->model.dataset_id,
                                      &out->dataset, err)
                        : status;
}

/* Without images, that is what to say, whatever else is missing. */
static enum status need_images(struct subject *out, struct err *err)
{
    const char *path = catalogue_path(out->cat);
    struct catalogue_info info;
    enum status status = catalogue_info(out->cat, &info, err);

    if (status == OK && info.images == 0)
        status = err_set(err, ERR_NOT_FOUND,
                         "%s holds no images yet. Bring some in with: bitgrove "
                         "import %s IMAGES...",
                         path, path);
    return status;
}

enum status subject_open_named(struct subject *out, const char *path,
                               const char *model, const char *dataset,
                               enum subject_depth depth, struct err *err)
{
    enum status status;

    memset(out, 0, sizeof(*out));
    status = subject_catalogue(&out->cat, path, err);
    if (status != OK || depth == SUBJECT_CATALOGUE)
        return status;
    status = need_images(out, err);
    if (status == OK && depth >= SUBJECT_MODEL)
        status = open_model(out, model, err);
    else if (status == OK)
        status = dataset_find(out->cat, dataset, &out->dataset, err);
    if (status == OK)
        status = class_all(out->cat, out->dataset.id, &out->classes, err);
    if (status == OK && depth >= SUBJECT_CODEBOOK)
        status = open_codebook(out, err);
    return status;
}

enum status subject_open(struct subject *out, const struct args *args,
                         enum subject_depth depth, struct err *err)
{
    const char *dataset =
        args_passed(args->command, "dataset")
            ? params_get(&args->params, args->command->kind, "dataset")
            : NULL;

    return subject_open_named(out, args->words[0], args_get(args, "model"),
                              dataset, depth, err);
}

void subject_close(struct subject *s)
{
    codebook_release(&s->book);
    free(s->coded.items);
    class_codes_release(&s->class_codes);
    model_release(&s->model);
    class_list_release(&s->classes);
    dataset_release(&s->dataset);
    catalogue_close(s->cat);
    memset(s, 0, sizeof(*s));
}

enum status subject_codes(struct subject *s, struct image_codes *out,
                          struct err *err)
{
    const char *path = catalogue_path(s->cat);
    enum status status;

    if (s->model.coded == 0) {
        if (s->model.state == MODEL_LEARNING)
            return err_set(err, ERR_NOT_FOUND,
                           "model %s is still learning (epoch %d of %d); its "
                           "images get their codes at the end. Follow it with: "
                           "bitgrove jobs %s --follow",
                           s->model.name, s->model.step, s->model.steps, path);
        return err_set(err, ERR_NOT_FOUND,
                       "model %s has coded no images. Do it with: bitgrove "
                       "encode %s",
                       s->model.name, path);
    }
    status = image_codes_load(s->cat, s->model.id, out, err);
    return status;
}

enum status subject_splits(uint32_t *out, const struct args *args,
                           struct err *err)
{
    const char *at = args_get(args, "split");
    uint32_t splits = 0;

    while (at != NULL && *at) {
        size_t n = strcspn(at, ",");
        char *name = mem_strndup(at, n);
        enum split split;
        enum status status = split_parse(&split, name, err);

        free(name);
        if (status != OK)
            return status;
        splits |= 1u << split;
        at += n + (at[n] == ',');
    }
    *out = splits;
    return OK;
}

const char *subject_class(const struct subject *s, int64_t class_id)
{
    int index = class_id ? class_index(&s->classes, class_id) : -1;

    return index < 0 ? "" : s->classes.items[index].name;
}
