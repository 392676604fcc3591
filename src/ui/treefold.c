#include <config.h>

#include "ui/treefold.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void treefold_release(struct treefold *fold)
{
    free(fold->open);
    free(fold->hidden);
    free(fold->rows);
    free(fold->kept);
    memset(fold, 0, sizeof(*fold));
}

static bool shown(const struct treefold *fold, uint32_t node)
{
    return !fold->hidden || !fold->hidden[node];
}

bool treefold_more(const struct treefold *fold, const struct dendro *d,
                   uint32_t node)
{
    uint32_t parent = d->node[node].parent;

    return parent != DENDRO_NONE && d->node[parent].left == node &&
           shown(fold, d->node[parent].right);
}

/* Rows are the nodes in pre-order, not going below folded ones. */
static void make_rows(struct treefold *fold, const struct dendro *d)
{
    uint32_t root = dendro_root(d), node = root;

    fold->row_count = 0;
    while (node != DENDRO_NONE) {
        bool seen = shown(fold, node);

        if (seen)
            fold->rows[fold->row_count++] = node;
        node =
            dendro_next(d, root, node,
                        seen && !dendro_is_leaf(d, node) && fold->open[node]);
    }
}

static void remember(struct treefold *fold, const struct dendro *d)
{
    fold->kept_count = 0;
    for (uint32_t i = d->leaves; i < d->count; i++) {
        if (!fold->open[i])
            continue;
        ARRAY_GROW(fold->kept, fold->kept_count, fold->kept_room);
        fold->kept[fold->kept_count++] = (struct treefold_entry){
            d->node[i].key, d->node[i].lowest, d->node[i].size};
    }
}

/*
 * Opens the largest nodes until `rows` are seen. Every parent is at least as
 * large as its children, so in order of size nothing hidden is opened.
 */
static void open_largest(struct treefold *fold, const struct dendro *d,
                         int rows)
{
    uint32_t limit = d->leaves;
    int seen = 1;

    while (limit > 1 && seen + 2 <= rows) {
        uint32_t next = 1;

        for (uint32_t i = d->leaves; i < d->count; i++)
            if (!fold->open[i] && d->node[i].size <= limit &&
                d->node[i].size > next)
                next = d->node[i].size;
        for (uint32_t i = d->count; i-- > d->leaves && seen + 2 <= rows;) {
            if (!fold->open[i] && d->node[i].size == next && next > 1) {
                fold->open[i] = true;
                seen += 2;
            }
        }
        limit = next;
    }
}

void treefold_place(struct treefold *fold, const struct dendro *d, int rows)
{
    fold->count = d->count;
    fold->open = mem_realloc(fold->open, d->count + 1, sizeof(*fold->open));
    fold->rows = mem_realloc(fold->rows, d->count + 1, sizeof(*fold->rows));
    memset(fold->open, 0, (d->count + 1) * sizeof(*fold->open));
    free(fold->hidden);
    fold->hidden = NULL;
    if (!fold->touched) {
        open_largest(fold, d, rows);
    } else {
        for (int i = 0; i < fold->kept_count; i++) {
            const struct treefold_entry *kept = &fold->kept[i];
            uint32_t node =
                dendro_place(d, kept->key, kept->lowest, kept->size);

            if (node != DENDRO_NONE)
                fold->open[node] = true;
        }
    }
    make_rows(fold, d);
}

static void changed(struct treefold *fold, const struct dendro *d)
{
    if (!fold->hidden) {
        fold->touched = true;
        remember(fold, d);
    }
    make_rows(fold, d);
}

void treefold_set(struct treefold *fold, const struct dendro *d, uint32_t node,
                  bool open)
{
    fold->open[node] = open;
    changed(fold, d);
}

void treefold_set_below(struct treefold *fold, const struct dendro *d,
                        uint32_t node, bool open)
{
    for (uint32_t i = d->leaves; i < d->count; i++)
        if (dendro_under(d, i, node))
            fold->open[i] = open;
    changed(fold, d);
}

void treefold_level(struct treefold *fold, const struct dendro *d, int level)
{
    for (uint32_t i = d->leaves; i < d->count; i++)
        fold->open[i] = (int)d->node[i].depth < level;
    changed(fold, d);
}

uint32_t treefold_filter(struct treefold *fold, const struct dendro *d,
                         const bool *wanted)
{
    uint32_t count = 0;

    free(fold->hidden);
    fold->hidden = mem_zalloc(d->count + 1, sizeof(*fold->hidden));
    for (uint32_t i = 0; i < d->count; i++) {
        if (dendro_is_leaf(d, i)) {
            fold->hidden[i] = !wanted[i];
            count += wanted[i];
            continue;
        }
        fold->hidden[i] =
            fold->hidden[d->node[i].left] && fold->hidden[d->node[i].right];
        fold->open[i] = !fold->hidden[i];
    }
    make_rows(fold, d);
    return count;
}

void treefold_reveal(struct treefold *fold, const struct dendro *d,
                     uint32_t node)
{
    uint32_t above = d->node[node].parent;

    if (treefold_row(fold, d, node) >= 0 &&
        fold->rows[treefold_row(fold, d, node)] == node)
        return;
    for (; above != DENDRO_NONE; above = d->node[above].parent)
        fold->open[above] = true;
    changed(fold, d);
}

int treefold_row(const struct treefold *fold, const struct dendro *d,
                 uint32_t node)
{
    uint32_t above = node, hidden = node;

    if (fold->row_count == 0)
        return -1;
    for (above = d->node[node].parent; above != DENDRO_NONE;
         above = d->node[above].parent)
        if (!fold->open[above])
            hidden = above;
    for (int i = 0; i < fold->row_count; i++)
        if (fold->rows[i] == hidden)
            return i;
    return -1;
}
