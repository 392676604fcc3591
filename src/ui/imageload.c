#include <config.h>

#include "ui/imageload.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ui/errand.h"

struct imageload {
    struct errand errand;
    char *path;
    int64_t model;
    struct imageload_codes codes;
    enum status status;
    struct err err;
};

void imageload_release(struct imageload_codes *codes)
{
    nearindex_free(codes->index);
    free(codes->set);
    image_codes_release(&codes->codes);
    memset(codes, 0, sizeof(*codes));
}

static enum status load_codes(struct imageload *load, struct catalogue *cat)
{
    struct imageload_codes *out = &load->codes;
    struct image_codes *codes = &out->codes;

    if (image_codes_load(cat, load->model, codes, &load->err) != OK)
        return load->err.status;
    if (codes->n == 0)
        return OK;
    out->set = mem_zalloc(1, sizeof(*out->set));
    *out->set = (struct near_set){.count = (size_t)codes->n,
                                  .bits = codes->bits,
                                  .ids = codes->ids,
                                  .codes = codes->codes,
                                  .margins = codes->margins,
                                  .splits = codes->split};
    if (nearindex_build(&out->index, out->set, &load->err) == OK)
        return OK;
    imageload_release(out);
    return load->err.status;
}

static void run(void *argument)
{
    struct imageload *load = argument;
    struct catalogue *cat;

    load->status = catalogue_open(&cat, load->path, DB_READ, &load->err);
    if (load->status == OK) {
        load->status = load_codes(load, cat);
        catalogue_close(cat);
    }
}

static void free_load(struct imageload *load)
{
    free(load->path);
    free(load);
}

enum status imageload_start(struct imageload **out, const char *path,
                            int64_t model, struct err *err)
{
    struct imageload *load = mem_zalloc(1, sizeof(*load));

    load->path = mem_strdup(path);
    load->model = model;
    if (errand_start(&load->errand, run, load, err) != OK) {
        free_load(load);
        return err->status;
    }
    *out = load;
    return OK;
}

bool imageload_done(const struct imageload *load)
{
    return errand_done(&load->errand);
}

enum status imageload_take(struct imageload *load, struct imageload_codes *out,
                           struct err *err)
{
    enum status status;

    errand_end(&load->errand);
    status = load->status;
    if (status == OK)
        *out = load->codes;
    else
        *err = load->err;
    free_load(load);
    return status;
}

void imageload_drop(struct imageload *load)
{
    struct imageload_codes codes;
    struct err err;

    if (load && imageload_take(load, &codes, &err) == OK)
        imageload_release(&codes);
}
