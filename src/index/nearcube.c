#include <config.h>

#include <math.h>

#include "codes/hamming.h"
#include "index/nearindex-parts.h"

#define BATCH 256 /* addresses that are looked up together */

#define ROW 8.0 /* ns to ask about a row and count it */

/* The chunk that the pattern leaves the fewest bits of; -1 without tables. */
static int narrowest(const struct near_ask *ask, int *open)
{
    int best = -1;

    for (int i = 0; i < ask->index->chunks; i++) {
        uint64_t bits = near_chunk(&ask->index->tables[i]) & ~ask->fixed;
        int count = __builtin_popcountll(bits);

        if (best < 0 || count < *open) {
            best = i;
            *open = count;
        }
    }
    return best;
}

double nearcube_cost(const struct near_ask *ask)
{
    const struct near_costs *costs = &ask->index->costs;
    int open = 0, which = narrowest(ask, &open);
    const struct near_table *t;
    double rows, buckets;

    if (which < 0)
        return INFINITY;
    t = &ask->index->tables[which];
    rows = ldexp((double)ask->index->set->count, open - t->width);
    buckets = ldexp(open == t->width ? costs->walk : costs->probe, open);
    if (t->codes == NULL && !ask->filtered && ask->index->set->margins == NULL)
        return buckets;
    return buckets + rows * costs->code +
           ROW * ldexp((double)ask->index->set->count,
                       -__builtin_popcountll(ask->fixed));
}

static void look(struct near_ask *ask, const struct near_table *t, size_t from,
                 size_t end)
{
    uint64_t query = ask->query->code & ask->counted;
    uint32_t places[NEAR_BLOCK];
    uint8_t zero[NEAR_BLOCK];

    for (; from < end; from += NEAR_BLOCK) {
        const uint64_t *codes = t->codes + from;
        size_t some = end - from < NEAR_BLOCK ? end - from : NEAR_BLOCK;
        size_t count = hamming_select(places, zero, codes, some, ask->value,
                                      ask->fixed, 0);

        for (size_t i = 0; i < count; i++)
            nearask_row(ask, t->ranks[from + places[i]], codes[places[i]],
                        code_distance(codes[places[i]] & ask->counted, query));
    }
}

static void flush(struct near_ask *ask, const struct near_table *t,
                  const uint64_t *addresses, size_t n)
{
    uint32_t from[BATCH], end[BATCH];
    uint8_t distances[BATCH];

    for (size_t i = 0; i < n; i++) {
        from[i] = t->starts[addresses[i]];
        end[i] = t->starts[addresses[i] + 1];
    }
    if (t->codes == NULL)
        hamming_scan(distances, addresses, n, ask->query->code, ask->counted);
    for (size_t i = 0; i < n; i++) {
        struct near_group group = {addresses[i], from[i], end[i] - from[i]};

        if (from[i] == end[i])
            continue;
        if (t->codes == NULL)
            nearask_groups(ask, &group, 1, t->ranks, distances[i]);
        else
            look(ask, t, from[i], end[i]);
    }
}

void nearcube_all(struct near_ask *ask)
{
    int open = 0, which = narrowest(ask, &open);
    const struct near_table *t = &ask->index->tables[which];
    uint64_t free_bits = (near_chunk(t) & ~ask->fixed) >> t->shift;
    uint64_t base = (ask->value & near_chunk(t)) >> t->shift, sub = 0;
    uint64_t addresses[BATCH];
    size_t n = 0;

    do {
        addresses[n++] = base | sub;
        if (n == BATCH) {
            flush(ask, t, addresses, n);
            n = 0;
        }
        sub = (sub - free_bits) & free_bits;
    } while (sub != 0);
    flush(ask, t, addresses, n);
}
