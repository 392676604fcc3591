#include <config.h>

#include "taxonomy/dendro.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

/* SplitMix64's finish (Steele, Lea and Flood 2014): one class, 64 bits. */
static uint64_t leaf_key(uint32_t leaf)
{
    uint64_t x = ((uint64_t)leaf + 1) * UINT64_C(0x9e3779b97f4a7c15);

    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

static enum status join(struct dendro *d, uint32_t at,
                        const struct linkage_merge *merge, struct err *err)
{
    uint32_t a = merge->left, b = merge->right, m = at - d->leaves;
    struct dendro_node *left, *right;

    if (a >= at || b >= at || a == b || d->node[a].parent != DENDRO_NONE ||
        d->node[b].parent != DENDRO_NONE)
        return err_set(err, ERR_BAD_INPUT,
                       "tree: merge %u (from 0) joins %u and %u, which are not "
                       "two clusters free to be joined",
                       m, a, b);
    if (d->node[a].lowest > d->node[b].lowest) {
        a = merge->right;
        b = merge->left;
    }
    left = &d->node[a];
    right = &d->node[b];
    if (!isfinite(merge->height) || merge->height < left->height ||
        merge->height < right->height)
        return err_set(err, ERR_BAD_INPUT,
                       "tree: merge %u (from 0) lies at height %g, below its "
                       "parts at %g and %g",
                       m, merge->height, left->height, right->height);
    left->parent = right->parent = at;
    d->node[at] = (struct dendro_node){
        .parent = DENDRO_NONE,
        .left = a,
        .right = b,
        .size = left->size + right->size,
        .lowest = left->lowest,
        .height = merge->height,
        .key = left->key + right->key,
    };
    return OK;
}

/* From the root down: places in the layout and depths. */
static void lay_out(struct dendro *d)
{
    for (uint32_t i = d->count; i-- > 0;) {
        const struct dendro_node *node = &d->node[i];

        if (dendro_is_leaf(d, i)) {
            d->order[node->first] = i;
            continue;
        }
        d->node[node->left].first = node->first;
        d->node[node->right].first = node->first + d->node[node->left].size;
        d->node[node->left].depth = node->depth + 1;
        d->node[node->right].depth = node->depth + 1;
    }
}

enum status dendro_from_merges(struct dendro *out,
                               const struct linkage_merge *merges,
                               uint32_t leaves, struct err *err)
{
    struct dendro d = {.leaves = leaves, .count = leaves ? 2 * leaves - 1 : 0};

    if (leaves > LINKAGE_CLASSES_MAX)
        return err_set(err, ERR_BAD_INPUT,
                       "a tree of %u classes; there can be at most %d", leaves,
                       LINKAGE_CLASSES_MAX);
    d.node = mem_zalloc(d.count, sizeof(*d.node));
    d.order = mem_zalloc(leaves, sizeof(*d.order));
    for (uint32_t i = 0; i < leaves; i++) {
        d.node[i] = (struct dendro_node){
            .parent = DENDRO_NONE,
            .left = DENDRO_NONE,
            .right = DENDRO_NONE,
            .size = 1,
            .lowest = i,
            .key = leaf_key(i),
        };
    }
    for (uint32_t at = leaves; at < d.count; at++) {
        if (join(&d, at, &merges[at - leaves], err) != OK) {
            dendro_release(&d);
            return err->status;
        }
    }
    lay_out(&d);
    *out = d;
    return OK;
}

enum status dendro_build(struct dendro *out, const uint64_t *codes,
                         uint32_t leaves, enum linkage linkage,
                         const struct linkage_watch *watch, struct err *err)
{
    struct linkage_merge *merges =
        mem_zalloc(leaves > 1 ? leaves - 1 : 0, sizeof(*merges));
    enum status status =
        linkage_run(merges, codes, leaves, linkage, watch, err);

    if (status == OK)
        status = dendro_from_merges(out, merges, leaves, err);
    free(merges);
    return status;
}

void dendro_release(struct dendro *d)
{
    free(d->node);
    free(d->order);
    *d = (struct dendro)DENDRO_INIT;
}

uint32_t dendro_meet(const struct dendro *d, uint32_t a, uint32_t b)
{
    while (!dendro_under(d, b, a))
        a = d->node[a].parent;
    return a;
}

uint32_t dendro_next(const struct dendro *d, uint32_t top, uint32_t node,
                     bool open)
{
    if (open && !dendro_is_leaf(d, node))
        return d->node[node].left;
    while (node != top) {
        uint32_t parent = d->node[node].parent;

        if (d->node[parent].left == node)
            return d->node[parent].right;
        node = parent;
    }
    return DENDRO_NONE;
}

uint32_t dendro_find(const struct dendro *d, uint64_t key)
{
    for (uint32_t i = 0; i < d->count; i++) {
        if (d->node[i].key == key)
            return i;
    }
    return DENDRO_NONE;
}

static uint32_t apart(uint32_t a, uint32_t b)
{
    return a > b ? a - b : b - a;
}

uint32_t dendro_place(const struct dendro *d, uint64_t key, uint32_t lowest,
                      uint32_t size)
{
    uint32_t best = dendro_find(d, key);

    if (best != DENDRO_NONE || lowest >= d->leaves)
        return best;
    best = lowest;
    for (uint32_t i = lowest; i != DENDRO_NONE; i = d->node[i].parent) {
        if (apart(d->node[i].size, size) < apart(d->node[best].size, size))
            best = i;
    }
    return best;
}

void dendro_height_text(struct str *out, double height, int decimals)
{
    long long unit = 1, scaled;

    for (int i = 0; i < decimals; i++)
        unit *= 10;
    scaled = llround(height * (double)unit);
    str_addf(out, "%lld", scaled / unit);
    if (scaled % unit == 0)
        return;
    str_addf(out, ".%0*lld", decimals, scaled % unit);
    while (out->text[out->length - 1] == '0')
        out->text[--out->length] = '\0';
}
