#include <config.h>

#include "taxonomy/treecompare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* A tree seen through the classes that both have. */
struct side {
    const struct dendro *d;
    uint32_t *place; /* (leaves) number from top to bottom, DENDRO_NONE */
    uint32_t *size;  /* (nodes) common classes under it */
};

/* The part of a tree that stands for one node: the topmost at its height. */
static bool is_top(const struct dendro *d, uint32_t node)
{
    uint32_t parent = d->node[node].parent;

    return parent == DENDRO_NONE ||
           d->node[parent].height > d->node[node].height;
}

/* common: (leaves) whether the other tree has the class. */
static void side_init(struct side *side, const struct dendro *d,
                      const bool *common)
{
    uint32_t next = 0;

    side->d = d;
    side->place = mem_zalloc(d->leaves + 1, sizeof(*side->place));
    side->size = mem_zalloc(d->count + 1, sizeof(*side->size));
    for (uint32_t i = 0; i < d->leaves; i++) {
        uint32_t leaf = d->order[i];

        side->place[leaf] = common[leaf] ? next++ : DENDRO_NONE;
    }
    for (uint32_t i = 0; i < d->count; i++)
        side->size[i] = dendro_is_leaf(d, i) ? side->place[i] != DENDRO_NONE
                                             : side->size[d->node[i].left] +
                                                   side->size[d->node[i].right];
}

static void side_release(struct side *side)
{
    free(side->place);
    free(side->size);
}

/*
 * True if the node stands for a set of classes that is counted: at the top of
 * its height, and not the same set as what it is part of, of whose other
 * classes none is common.
 */
static bool is_group(const struct side *side, uint32_t node, uint32_t common)
{
    const struct dendro *d = side->d;
    uint32_t above = d->node[node].parent;

    if (side->size[node] < 2 || side->size[node] == common || !is_top(d, node))
        return false;
    while (!is_top(d, above))
        above = d->node[above].parent;
    return side->size[above] != side->size[node];
}

static int by_value(const void *x, const void *y)
{
    uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;

    return a < b ? -1 : a > b;
}

/* Of every node of b, the lowest and highest number that a gives to its
 * classes: (nodes) each. */
static void spans(const struct side *a, const struct side *b,
                  const uint32_t *to_a, uint32_t *low, uint32_t *high)
{
    const struct dendro *d = b->d;

    for (uint32_t i = 0; i < d->count; i++) {
        if (dendro_is_leaf(d, i)) {
            bool known = b->place[i] != DENDRO_NONE;

            low[i] = known ? a->place[to_a[i]] : UINT32_MAX;
            high[i] = known ? low[i] : 0;
            continue;
        }
        low[i] = low[d->node[i].left];
        if (low[d->node[i].right] < low[i])
            low[i] = low[d->node[i].right];
        high[i] = high[d->node[i].left];
        if (high[d->node[i].right] > high[i])
            high[i] = high[d->node[i].right];
    }
}

/*
 * Marks the groups of b that a has too, and what every tree has. count: how
 * many groups b has; returns how many of them a shares.
 */
static uint32_t find_shared(const struct side *a, const struct side *b,
                            const uint32_t *to_a, uint32_t common, bool *same,
                            uint32_t *count)
{
    uint64_t *groups = mem_zalloc(a->d->count + 1, sizeof(*groups));
    uint32_t *low = mem_zalloc(b->d->count + 1, sizeof(*low));
    uint32_t *high = mem_zalloc(b->d->count + 1, sizeof(*high));
    uint32_t *own = mem_zalloc(a->d->leaves + 1, sizeof(*own));
    uint32_t shared = 0, n = 0;

    for (uint32_t i = 0; i < a->d->leaves; i++)
        own[i] = i;
    spans(a, a, own, low, high);
    for (uint32_t i = a->d->leaves; i < a->d->count; i++)
        if (is_group(a, i, common))
            groups[n++] = (uint64_t)low[i] << 32 | high[i];
    qsort(groups, n, sizeof(*groups), by_value);
    spans(a, b, to_a, low, high);
    *count = 0;
    for (uint32_t i = 0; i < b->d->count; i++) {
        uint64_t key = (uint64_t)low[i] << 32 | high[i];

        same[i] = b->size[i] == 1 || b->size[i] == common;
        if (!is_group(b, i, common))
            continue;
        ++*count;
        same[i] = bsearch(&key, groups, n, sizeof(key), by_value) &&
                  high[i] - low[i] + 1 == b->size[i];
        shared += same[i];
    }
    free(groups);
    free(low);
    free(high);
    free(own);
    return shared;
}

/*
 * The step at which every common class joins class `leaf` on its way to the
 * root, counted from 1; order: (common) the other classes, first come first.
 * Returns how many steps there are.
 */
static uint32_t join_steps(const struct side *side, uint32_t leaf,
                           uint32_t *step, uint32_t *order)
{
    const struct dendro *d = side->d;
    uint32_t at = leaf, steps = 0, n = 0;

    while (d->node[at].parent != DENDRO_NONE) {
        uint32_t parent = d->node[at].parent;
        uint32_t other = d->node[parent].left == at ? d->node[parent].right
                                                    : d->node[parent].left;
        const uint32_t *leaves = dendro_leaves(d, other);

        if (at == leaf || is_top(d, at))
            steps++;
        for (uint32_t i = 0; i < d->node[other].size; i++) {
            if (side->place[leaves[i]] == DENDRO_NONE)
                continue;
            step[leaves[i]] = steps;
            order[n++] = leaves[i];
        }
        at = parent;
    }
    return steps;
}

static void tree_add(uint32_t *sums, uint32_t n, uint32_t at)
{
    for (; at <= n; at += at & (0u - at))
        sums[at]++;
}

static uint64_t tree_sum(const uint32_t *sums, uint32_t at)
{
    uint64_t sum = 0;

    for (; at > 0; at -= at & (0u - at))
        sum += sums[at];
    return sum;
}

struct moved {
    uint32_t *step_a, *step_b; /* (leaves of a, of b) */
    uint32_t *order;           /* (common) */
    uint32_t *sums, *together; /* (steps of b + 1) */
};

/*
 * Pairs of others that join in the same order in both: walking in the order
 * of a, a class agrees with those before it that are before it in b as well,
 * and with those beside it that are beside it in b.
 */
static uint64_t count_agreeing(const struct moved *m, uint32_t others,
                               uint32_t steps, const uint32_t *to_b)
{
    uint64_t agreeing = 0;
    uint32_t next;

    memset(m->sums, 0, (steps + 1) * sizeof(*m->sums));
    for (uint32_t i = 0; i < others; i = next) {
        uint32_t here = m->step_a[m->order[i]];

        for (next = i; next < others && m->step_a[m->order[next]] == here;
             next++) {
            uint32_t there = m->step_b[to_b[m->order[next]]];

            agreeing += tree_sum(m->sums, there - 1) + m->together[there]++;
        }
        for (uint32_t j = i; j < next; j++) {
            uint32_t there = m->step_b[to_b[m->order[j]]];

            m->together[there] = 0;
            tree_add(m->sums, steps, there);
        }
    }
    return agreeing;
}

static enum status measure(struct treecompare *out, const struct side *a,
                           const struct side *b, const uint32_t *to_b,
                           const struct linkage_watch *watch, struct err *err)
{
    uint32_t others = out->common - 1, *scratch;
    double pairs = 0.5 * others * (others - 1.0), sum = 0;
    struct moved m;
    bool going = true;

    scratch = mem_zalloc(b->d->leaves + 1, sizeof(*scratch));
    m.step_a = mem_zalloc(a->d->leaves + 1, sizeof(*m.step_a));
    m.step_b = mem_zalloc(b->d->leaves + 1, sizeof(*m.step_b));
    m.order = mem_zalloc(a->d->leaves + 1, sizeof(*m.order));
    m.sums = mem_zalloc(b->d->count + 1, sizeof(*m.sums));
    m.together = mem_zalloc(b->d->count + 1, sizeof(*m.together));
    for (uint32_t leaf = 0; going && leaf < a->d->leaves; leaf++) {
        uint32_t steps;

        out->class_moved[leaf] = (double)NAN;
        if (a->place[leaf] == DENDRO_NONE)
            continue;
        steps = join_steps(b, to_b[leaf], m.step_b, scratch);
        join_steps(a, leaf, m.step_a, m.order);
        out->class_moved[leaf] =
            pairs > 0
                ? 1 - (double)count_agreeing(&m, others, steps, to_b) / pairs
                : 0;
        sum += out->class_moved[leaf];
        going = !watch || watch->going(watch->ctx, leaf, a->d->leaves);
    }
    out->moved = sum / out->common;
    free(scratch);
    free(m.step_a);
    free(m.step_b);
    free(m.order);
    free(m.sums);
    free(m.together);
    return going ? OK : err_set(err, ERR_CANCELLED, "comparing was stopped");
}

/* Which classes both have; to_a: (leaves of b). Returns how many. */
static uint32_t meet(const struct dendro *a, const struct dendro *b,
                     const uint32_t *to_b, uint32_t *to_a, bool *in_a,
                     bool *in_b)
{
    uint32_t common = 0;

    for (uint32_t i = 0; i < b->leaves; i++)
        to_a[i] = DENDRO_NONE;
    for (uint32_t i = 0; i < a->leaves; i++) {
        if (to_b[i] == DENDRO_NONE)
            continue;
        to_a[to_b[i]] = i;
        in_a[i] = in_b[to_b[i]] = true;
        common++;
    }
    return common;
}

enum status treecompare_run(struct treecompare *out, const struct dendro *a,
                            const struct dendro *b, const uint32_t *to_b,
                            const struct linkage_watch *watch, struct err *err)
{
    struct treecompare made = {0};
    uint32_t *to_a = mem_zalloc(b->leaves + 1, sizeof(*to_a));
    bool *in_a = mem_zalloc(a->leaves + 1, sizeof(*in_a));
    bool *in_b = mem_zalloc(b->leaves + 1, sizeof(*in_b));
    struct side sides[2];
    enum status status = OK;

    made.common = meet(a, b, to_b, to_a, in_a, in_b);
    made.class_moved = mem_zalloc(a->leaves + 1, sizeof(*made.class_moved));
    made.same_a = mem_zalloc(a->count + 1, sizeof(*made.same_a));
    made.same_b = mem_zalloc(b->count + 1, sizeof(*made.same_b));
    side_init(&sides[0], a, in_a);
    side_init(&sides[1], b, in_b);
    made.shared = find_shared(&sides[0], &sides[1], to_a, made.common,
                              made.same_b, &made.groups_b);
    find_shared(&sides[1], &sides[0], to_b, made.common, made.same_a,
                &made.groups_a);
    if (made.groups_a + made.groups_b > 0)
        made.robinson_foulds =
            1 - 2.0 * made.shared / (made.groups_a + made.groups_b);
    if (made.common > 0)
        status = measure(&made, &sides[0], &sides[1], to_b, watch, err);
    side_release(&sides[0]);
    side_release(&sides[1]);
    free(to_a);
    free(in_a);
    free(in_b);
    if (status == OK)
        *out = made;
    else
        treecompare_release(&made);
    return status;
}

void treecompare_release(struct treecompare *compare)
{
    free(compare->class_moved);
    free(compare->same_a);
    free(compare->same_b);
    memset(compare, 0, sizeof(*compare));
}

uint32_t treecompare_match(const struct dendro *a, const struct dendro *b,
                           const uint32_t *to_b, uint32_t node, double *overlap)
{
    uint32_t *both = mem_zalloc(b->count + 1, sizeof(*both));
    const uint32_t *leaves = dendro_leaves(a, node);
    uint32_t best = DENDRO_NONE;

    *overlap = 0;
    for (uint32_t i = 0; i < a->node[node].size; i++)
        if (to_b[leaves[i]] != DENDRO_NONE)
            both[to_b[leaves[i]]] = 1;
    for (uint32_t i = 0; i < b->count; i++) {
        double share;

        if (!dendro_is_leaf(b, i))
            both[i] = both[b->node[i].left] + both[b->node[i].right];
        share = (double)both[i] /
                (double)(a->node[node].size + b->node[i].size - both[i]);
        if (share > *overlap) {
            *overlap = share;
            best = i;
        }
    }
    free(both);
    return best;
}
