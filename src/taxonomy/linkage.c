#include <config.h>

#include "taxonomy/linkage.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "taxonomy/linkage-parts.h"

#define WATCH_MERGES 64u /* between two looks at the watch */

static const char *const names[LINKAGE_COUNT] = {
    [LINKAGE_AVERAGE] = "average",
    [LINKAGE_SINGLE] = "single",
    [LINKAGE_COMPLETE] = "complete",
    [LINKAGE_WARD] = "ward",
};

const char *linkage_name(enum linkage linkage)
{
    return names[linkage];
}

enum status linkage_parse(enum linkage *out, const char *name, struct err *err)
{
    for (int i = 0; i < LINKAGE_COUNT; i++) {
        if (strcmp(name, names[i]) == 0) {
            *out = (enum linkage)i;
            return OK;
        }
    }
    return err_set(err, ERR_BAD_INPUT,
                   "unknown linkage '%.40s'; there are average, single, "
                   "complete and ward",
                   name);
}

/* A merge as the chain makes it: clusters named by their smallest class. */
struct made {
    uint32_t low, high; /* low < high */
    uint32_t size;
    uint32_t turn; /* its place in the chain's order */
    struct linkage_height height;
};

/* Clusters live in the slot of their smallest class. */
struct chain {
    const struct linkage_ops *ops;
    void *state;
    uint32_t n;
    uint32_t *size;  /* (n) classes in the cluster of a slot */
    uint32_t *stack; /* (n) the chain itself */
    uint32_t length;
    struct made *made; /* (n - 1) */
};

/* Grows the chain until its last two are each other's nearest. */
static void grow(struct chain *ch, uint32_t *low, uint32_t *high)
{
    uint32_t top, near;

    /* slot 0 is always live: it holds the smallest class of all */
    if (ch->length == 0)
        ch->stack[ch->length++] = 0;
    for (;;) {
        uint32_t back = ch->n;

        top = ch->stack[ch->length - 1];
        if (ch->length > 1)
            back = ch->stack[ch->length - 2];
        near = ch->ops->nearest(ch->state, top, back);
        if (near == back)
            break;
        ch->stack[ch->length++] = near;
    }
    ch->length -= 2;
    *low = top < near ? top : near;
    *high = top < near ? near : top;
}

static enum status no_memory(uint32_t n, struct err *err)
{
    return err_set(err, ERR_NOMEM, "no memory for a tree of %u classes", n);
}

static enum status run(struct chain *ch, const struct linkage_watch *watch,
                       struct err *err)
{
    for (uint32_t turn = 0; turn + 1 < ch->n; turn++) {
        uint32_t low, high;

        if (watch != NULL && turn % WATCH_MERGES == 0 &&
            !watch->going(watch->ctx, turn, ch->n - 1))
            return err_set(err, ERR_CANCELLED, "stopped");
        grow(ch, &low, &high);
        ch->made[turn] =
            (struct made){low, high, ch->size[low] + ch->size[high], turn,
                          ch->ops->height(ch->state, low, high)};
        ch->size[low] += ch->size[high];
        if (!ch->ops->merge(ch->state, low, high))
            return no_memory(ch->n, err);
    }
    return OK;
}

static int compare_made(const void *a, const void *b)
{
    const struct made *x = a, *y = b;

    if (linkage_less(x->height, y->height))
        return -1;
    if (linkage_less(y->height, x->height))
        return 1;
    return x->turn < y->turn ? -1 : x->turn > y->turn;
}

/*
 * In the order of heights, clusters are numbered as they come; slot[] then
 * always holds the latest cluster of each slot, because what a merge was made
 * from is never higher than the merge. The quotient of two numbers below 2^64
 * is rounded from the exact value, once to long double and once to double, so
 * equal heights stay equal.
 */
static void number(struct linkage_merge *merges, struct chain *ch)
{
    uint32_t *slot = ch->stack;
    double floor = 0;

    qsort(ch->made, ch->n - 1, sizeof(*ch->made), compare_made);
    for (uint32_t i = 0; i < ch->n; i++)
        slot[i] = i;
    for (uint32_t m = 0; m + 1 < ch->n; m++) {
        const struct made *made = &ch->made[m];
        double height = (double)((long double)made->height.num /
                                 (long double)made->height.den);

        floor = height > floor ? height : floor;
        merges[m] = (struct linkage_merge){slot[made->low], slot[made->high],
                                           made->size, floor};
        slot[made->low] = ch->n + m;
    }
}

enum status linkage_run(struct linkage_merge *merges, const uint64_t *codes,
                        uint32_t n, enum linkage linkage,
                        const struct linkage_watch *watch, struct err *err)
{
    struct chain ch = {.ops =
                           linkage == LINKAGE_AVERAGE || linkage == LINKAGE_WARD
                               ? &linkage_sums
                               : &linkage_reach,
                       .n = n};
    enum status status;

    if (n > LINKAGE_CLASSES_MAX)
        return err_set(err, ERR_BAD_INPUT,
                       "a tree of %u classes; at most %d can be clustered", n,
                       LINKAGE_CLASSES_MAX);
    if (n < 2)
        return OK;
    ch.state = ch.ops->start(codes, n, linkage);
    if (ch.state == NULL)
        return no_memory(n, err);
    ch.size = mem_zalloc(n, sizeof(*ch.size));
    ch.stack = mem_zalloc(n, sizeof(*ch.stack));
    ch.made = mem_zalloc(n - 1, sizeof(*ch.made));
    for (uint32_t i = 0; i < n; i++)
        ch.size[i] = 1;
    status = run(&ch, watch, err);
    if (status == OK)
        number(merges, &ch);
    ch.ops->end(ch.state);
    free(ch.size);
    free(ch.stack);
    free(ch.made);
    return status;
}
