/* What is unfolded and shown, over trees that change with every epoch; the
 * cursor on them; the groups of the reference hierarchy. */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "ui/treefold.h"
#include "ui/treegroup.h"
#include "ui/treewalk.h"

#include "tap.h"

enum { LEAVES = 40, BITS = 12 };

static void build(struct dendro *d, const uint64_t *codes)
{
    struct err err;

    dendro_release(d);
    if (dendro_build(d, codes, LEAVES, LINKAGE_AVERAGE, NULL, &err) != OK)
        abort();
}

/* Rows are a pre-order walk: each below its parent, no folded node opened. */
static bool rows_sound(const struct treefold *fold, const struct dendro *d)
{
    int shown[2 * LEAVES];

    memset(shown, 0, sizeof(shown));
    for (int i = 0; i < fold->row_count; i++) {
        uint32_t node = fold->rows[i], parent = d->node[node].parent;

        if (shown[node]++)
            return false;
        if (parent == DENDRO_NONE ? i != 0
                                  : !shown[parent] || !fold->open[parent])
            return false;
    }
    for (uint32_t i = 0; i < d->count; i++) {
        uint32_t parent = d->node[i].parent;

        if (parent != DENDRO_NONE && shown[parent] && fold->open[parent] &&
            !shown[i])
            return false;
    }
    return fold->row_count > 0;
}

static void test_first(struct treefold *fold, const struct dendro *d)
{
    treefold_place(fold, d, 21);
    tap_ok(rows_sound(fold, d), "rows are a walk of the tree");
    tap_int(fold->row_count, 21, "as many as there is room for");
    treefold_place(fold, d, 10000);
    tap_int(fold->row_count, 2 * LEAVES - 1, "all of them when all fit");
    treefold_place(fold, d, 1);
    tap_int(fold->row_count, 1, "the root alone in one row");
}

static void test_folding(struct treefold *fold, const struct dendro *d)
{
    uint32_t root = dendro_root(d), leaf = d->order[LEAVES - 1];

    treefold_set_below(fold, d, root, false);
    tap_int(fold->row_count, 1, "all folded");
    tap_int(treefold_row(fold, d, leaf), 0, "a leaf is hidden under the root");
    treefold_set(fold, d, root, true);
    tap_int(fold->row_count, 3, "one level");
    treefold_reveal(fold, d, leaf);
    tap_ok(rows_sound(fold, d), "revealing keeps the walk sound");
    tap_int((long long)fold->rows[treefold_row(fold, d, leaf)], leaf,
            "the leaf has a row of its own");
    treefold_set_below(fold, d, root, true);
    tap_int(fold->row_count, 2 * LEAVES - 1, "all unfolded");
}

/* One class moves: what both trees have stays as it was folded. */
static void test_survival(struct treefold *fold, struct dendro *d,
                          uint64_t *codes)
{
    struct dendro next = DENDRO_INIT;
    uint32_t root = dendro_root(d);
    int same = 0, kept = 0, before = 0;

    treefold_set_below(fold, d, root, false);
    for (uint32_t i = d->leaves; i < d->count; i += 2)
        treefold_set(fold, d, i, true);
    codes[7] ^= 0x3f;
    build(&next, codes);
    for (uint32_t i = d->leaves; i < d->count; i++) {
        before += fold->open[i];
        same +=
            fold->open[i] && dendro_find(&next, d->node[i].key) != DENDRO_NONE;
    }
    {
        bool was[2 * LEAVES] = {false};

        memcpy(was, fold->open, d->count * sizeof(*was));
        treefold_place(fold, &next, 20);
        for (uint32_t i = d->leaves; i < d->count; i++) {
            uint32_t node = dendro_find(&next, d->node[i].key);

            kept += was[i] && node != DENDRO_NONE && fold->open[node];
        }
    }
    tap_ok(same > 0 && same < before, "the tree changed in part: %d of %d",
           same, before);
    tap_int(kept, same, "what is still there is still unfolded");
    tap_ok(rows_sound(fold, &next), "the rows fit the new tree");
    dendro_release(&next);
}

static void test_levels(struct treefold *fold, const struct dendro *d)
{
    int deep = 0, folded = 0;

    treefold_level(fold, d, 3);
    tap_ok(rows_sound(fold, d), "rows of three levels are a walk");
    for (int i = 0; i < fold->row_count; i++) {
        uint32_t node = fold->rows[i];

        deep += d->node[node].depth > 3;
        folded += !dendro_is_leaf(d, node) && d->node[node].depth < 3 &&
                  !fold->open[node];
    }
    tap_int(deep, 0, "nothing is deeper");
    tap_int(folded, 0, "all above is unfolded");
    treefold_level(fold, d, 0);
    tap_int(fold->row_count, 1, "level 0 is the root");
}

static void test_filter(struct treefold *fold, const struct dendro *d)
{
    bool wanted[LEAVES] = {false};
    int leaves = 0, idle = 0, before;

    treefold_level(fold, d, 2);
    before = fold->row_count;
    wanted[3] = wanted[17] = wanted[30] = true;
    tap_int(treefold_filter(fold, d, wanted), 3, "three classes are wanted");
    for (int i = 0; i < fold->row_count; i++) {
        uint32_t node = fold->rows[i];

        leaves += dendro_is_leaf(d, node);
        idle += !dendro_under(d, 3, node) && !dendro_under(d, 17, node) &&
                !dendro_under(d, 30, node);
    }
    tap_int(leaves, 3, "all of them have a row, folded or not before");
    tap_int(idle, 0, "and no node has one that none of them is under");
    treefold_set(fold, d, dendro_root(d), false);
    tap_int(fold->row_count, 1, "what is shown can be folded");
    treefold_place(fold, d, 20);
    tap_int(fold->row_count, before, "without the filter all is as it was");
    memset(wanted, 0, sizeof(wanted));
    tap_int(treefold_filter(fold, d, wanted), 0, "nothing is wanted");
    tap_int(fold->row_count, 0, "so there is no row");
    treefold_place(fold, d, 20);
}

static void test_walk(const struct dendro *d)
{
    struct treewalk walk;
    bool wanted[LEAVES] = {false};
    uint32_t root = dendro_root(d), leaf = d->order[LEAVES / 2];

    memset(&walk, 0, sizeof(walk));
    treewalk_place(&walk, d, NULL);
    treewalk_fit(&walk, d, 15);
    tap_int(treewalk_node(&walk), root, "a walk begins at the root");
    treewalk_reveal(&walk, d, leaf);
    tap_int(treewalk_node(&walk), leaf, "it goes to a class");
    treewalk_act(&walk, d, ACTION_FOLD, 0);
    tap_int(treewalk_node(&walk), d->node[leaf].parent, "then to its parent");
    treewalk_act(&walk, d, ACTION_FOLD, 0);
    tap_ok(!walk.fold.open[treewalk_node(&walk)], "which is folded next");
    treewalk_act(&walk, d, ACTION_UNFOLD, 0);
    treewalk_act(&walk, d, ACTION_UNFOLD, 0);
    tap_int(d->node[treewalk_node(&walk)].parent, d->node[leaf].parent,
            "and back to its first child");
    treewalk_act(&walk, d, ACTION_FOLD_LEVEL, '1');
    tap_ok(d->node[treewalk_node(&walk)].depth == 1,
           "what folding hides passes the cursor on to what is seen");
    wanted[leaf] = true;
    treewalk_place(&walk, d, wanted);
    treewalk_act(&walk, d, ACTION_LAST, 0);
    tap_int(treewalk_node(&walk), leaf, "a filter leaves its class");
    treewalk_act(&walk, d, ACTION_UNFOLD, 0);
    tap_int(treewalk_node(&walk), leaf, "below which there is nothing");
    wanted[leaf] = false;
    treewalk_place(&walk, d, wanted);
    tap_int(treewalk_node(&walk), DENDRO_NONE, "or nothing at all");
    tap_ok(!treewalk_act(&walk, d, ACTION_DOWN, 0), "where no key moves");
    treewalk_release(&walk);
}

static void test_groups(void)
{
    static const char *const paths[] = {"b/x", "a/y", "a/y/z", "", "a", NULL};
    static const uint64_t codes[] = {0, 1, 3, 7, 15, 31};
    struct treegroup groups;
    struct dendro d = DENDRO_INIT;
    struct err err;
    double share;

    memset(&groups, 0, sizeof(groups));
    if (dendro_build(&d, codes, 6, LINKAGE_AVERAGE, NULL, &err) != OK)
        abort();
    tap_int(treegroup_levels(paths, 6), 3, "the longest path has three parts");
    treegroup_build(&groups, paths, 6, 1);
    tap_int(groups.count, 2, "two groups by the first");
    tap_str(groups.names[0], "a", "the largest first");
    tap_int(groups.of_class[0], 1, "the other after it");
    tap_int(groups.of_class[3], -1, "no path, no group");
    tap_int(treegroup_of(&groups, &d, dendro_root(&d), &share), 0,
            "most of all are of it");
    tap_ok(share == 0.5, "three of six");
    tap_int(treegroup_of(&groups, &d, 5, &share), -1, "one is of none");
    treegroup_build(&groups, paths, 6, 2);
    tap_int(groups.count, 3, "three by two parts");
    tap_str(groups.names[0], "a/y", "named by both");
    tap_int(groups.of_class[2], 0, "deeper ones among them");
    treegroup_release(&groups);
    dendro_release(&d);
}

int main(void)
{
    struct treefold fold;
    struct dendro d = DENDRO_INIT;
    uint64_t codes[LEAVES];
    struct rng rng;

    memset(&fold, 0, sizeof(fold));
    rng_init(&rng, 3, 0);
    for (int i = 0; i < LEAVES; i++)
        codes[i] = rng_below(&rng, 1u << BITS);
    build(&d, codes);
    test_first(&fold, &d);
    test_folding(&fold, &d);
    test_levels(&fold, &d);
    test_filter(&fold, &d);
    test_walk(&d);
    test_groups();
    test_survival(&fold, &d, codes);
    treefold_release(&fold);
    dendro_release(&d);
    return tap_done();
}
