#include <config.h>

#include "taxonomy/linkage.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codes/code.h"

__extension__ typedef unsigned __int128 wide;

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

/* A height as it is: num / den, den > 0, num < 2^59, den < 2^40. */
struct height {
    uint64_t num, den;
};

static bool less(struct height a, struct height b)
{
    return (wide)a.num * b.den < (wide)b.num * a.den;
}

/* A merge as the chain makes it: clusters named by their smallest class. */
struct made {
    uint32_t low, high; /* low < high */
    uint32_t size;
    uint32_t turn; /* its place in the chain's order */
    struct height height;
};

/*
 * Clusters live in the slot of their smallest class. between[] is the upper
 * triangle, row by row, of what is known of two clusters: the least, the
 * largest or the sum of the distances of their classes, which stays below
 * 64 * (n/2)^2 < 2^32.
 */
struct chain {
    enum linkage linkage;
    uint32_t n;
    uint32_t *between;
    uint32_t *size;   /* (n) classes in the cluster */
    uint64_t *within; /* (n) sum of distances over the pairs inside */
    uint32_t *next;   /* (n) following live slot, ascending; n ends */
    uint32_t *stack;  /* (n) the chain itself */
    uint32_t length;
    struct made *made; /* (n - 1) */
};

static uint32_t *entry(const struct chain *ch, uint32_t a, uint32_t b)
{
    size_t i = a < b ? a : b, j = a < b ? b : a;

    return ch->between + i * (2 * (size_t)ch->n - i - 1) / 2 + (j - i - 1);
}

static struct height height_of(const struct chain *ch, uint32_t a, uint32_t b)
{
    uint64_t na = ch->size[a], nb = ch->size[b], d = *entry(ch, a, b);

    switch (ch->linkage) {
    case LINKAGE_AVERAGE:
        return (struct height){d, na * nb};
    case LINKAGE_WARD:
        return (struct height){2 * (d * na * nb - ch->within[a] * nb * nb -
                                    ch->within[b] * na * na),
                               na * nb * (na + nb)};
    default:
        return (struct height){d, 1};
    }
}

/*
 * The cluster nearest to `a`: `back`, where the chain came from (n if it
 * starts here), unless another is strictly nearer; of several, the smallest.
 */
static uint32_t nearest(const struct chain *ch, uint32_t a, uint32_t back)
{
    struct height least = {0, 1};
    uint32_t best = back;

    if (back < ch->n)
        least = height_of(ch, a, back);
    for (uint32_t c = 0; c < ch->n; c = ch->next[c]) {
        struct height h;

        if (c == a || c == back)
            continue;
        h = height_of(ch, a, c);
        if (best == ch->n || less(h, least)) {
            best = c;
            least = h;
        }
    }
    return best;
}

/* Lance and Williams's update, in integers. */
static void merge(struct chain *ch, uint32_t low, uint32_t high, uint32_t turn)
{
    uint32_t before = low;

    ch->made[turn] = (struct made){low, high, ch->size[low] + ch->size[high],
                                   turn, height_of(ch, low, high)};
    ch->within[low] += ch->within[high] + *entry(ch, low, high);
    ch->size[low] += ch->size[high];
    for (uint32_t c = 0; c < ch->n; c = ch->next[c]) {
        uint32_t *d, other;

        if (c < high)
            before = c;
        if (c == low || c == high)
            continue;
        d = entry(ch, low, c);
        other = *entry(ch, high, c);
        if (ch->linkage == LINKAGE_SINGLE)
            *d = other < *d ? other : *d;
        else if (ch->linkage == LINKAGE_COMPLETE)
            *d = other > *d ? other : *d;
        else
            *d += other;
    }
    ch->next[before] = ch->next[high];
}

/* Slot 0 is always live: it holds the smallest class of all. */
static void run(struct chain *ch)
{
    for (uint32_t turn = 0; turn + 1 < ch->n; turn++) {
        uint32_t top, near;

        if (ch->length == 0)
            ch->stack[ch->length++] = 0;
        for (;;) {
            uint32_t back = ch->n;

            top = ch->stack[ch->length - 1];
            if (ch->length > 1)
                back = ch->stack[ch->length - 2];
            near = nearest(ch, top, back);
            if (near == back)
                break;
            ch->stack[ch->length++] = near;
        }
        ch->length -= 2;
        merge(ch, top < near ? top : near, top < near ? near : top, turn);
    }
}

static int compare_made(const void *a, const void *b)
{
    const struct made *x = a, *y = b;

    if (less(x->height, y->height))
        return -1;
    if (less(y->height, x->height))
        return 1;
    return x->turn < y->turn ? -1 : x->turn > y->turn;
}

/*
 * In the order of heights, clusters are numbered as they come; slot[] then
 * always holds the latest cluster of each slot, because what a merge was made
 * from is never higher than the merge. The quotient of two numbers below 2^63
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
                        uint32_t n, enum linkage linkage, struct err *err)
{
    struct chain ch = {.linkage = linkage, .n = n};

    if (n > LINKAGE_CLASSES_MAX)
        return err_set(err, ERR_BAD_INPUT,
                       "a tree of %u classes; at most %d can be clustered", n,
                       LINKAGE_CLASSES_MAX);
    if (n < 2)
        return OK;
    ch.between = mem_large((size_t)n * (n - 1) / 2, sizeof(*ch.between));
    if (ch.between == NULL)
        return err_set(err, ERR_NOMEM,
                       "no memory for the distances of %u classes", n);
    ch.size = mem_zalloc(n, sizeof(*ch.size));
    ch.within = mem_zalloc(n, sizeof(*ch.within));
    ch.next = mem_zalloc(n, sizeof(*ch.next));
    ch.stack = mem_zalloc(n, sizeof(*ch.stack));
    ch.made = mem_zalloc(n - 1, sizeof(*ch.made));
    for (uint32_t i = 0, at = 0; i < n; i++) {
        ch.size[i] = 1;
        ch.next[i] = i + 1;
        for (uint32_t j = i + 1; j < n; j++)
            ch.between[at++] = (uint32_t)code_distance(codes[i], codes[j]);
    }
    run(&ch);
    number(merges, &ch);
    free(ch.between);
    free(ch.size);
    free(ch.within);
    free(ch.next);
    free(ch.stack);
    free(ch.made);
    return OK;
}
