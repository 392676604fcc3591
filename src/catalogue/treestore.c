#include <config.h>

#include "catalogue/codestore.h"

#include <stdlib.h>

#include "base/mem.h"
#include "store/stmt.h"

void tree_rows_release(struct tree_rows *rows)
{
    free(rows->items);
    free(rows->class_ids);
    *rows = (struct tree_rows){0};
}

static int32_t node(struct stmt *q, int column)
{
    int64_t value = stmt_int(q, column);

    if (stmt_is_null(q, column) || value < 0 || value > INT32_MAX)
        return -1;
    return (int32_t)value;
}

/*
 * Whoever walks the tree trusts it: leaves first, children before parents, each
 * node the child of its parent, the last the root. Bytes of a file don't have
 * to be so.
 */
static bool is_tree(const struct tree_rows *rows)
{
    int leaves = (rows->count + 1) / 2;

    if (rows->count % 2 == 0)
        return false;
    for (int i = 0; i < rows->count; i++) {
        const struct tree_row *n = &rows->items[i], *up;

        if (i == rows->count - 1) {
            if (n->parent != -1)
                return false;
        } else {
            if (n->parent <= i || n->parent >= rows->count ||
                n->parent < leaves)
                return false;
            up = &rows->items[n->parent];
            if (up->left != i && up->right != i)
                return false;
        }
        if (i < leaves) {
            if (n->left != -1 || n->right != -1 || n->leaves != 1)
                return false;
            continue;
        }
        if (n->left < 0 || n->left >= i || n->right < 0 || n->right >= i ||
            n->left == n->right ||
            n->leaves !=
                rows->items[n->left].leaves + rows->items[n->right].leaves)
            return false;
    }
    return true;
}

static enum status last_step(struct catalogue *cat, int64_t model,
                             const char *linkage, int *step, struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_TREE_LAST_STEP);
    int64_t last;
    enum status status;

    stmt_bind_int(q, ":model", model);
    stmt_bind_text(q, ":linkage", linkage);
    status = stmt_number(q, &last, err);
    if (status == OK)
        *step = (int)last;
    return status;
}

static void add_node(struct stmt *q, struct tree_rows *rows, int *ids)
{
    struct tree_row *row;

    ARRAY_GROW(rows->items, rows->count, rows->room);
    row = &rows->items[rows->count];
    row->parent = node(q, 1);
    row->left = node(q, 2);
    row->right = node(q, 3);
    row->leaves = node(q, 4);
    row->height = stmt_real(q, 5);
    if (!stmt_is_null(q, 6) && rows->leaves == rows->count) {
        ARRAY_GROW(rows->class_ids, rows->leaves, *ids);
        rows->class_ids[rows->leaves++] = stmt_int(q, 6);
    }
    rows->count++;
}

enum status tree_rows_load(struct catalogue *cat, int64_t model, int step,
                           const char *linkage, struct tree_rows *out,
                           struct err *err)
{
    struct tree_rows rows = {0};
    struct stmt *q;
    enum status status = OK;
    bool sound = true;
    int ids = 0;

    if (step == 0)
        status = last_step(cat, model, linkage, &step, err);
    if (status != OK)
        return status;
    rows.step = step;
    q = stmt_use(catalogue_db(cat), Q_TREE_ALL);
    stmt_bind_int(q, ":model", model);
    stmt_bind_int(q, ":step", step);
    stmt_bind_text(q, ":linkage", linkage);
    while (sound && stmt_next(q)) {
        sound = stmt_int(q, 0) == rows.count;
        add_node(q, &rows, &ids);
    }
    status = stmt_end(q, err);
    if (status == OK && rows.count == 0)
        status = err_set(err, ERR_NOT_FOUND,
                         "there is no tree by %s linkage yet", linkage);
    else if (status == OK &&
             (!sound || !is_tree(&rows) || rows.leaves != (rows.count + 1) / 2))
        status = err_set(err, ERR_CATALOGUE,
                         "the tree of step %d by %s linkage is damaged: make "
                         "it again with `bitgrove tree'",
                         step, linkage);
    if (status != OK) {
        tree_rows_release(&rows);
        return status;
    }
    *out = rows;
    return OK;
}

static enum status clear(struct catalogue *cat, int64_t model, int step,
                         const char *linkage, struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_TREE_DELETE);

    stmt_bind_int(q, ":model", model);
    stmt_bind_int(q, ":step", step);
    stmt_bind_text(q, ":linkage", linkage);
    return stmt_run(q, err);
}

static void bind_node(struct stmt *q, const char *name, int32_t value)
{
    if (value < 0)
        stmt_bind_null(q, name);
    else
        stmt_bind_int(q, name, value);
}

enum status tree_rows_save(struct catalogue *cat, int64_t model, int step,
                           const char *linkage, const struct tree_rows *rows,
                           const int64_t *class_ids, struct err *err)
{
    int leaves = (rows->count + 1) / 2;
    enum status status = clear(cat, model, step, linkage, err);
    struct stmt *q;

    if (status != OK)
        return status;
    q = stmt_use(catalogue_db(cat), Q_TREE_INSERT);
    stmt_bind_int(q, ":model", model);
    stmt_bind_int(q, ":step", step);
    stmt_bind_text(q, ":linkage", linkage);
    for (int i = 0; i < rows->count; i++) {
        const struct tree_row *row = &rows->items[i];

        stmt_bind_int(q, ":node", i);
        bind_node(q, ":parent", row->parent);
        bind_node(q, ":left", row->left);
        bind_node(q, ":right", row->right);
        stmt_bind_real(q, ":height", row->height);
        stmt_bind_int(q, ":leaves", row->leaves);
        if (i < leaves)
            stmt_bind_int(q, ":class", class_ids[i]);
        else
            stmt_bind_null(q, ":class");
        stmt_again(q);
    }
    return stmt_end(q, err);
}
