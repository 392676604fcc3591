/* What is unfolded, over trees that change with every epoch. */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "ui/treefold.h"

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
    test_survival(&fold, &d, codes);
    treefold_release(&fold);
    dendro_release(&d);
    return tap_done();
}
