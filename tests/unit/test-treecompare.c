/* Two trees side by side, against the definitions written out. */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "taxonomy/treecompare.h"

#include "tap.h"

enum { MOST = 24, BITS = 10 };

static struct err err;

static void build(struct dendro *d, struct rng *rng, uint32_t leaves, int bits)
{
    uint64_t codes[MOST];

    for (uint32_t i = 0; i < leaves; i++)
        codes[i] = rng_below(rng, 1u << bits);
    dendro_release(d);
    if (dendro_build(d, codes, leaves, LINKAGE_AVERAGE, NULL, &err) != OK)
        abort();
}

/* The height at which two leaves meet. */
static double height_of(const struct dendro *d, uint32_t x, uint32_t y)
{
    return d->node[dendro_meet(d, x, y)].height;
}

/* -1: x joins c first, 1: y does, 0: both at once. */
static int order_of(const struct dendro *d, uint32_t c, uint32_t x, uint32_t y)
{
    double a = height_of(d, c, x), b = height_of(d, c, y);

    return a < b ? -1 : a > b;
}

static double naive_moved(const struct dendro *a, const struct dendro *b,
                          const uint32_t *to_b, uint32_t c)
{
    int pairs = 0, same = 0;

    for (uint32_t x = 0; x < a->leaves; x++) {
        for (uint32_t y = 0; y < x; y++) {
            if (x == c || y == c || to_b[x] == DENDRO_NONE ||
                to_b[y] == DENDRO_NONE)
                continue;
            pairs++;
            same +=
                order_of(a, c, x, y) == order_of(b, to_b[c], to_b[x], to_b[y]);
        }
    }
    return pairs ? 1 - (double)same / pairs : 0;
}

/* The sets of common classes (as bits of a's numbers) that are groups. */
static int naive_groups(const struct dendro *d, const uint32_t *to_a,
                        uint32_t all, uint32_t *out)
{
    int count = 0;

    for (uint32_t i = d->leaves; i < d->count; i++) {
        uint32_t parent = d->node[i].parent, set = 0;
        bool known = false;

        if (parent != DENDRO_NONE &&
            d->node[parent].height == d->node[i].height)
            continue;
        for (uint32_t k = 0; k < d->node[i].size; k++) {
            uint32_t leaf = to_a[dendro_leaves(d, i)[k]];

            set |= leaf == DENDRO_NONE ? 0 : 1u << leaf;
        }
        set &= all;
        for (int k = 0; k < count; k++)
            known = known || out[k] == set;
        if (!known && set != all && __builtin_popcount(set) >= 2)
            out[count++] = set;
    }
    return count;
}

static bool agrees(const struct dendro *a, const struct dendro *b,
                   const uint32_t *to_b, const struct treecompare *found)
{
    uint32_t own[MOST], to_a[MOST], sets_a[MOST], sets_b[MOST], all = 0;
    int in_a, in_b, shared = 0;

    for (uint32_t i = 0; i < MOST; i++) {
        own[i] = i;
        to_a[i] = DENDRO_NONE;
    }
    for (uint32_t i = 0; i < a->leaves; i++) {
        if (to_b[i] == DENDRO_NONE)
            continue;
        to_a[to_b[i]] = i;
        all |= 1u << i;
        if (fabs(found->class_moved[i] - naive_moved(a, b, to_b, i)) > 1e-12)
            return false;
    }
    in_a = naive_groups(a, own, all, sets_a);
    in_b = naive_groups(b, to_a, all, sets_b);
    for (int i = 0; i < in_a; i++)
        for (int k = 0; k < in_b; k++)
            shared += sets_a[i] == sets_b[k];
    return (int)found->groups_a == in_a && (int)found->groups_b == in_b &&
           (int)found->shared == shared;
}

/* Many pairs of trees, some with equal heights, some that lack classes. */
static void test_definitions(void)
{
    struct dendro a = DENDRO_INIT, b = DENDRO_INIT;
    struct rng rng;
    int right = 0;
    enum { TRIES = 200 };

    rng_init(&rng, 11, 0);
    for (int i = 0; i < TRIES; i++) {
        uint32_t n = 1 + rng_below(&rng, MOST), to_b[MOST];
        struct treecompare found;

        build(&a, &rng, n, 2 + i % (BITS - 1));
        build(&b, &rng, n, 2 + i / 2 % (BITS - 1));
        for (uint32_t c = 0; c < n; c++)
            to_b[c] = i % 3 == 0 && c % 4 == 1 ? DENDRO_NONE : n - 1 - c;
        if (treecompare_run(&found, &a, &b, to_b, NULL, &err) != OK)
            break;
        right += agrees(&a, &b, to_b, &found);
        treecompare_release(&found);
    }
    tap_int(right, TRIES, "groups and moves are those of the definitions");
    dendro_release(&a);
    dendro_release(&b);
}

static void test_same(void)
{
    struct dendro d = DENDRO_INIT;
    struct treecompare found;
    uint32_t own[MOST], match;
    double overlap;
    bool all = true;
    struct rng rng;

    rng_init(&rng, 5, 0);
    build(&d, &rng, MOST, BITS);
    for (uint32_t i = 0; i < MOST; i++)
        own[i] = i;
    tap_int(treecompare_run(&found, &d, &d, own, NULL, &err), OK,
            "a tree beside itself");
    tap_ok(found.robinson_foulds == 0 && found.moved == 0,
           "has nothing that moved");
    for (uint32_t i = 0; i < d.count; i++) {
        uint32_t parent = d.node[i].parent;
        bool counts = dendro_is_leaf(&d, i) || parent == DENDRO_NONE ||
                      d.node[parent].height > d.node[i].height;

        match = treecompare_match(&d, &d, own, i, &overlap);
        all = all && found.same_a[i] == counts && found.same_b[i] == counts &&
              match == i && overlap == 1;
    }
    tap_ok(all, "and every node is found again");
    treecompare_release(&found);
    dendro_release(&d);
}

/* ((0 1) (2 3)) beside ((0 2) (1 3)), and with class 3 gone. */
static void test_by_hand(void)
{
    static const struct linkage_merge left[] = {
        {0, 1, 2, 1}, {2, 3, 2, 1}, {4, 5, 4, 3}};
    static const struct linkage_merge right[] = {
        {0, 2, 2, 1}, {1, 3, 2, 1}, {4, 5, 4, 3}};
    uint32_t to_b[] = {0, 1, 2, 3}, match;
    struct dendro a = DENDRO_INIT, b = DENDRO_INIT;
    struct treecompare found;
    double overlap;

    if (dendro_from_merges(&a, left, 4, &err) != OK ||
        dendro_from_merges(&b, right, 4, &err) != OK ||
        treecompare_run(&found, &a, &b, to_b, NULL, &err) != OK)
        abort();
    tap_int(found.shared, 0, "no pair is the same");
    tap_ok(found.robinson_foulds == 1, "so every group is in one tree alone");
    tap_ok(fabs(found.moved - 1) < 1e-12,
           "each pair of others comes in another order");
    match = treecompare_match(&a, &b, to_b, 4, &overlap);
    tap_int(match, 0, "the pair is most like one of its classes");
    tap_ok(overlap == 0.5, "half of it");
    treecompare_release(&found);
    to_b[3] = DENDRO_NONE;
    if (treecompare_run(&found, &a, &b, to_b, NULL, &err) != OK)
        abort();
    tap_int(found.common, 3, "a class that one lacks is passed over");
    tap_int(found.groups_a + found.groups_b, 2,
            "and what is left of a group without it counts once");
    tap_ok(isnan(found.class_moved[3]), "it has not moved anywhere");
    treecompare_release(&found);
    dendro_release(&a);
    dendro_release(&b);
}

static bool never(void *ctx, uint32_t done, uint32_t total)
{
    (void)ctx;
    (void)done;
    (void)total;
    return false;
}

static void test_stop(void)
{
    struct linkage_watch watch = {never, NULL};
    struct dendro d = DENDRO_INIT;
    struct treecompare found;
    uint32_t own[MOST];
    struct rng rng;

    rng_init(&rng, 5, 0);
    build(&d, &rng, MOST, BITS);
    for (uint32_t i = 0; i < MOST; i++)
        own[i] = i;
    tap_int(treecompare_run(&found, &d, &d, own, &watch, &err), ERR_CANCELLED,
            "it stops when asked to");
    dendro_release(&d);
}

int main(void)
{
    test_definitions();
    test_same();
    test_by_hand();
    test_stop();
    return tap_done();
}
