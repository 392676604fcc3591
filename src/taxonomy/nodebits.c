#include <config.h>

#include "taxonomy/nodebits.h"

#include <stdlib.h>

#include "base/mem.h"
#include "codes/code.h"

enum status nodebits_build(struct nodebits *out, const struct dendro *d,
                           const uint64_t *codes, int bits, struct err *err)
{
    size_t k = (size_t)bits;
    uint32_t *counts = mem_large(d->count, k * sizeof(*counts));

    if (counts == NULL)
        return err_set(err, ERR_NOMEM,
                       "no memory for the bits of a tree of %u nodes",
                       d->count);
    for (uint32_t i = 0; i < d->count; i++) {
        uint32_t *row = counts + i * k;
        const uint32_t *left, *right;

        if (dendro_is_leaf(d, i)) {
            for (int b = 0; b < bits; b++)
                row[b] = code_bit(codes[i], b);
            continue;
        }
        left = counts + d->node[i].left * k;
        right = counts + d->node[i].right * k;
        for (int b = 0; b < bits; b++)
            row[b] = left[b] + right[b];
    }
    out->bits = bits;
    out->counts = counts;
    return OK;
}

void nodebits_release(struct nodebits *nb)
{
    free(nb->counts);
    *nb = (struct nodebits)NODEBITS_INIT;
}

double nodebits_share(const struct nodebits *nb, const struct dendro *d,
                      uint32_t node, int bit)
{
    return (double)nodebits_set(nb, node, bit) / d->node[node].size;
}

/* |left set * right size - right set * left size|, below 2^28: exact. */
static uint64_t gap(const struct nodebits *nb, const struct dendro *d,
                    uint32_t node, int bit)
{
    uint32_t left = d->node[node].left, right = d->node[node].right;
    uint64_t a = (uint64_t)nodebits_set(nb, left, bit) * d->node[right].size;
    uint64_t b = (uint64_t)nodebits_set(nb, right, bit) * d->node[left].size;

    return a > b ? a - b : b - a;
}

static double children_product(const struct dendro *d, uint32_t node)
{
    return (double)d->node[d->node[node].left].size *
           d->node[d->node[node].right].size;
}

int nodebits_splitter(const struct nodebits *nb, const struct dendro *d,
                      uint32_t node)
{
    uint64_t widest = 0;
    int best = -1;

    if (dendro_is_leaf(d, node))
        return -1;
    for (int b = 0; b < nb->bits; b++) {
        uint64_t wide = gap(nb, d, node, b);

        if (wide > widest) {
            widest = wide;
            best = b;
        }
    }
    return best;
}

uint32_t nodebits_turn(const struct nodebits *nb, const struct dendro *d,
                       int bit)
{
    uint32_t best = DENDRO_NONE;
    double most = 0;

    for (uint32_t i = d->count; i-- > d->leaves;) {
        double wide = (double)gap(nb, d, i, bit);
        double gain = wide * wide / (children_product(d, i) * d->node[i].size);

        if (gain > most) {
            most = gain;
            best = i;
        }
    }
    return best;
}
