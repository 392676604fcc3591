#include <config.h>

#include "ui/comparer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "catalogue/catalogue.h"
#include "ui/errand.h"
#include "ui/treeload.h"

struct compareload {
    struct errand errand;
    char *path;
    struct comparison *made;
    enum status status;
    struct err err;
};

static void free_comparison(struct comparison *made)
{
    if (!made)
        return;
    for (int i = 0; i < 2; i++) {
        class_codes_release(&made->codes[i]);
        dendro_release(&made->tree[i]);
        free(made->to[i]);
        free(made->moved[i]);
    }
    treecompare_release(&made->found);
    free(made);
}

/* ---- in the thread ---- */

static bool going(void *ctx, uint32_t done, uint32_t total)
{
    const struct compareload *load = ctx;

    (void)done;
    (void)total;
    return !errand_stopped(&load->errand);
}

static enum status read_side(struct compareload *load, struct catalogue *cat,
                             int i, const struct linkage_watch *watch)
{
    struct comparison *made = load->made;
    const struct comparer_side *side = &made->asked[i];
    enum status status = class_codes_load(cat, side->model, side->step,
                                          &made->codes[i], &load->err);

    if (status != OK)
        return status;
    status = treeload_read(&made->tree[i], cat, side->model, &made->codes[i],
                           side->linkage, &load->err);
    if (status != ERR_NOT_FOUND)
        return status;
    return dendro_build(&made->tree[i], made->codes[i].codes,
                        (uint32_t)made->codes[i].classes, side->linkage, watch,
                        &load->err);
}

struct place {
    int64_t class;
    uint32_t index;
};

static int by_class(const void *x, const void *y)
{
    const struct place *a = x, *b = y;

    return a->class < b->class ? -1 : a->class > b->class;
}

/* Where each side's classes are on the other. */
static void join_classes(struct comparison *made)
{
    uint32_t n = (uint32_t)made->codes[1].classes;
    struct place *places = mem_zalloc(n + 1, sizeof(*places));

    for (int i = 0; i < 2; i++) {
        uint32_t count = (uint32_t)made->codes[i].classes;

        made->to[i] = mem_zalloc(count + 1, sizeof(*made->to[i]));
        for (uint32_t c = 0; c < count; c++)
            made->to[i][c] = DENDRO_NONE;
    }
    for (uint32_t c = 0; c < n; c++)
        places[c] = (struct place){made->codes[1].class_ids[c], c};
    if (n > 0)
        qsort(places, n, sizeof(*places), by_class);
    for (uint32_t c = 0; n > 0 && c < (uint32_t)made->codes[0].classes; c++) {
        struct place key = {made->codes[0].class_ids[c], 0};
        const struct place *found =
            bsearch(&key, places, n, sizeof(*places), by_class);

        if (!found)
            continue;
        made->to[0][c] = found->index;
        made->to[1][found->index] = c;
    }
    free(places);
}

static void share_out(struct comparison *made)
{
    made->same[0] = made->found.same_a;
    made->same[1] = made->found.same_b;
    for (int i = 0; i < 2; i++) {
        uint32_t n = made->tree[i].leaves;

        made->moved[i] = mem_zalloc(n + 1, sizeof(double));
        for (uint32_t c = 0; c < n; c++) {
            uint32_t own = i == 0 ? c : made->to[1][c];

            made->moved[i][c] =
                own == DENDRO_NONE ? (double)NAN : made->found.class_moved[own];
        }
    }
}

static enum status work_with(struct compareload *load, struct catalogue *cat)
{
    struct linkage_watch watch = {going, load};
    struct comparison *made = load->made;
    enum status status = OK;

    for (int i = 0; status == OK && i < 2; i++)
        status = read_side(load, cat, i, &watch);
    if (status != OK)
        return status;
    join_classes(made);
    status = treecompare_run(&made->found, &made->tree[0], &made->tree[1],
                             made->to[0], &watch, &load->err);
    if (status == OK)
        share_out(made);
    return status;
}

static void run(void *job)
{
    struct compareload *load = job;
    struct catalogue *cat;

    load->status = catalogue_open(&cat, load->path, DB_READ, &load->err);
    if (load->status != OK)
        return;
    load->status = work_with(load, cat);
    catalogue_close(cat);
}

/* ---- outside ---- */

static void free_load(struct compareload *load)
{
    free_comparison(load->made);
    free(load->path);
    free(load);
}

static void abandon(struct comparer *c)
{
    if (!c->load)
        return;
    errand_stop(&c->load->errand);
    errand_end(&c->load->errand);
    free_load(c->load);
    c->load = NULL;
}

static bool same_sides(const struct comparer_side *a,
                       const struct comparer_side *b)
{
    for (int i = 0; i < 2; i++)
        if (a[i].model != b[i].model || a[i].step != b[i].step ||
            a[i].linkage != b[i].linkage)
            return false;
    return true;
}

void comparer_want(struct comparer *c, const struct comparer_side *left,
                   const struct comparer_side *right)
{
    struct comparer_side wanted[2] = {*left, *right};

    if (same_sides(c->wanted, wanted))
        return;
    c->wanted[0] = *left;
    c->wanted[1] = *right;
    c->failed = false;
    if (c->load && !same_sides(c->load->made->asked, wanted))
        abandon(c);
}

const struct comparison *comparer_ready(const struct comparer *c)
{
    return c->ready && c->ready->asked[0].model == c->wanted[0].model &&
                   c->ready->asked[1].model == c->wanted[1].model
               ? c->ready
               : NULL;
}

bool comparer_pending(const struct comparer *c)
{
    bool there = c->ready && same_sides(c->ready->asked, c->wanted);

    return c->load || (c->wanted[0].model && !c->failed && !there);
}

static enum status start(struct comparer *c, const char *path, struct err *err)
{
    struct compareload *load = mem_zalloc(1, sizeof(*load));

    load->path = mem_strdup(path);
    load->made = mem_zalloc(1, sizeof(*load->made));
    memcpy(load->made->asked, c->wanted, sizeof(c->wanted));
    if (errand_start(&load->errand, run, load, err) != OK) {
        free_load(load);
        c->failed = true;
        return err->status;
    }
    c->load = load;
    return OK;
}

enum status comparer_poll(struct comparer *c, const char *path, bool *changed,
                          struct err *err)
{
    struct compareload *load = c->load;
    enum status status;

    *changed = false;
    if (!load)
        return comparer_pending(c) ? start(c, path, err) : OK;
    if (!errand_done(&load->errand))
        return OK;
    *changed = true;
    c->load = NULL;
    errand_end(&load->errand);
    status = load->status;
    if (status == OK) {
        free_comparison(c->ready);
        c->ready = load->made;
        load->made = NULL;
    } else {
        *err = load->err;
        c->failed = true;
    }
    free_load(load);
    return status;
}

void comparer_forget(struct comparer *c)
{
    abandon(c);
    free_comparison(c->ready);
    memset(c, 0, sizeof(*c));
}
