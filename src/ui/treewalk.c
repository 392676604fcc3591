#include <config.h>

#include "ui/treewalk.h"

#include <string.h>

void treewalk_release(struct treewalk *walk)
{
    treefold_release(&walk->fold);
    memset(walk, 0, sizeof(*walk));
}

uint32_t treewalk_node(const struct treewalk *walk)
{
    return walk->fold.row_count > 0 ? walk->fold.rows[walk->list.cursor]
                                    : DENDRO_NONE;
}

struct target treewalk_address(const struct dendro *d, uint32_t node)
{
    return (struct target){.kind = TARGET_NODE,
                           .key = d->node[node].key,
                           .lowest = d->node[node].lowest,
                           .size = d->node[node].size};
}

static void remember(struct treewalk *walk, const struct dendro *d)
{
    if (walk->fold.row_count > 0)
        walk->cursor = treewalk_address(d, treewalk_node(walk));
}

void treewalk_go(struct treewalk *walk, const struct dendro *d, uint32_t node)
{
    int row = treefold_row(&walk->fold, d, node);

    walk->list.cursor = row < 0 ? 0 : row;
    list_fit(&walk->list, walk->fold.row_count, walk->list.rows);
    remember(walk, d);
}

void treewalk_reveal(struct treewalk *walk, const struct dendro *d,
                     uint32_t node)
{
    treefold_reveal(&walk->fold, d, node);
    treewalk_go(walk, d, node);
}

void treewalk_place(struct treewalk *walk, const struct dendro *d,
                    const bool *wanted)
{
    uint32_t node = DENDRO_NONE;

    treefold_place(&walk->fold, d, walk->rows > 0 ? walk->rows : 20);
    if (wanted)
        treefold_filter(&walk->fold, d, wanted);
    if (walk->cursor.kind == TARGET_NODE)
        node = dendro_place(d, walk->cursor.key, walk->cursor.lowest,
                            walk->cursor.size);
    if (d->count > 0)
        treewalk_go(walk, d, node == DENDRO_NONE ? dendro_root(d) : node);
}

void treewalk_fit(struct treewalk *walk, const struct dendro *d, int rows)
{
    if (walk->rows != rows) {
        walk->rows = rows;
        if (!walk->fold.touched && !walk->fold.hidden)
            treewalk_place(walk, d, NULL);
    }
    list_fit(&walk->list, walk->fold.row_count, rows);
}

static void fold_or_parent(struct treewalk *walk, const struct dendro *d)
{
    uint32_t node = treewalk_node(walk);

    if (!dendro_is_leaf(d, node) && walk->fold.open[node])
        treefold_set(&walk->fold, d, node, false);
    else if (d->node[node].parent != DENDRO_NONE)
        node = d->node[node].parent;
    treewalk_go(walk, d, node);
}

static void unfold_or_child(struct treewalk *walk, const struct dendro *d)
{
    uint32_t node = treewalk_node(walk);
    int row = walk->list.cursor;

    if (dendro_is_leaf(d, node))
        return;
    if (!walk->fold.open[node])
        treefold_set(&walk->fold, d, node, true);
    else if (row + 1 < walk->fold.row_count)
        node = walk->fold.rows[row + 1];
    treewalk_go(walk, d, node);
}

void treewalk_toggle(struct treewalk *walk, const struct dendro *d)
{
    uint32_t node = treewalk_node(walk);

    if (node == DENDRO_NONE || dendro_is_leaf(d, node))
        return;
    treefold_set(&walk->fold, d, node, !walk->fold.open[node]);
    treewalk_go(walk, d, node);
}

static bool fold(struct treewalk *walk, const struct dendro *d,
                 enum action action, int key)
{
    uint32_t node = treewalk_node(walk), root = dendro_root(d);
    bool inner = !dendro_is_leaf(d, node);

    switch (action) {
    case ACTION_FOLD_ONE:
    case ACTION_UNFOLD_ONE:
        if (inner)
            treefold_set(&walk->fold, d, node, action == ACTION_UNFOLD_ONE);
        break;
    case ACTION_UNFOLD_BELOW:
        if (inner)
            treefold_set_below(&walk->fold, d, node, true);
        break;
    case ACTION_FOLD_ALL:
    case ACTION_UNFOLD_ALL:
        treefold_set_below(&walk->fold, d, root, action == ACTION_UNFOLD_ALL);
        break;
    case ACTION_FOLD_LEVEL:
        treefold_level(&walk->fold, d, key - '0');
        break;
    case ACTION_PARENT:
        if (d->node[node].parent != DENDRO_NONE)
            node = d->node[node].parent;
        break;
    default:
        return false;
    }
    treewalk_go(walk, d, node);
    return true;
}

bool treewalk_act(struct treewalk *walk, const struct dendro *d,
                  enum action action, int key)
{
    if (walk->fold.row_count == 0)
        return false;
    if (list_act(&walk->list, action)) {
        remember(walk, d);
        return true;
    }
    if (action == ACTION_FOLD) {
        fold_or_parent(walk, d);
        return true;
    }
    if (action == ACTION_UNFOLD) {
        unfold_or_child(walk, d);
        return true;
    }
    return fold(walk, d, action, key);
}
