#include <config.h>

#include "ui/treeload.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "catalogue/models.h"
#include "queue/params.h"
#include "ui/errand.h"

struct treeload {
    struct errand errand;
    uint64_t *codes;
    uint32_t leaves;
    enum linkage linkage;
    atomic_uint part; /* of 1000 */
    struct dendro tree;
    enum status status;
    struct err err;
};

enum linkage treeload_linkage(const struct model_row *model)
{
    struct params params = {NULL, NULL, 0, 0};
    enum linkage linkage = LINKAGE_AVERAGE;
    struct err err;

    if (params_read(&params, model->options, &err) != OK ||
        linkage_parse(&linkage, params_get(&params, JOB_LEARN, "linkage"),
                      &err) != OK)
        linkage = LINKAGE_AVERAGE;
    params_release(&params);
    return linkage;
}

static enum status from_rows(struct dendro *out, const struct tree_rows *rows,
                             uint32_t leaves, struct err *err)
{
    struct linkage_merge *merges = mem_zalloc(leaves + 1, sizeof(*merges));
    enum status status;

    for (uint32_t i = 0; i + 1 < leaves; i++) {
        const struct tree_row *row = &rows->items[leaves + i];

        merges[i] =
            (struct linkage_merge){(uint32_t)row->left, (uint32_t)row->right,
                                   (uint32_t)row->leaves, row->height};
    }
    status = dendro_from_merges(out, merges, leaves, err);
    free(merges);
    return status;
}

enum status treeload_read(struct dendro *out, struct catalogue *cat,
                          int64_t model, const struct class_codes *codes,
                          enum linkage linkage, struct err *err)
{
    struct tree_rows rows;
    enum status status;

    memset(&rows, 0, sizeof(rows));
    status = tree_rows_load(cat, model, codes->step, linkage_name(linkage),
                            &rows, err);
    if (status != OK)
        return status;
    if (rows.count == 2 * codes->classes - 1)
        status = from_rows(out, &rows, (uint32_t)codes->classes, err);
    else
        status = err_set(err, ERR_CATALOGUE,
                         "the tree of step %d has %d nodes for %d classes; "
                         "run bitgrove check",
                         codes->step, rows.count, codes->classes);
    tree_rows_release(&rows);
    return status;
}

static bool going(void *ctx, uint32_t done, uint32_t total)
{
    struct treeload *load = ctx;

    atomic_store(&load->part,
                 total ? (unsigned)((uint64_t)done * 1000 / total) : 0);
    return !errand_stopped(&load->errand);
}

static void run(void *job)
{
    struct treeload *load = job;
    struct linkage_watch watch = {going, load};

    load->status = dendro_build(&load->tree, load->codes, load->leaves,
                                load->linkage, &watch, &load->err);
}

static void free_load(struct treeload *load)
{
    free(load->codes);
    free(load);
}

enum status treeload_start(struct treeload **out,
                           const struct class_codes *codes,
                           enum linkage linkage, struct err *err)
{
    struct treeload *load = mem_zalloc(1, sizeof(*load));
    size_t n = (size_t)codes->classes;

    load->codes = mem_zalloc(n + 1, sizeof(*load->codes));
    memcpy(load->codes, codes->codes, n * sizeof(*load->codes));
    load->leaves = (uint32_t)n;
    load->linkage = linkage;
    atomic_init(&load->part, 0);
    if (errand_start(&load->errand, run, load, err) != OK) {
        free_load(load);
        return err->status;
    }
    *out = load;
    return OK;
}

bool treeload_done(const struct treeload *load)
{
    return errand_done(&load->errand);
}

double treeload_part(const struct treeload *load)
{
    return atomic_load(&load->part) / 1000.0;
}

enum status treeload_take(struct treeload *load, struct dendro *out,
                          enum linkage *linkage, struct err *err)
{
    enum status status;

    errand_end(&load->errand);
    status = load->status;
    if (status == OK) {
        *out = load->tree;
        *linkage = load->linkage;
    } else {
        *err = load->err;
    }
    free_load(load);
    return status;
}

void treeload_drop(struct treeload *load)
{
    struct dendro tree;
    enum linkage linkage;
    struct err err;

    if (!load)
        return;
    errand_stop(&load->errand);
    if (treeload_take(load, &tree, &linkage, &err) == OK)
        dendro_release(&tree);
}
