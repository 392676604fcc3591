#include <config.h>

#include <math.h>

#include "codes/hamming.h"
#include "index/nearindex-parts.h"

#define BATCH 256 /* addresses that are looked up together */

/*
 * Of the other way's cost: what may be spent without asking; what, if that is
 * expected to be all; and what, if only an even spread of codes makes one expect
 * it, and they lie in clusters.
 */
#define FREELY   0.02
#define HOPING   0.7
#define DOUBTING 0.15

/* How the bits of one chunk are walked through. Bits are those of addresses. */
struct walk {
    const struct near_table *table;
    uint64_t chunk;                /* bits of codes */
    uint64_t base;                 /* the query's address, pattern put in */
    uint64_t flips[CODE_BITS_MAX]; /* counted free bits, one each */
    int counted;                   /* their number */
    uint64_t ignored;              /* free bits that do not count */
    int ignored_count;
};

struct ball {
    struct near_ask *ask;
    struct walk walks[NEAR_CHUNKS];
    int count;
    int least; /* distance that the pattern makes inevitable */
    int fixed_bits;
    uint64_t free; /* counted bits that are free */
    bool grows;    /* what was found tells how far it is */
    int reach;     /* beyond it the other way is cheaper for certain */
    double spent, budget;
    int radius, at; /* of the chunk walks[at] */
    uint64_t batch[BATCH];
    size_t filled;
    bool over; /* the budget was */
};

static int bits_of(uint64_t x)
{
    return __builtin_popcountll(x);
}

static void walk_init(struct walk *w, const struct near_table *t,
                      const struct near_ask *ask)
{
    uint64_t open = near_chunk(t) & ~ask->fixed;
    uint64_t counted = open & ask->counted;

    w->table = t;
    w->chunk = near_chunk(t);
    w->base = (((ask->value & ask->fixed) | (ask->query->code & counted)) &
               w->chunk) >>
              t->shift;
    w->counted = 0;
    for (uint64_t rest = counted >> t->shift; rest != 0; rest &= rest - 1)
        w->flips[w->counted++] = rest & -rest;
    w->ignored = (open & ~ask->counted) >> t->shift;
    w->ignored_count = bits_of(w->ignored);
}

/* Chunks that cost least come first; those that cost far more stay away. */
static void ball_init(struct ball *b, struct near_ask *ask)
{
    const struct nearindex *index = ask->index;

    b->ask = ask;
    b->count = 0;
    for (int i = 0; i < index->chunks; i++) {
        struct walk w;
        int at = b->count++;

        walk_init(&w, &index->tables[i], ask);
        for (; at > 0 && b->walks[at - 1].ignored_count > w.ignored_count; at--)
            b->walks[at] = b->walks[at - 1];
        b->walks[at] = w;
    }
    while (b->count > 1 &&
           b->walks[b->count - 1].ignored_count > b->walks[0].ignored_count + 2)
        b->count--;
    b->free = ask->counted & ~ask->fixed;
    b->fixed_bits = bits_of(ask->fixed);
    b->least =
        bits_of((ask->value ^ ask->query->code) & ask->fixed & ask->counted);
    b->spent = 0;
    b->filled = 0;
    b->over = false;
}

static bool more_than(uint64_t x, int bits)
{
    for (; bits > 0 && x != 0; bits--)
        x &= x - 1;
    return x != 0;
}

/*
 * A row is taken from the first bucket of the walk that it lies in: the walks
 * before this one have been as far as its radius, those after it one less.
 */
static bool seen_before(const struct ball *b, uint64_t difference)
{
    difference &= b->free;
    for (int i = 0; i < b->count; i++) {
        int reached = i < b->at ? b->radius : b->radius - 1;

        if (i != b->at && reached >= 0 &&
            !more_than(difference & b->walks[i].chunk, reached))
            return true;
    }
    return false;
}

/*
 * Codes beyond the reach will not be answers of a ball: to pass them over
 * spares the bulk of those that share a chunk by chance.
 */
static void look(struct ball *b, const struct near_table *t, size_t from,
                 size_t n)
{
    struct near_ask *ask = b->ask;
    int most = b->least + b->reach;
    uint32_t places[NEAR_BLOCK];
    uint8_t distances[NEAR_BLOCK];

    for (size_t end = from + n; from < end; from += NEAR_BLOCK) {
        const uint64_t *codes = t->codes + from;
        size_t some = end - from < NEAR_BLOCK ? end - from : NEAR_BLOCK;
        size_t count =
            hamming_select(places, distances, codes, some, ask->query->code,
                           ask->counted, ask->limit < most ? ask->limit : most);

        for (size_t i = 0; i < count; i++) {
            uint64_t code = codes[places[i]];

            if (((code ^ ask->value) & ask->fixed) == 0 &&
                !seen_before(b, code ^ ask->query->code))
                nearask_row(ask, t->ranks[from + places[i]], code,
                            distances[i]);
        }
    }
}

/* Looks the addresses up at once, so that their misses overlap. */
static void flush(struct ball *b)
{
    const struct near_table *t = b->walks[b->at].table;
    struct near_group groups[BATCH];
    size_t n = 0, rows = 0;

    for (size_t i = 0; i < b->filled; i++) {
        uint64_t address = b->batch[i];
        uint32_t from = t->starts[address];
        uint32_t count = t->starts[address + 1] - from;

        groups[n] = (struct near_group){address, from, count};
        n += count != 0;
        rows += count;
        if (t->codes != NULL)
            __builtin_prefetch(t->codes + from);
        else
            __builtin_prefetch(t->ranks + from);
    }
    b->spent += b->ask->index->costs.probe * (double)b->filled;
    if (t->codes != NULL)
        b->spent += b->ask->index->costs.code * (double)rows;
    b->over = b->spent > b->budget;
    b->filled = 0;
    if (b->over)
        return;
    if (t->codes == NULL) {
        nearask_groups(b->ask, groups, n, t->ranks, b->least + b->radius);
        return;
    }
    for (size_t i = 0; i < n; i++)
        look(b, t, groups[i].from, groups[i].count);
}

static void add(struct ball *b, uint64_t address)
{
    b->batch[b->filled++] = address;
    if (b->filled == BATCH)
        flush(b);
}

/* All addresses with `left` flips more, from flips[first] on. */
static void spread(struct ball *b, const struct walk *w, uint64_t address,
                   int first, int left)
{
    if (left == 0) {
        add(b, address);
        return;
    }
    for (int i = first; i <= w->counted - left && !b->over; i++) {
        if (left == 1)
            add(b, address ^ w->flips[i]);
        else
            spread(b, w, address ^ w->flips[i], i + 1, left - 1);
    }
}

static void shell(struct ball *b)
{
    const struct walk *w = &b->walks[b->at];
    uint64_t sub = 0;

    do {
        spread(b, w, w->base | sub, 0, b->radius);
        sub = (sub - w->ignored) & w->ignored;
    } while (sub != 0 && !b->over);
    if (!b->over)
        flush(b);
}

static double choose(int n, int r)
{
    double c = 1;

    for (int i = 0; i < r; i++)
        c = c * (n - i) / (i + 1);
    return c;
}

static double shell_cost(const struct ball *b, int at, int radius)
{
    const struct near_costs *costs = &b->ask->index->costs;
    const struct walk *w = &b->walks[at];
    double buckets = radius > w->counted
                         ? 0
                         : choose(w->counted, radius) *
                               (double)(UINT64_C(1) << w->ignored_count);
    double rows = (double)b->ask->index->set->count /
                  (double)(UINT64_C(1) << w->table->width);

    return buckets *
           (costs->probe + (w->table->codes != NULL ? rows * costs->code : 0));
}

/*
 * The distance, as far as can be told, at which the last answer lies: counts
 * grow as they did over the last step, a little less each time, for clusters
 * are bell-shaped; or as codes would that are spread evenly.
 */
static int expect(struct ball *b, int sure)
{
    const struct near_ask *ask = b->ask;
    int n = bits_of(b->free), from = b->least + sure;
    double rows = ldexp((double)ask->index->set->count, -b->fixed_bits - n);
    double have = 0, before = 0, even = 0, growth = 1;

    for (int d = 0; d <= from; d++) {
        before = have;
        have += (double)ask->fresh[d];
    }
    if (before >= 4)
        growth = have / before;
    b->grows = before >= 4 || ask->within >= ask->want;
    for (int e = 0; e <= n && b->least + e < ask->limit; e++) {
        even += rows * choose(n, e);
        if (e > sure) {
            have *= growth;
            growth = 1 + (growth - 1) * 0.8;
        }
        if (e > sure &&
            (have >= (double)ask->want || even >= (double)ask->want))
            return e;
    }
    return ask->limit - b->least;
}

/* Is the next step worth its cost? Sets the budget. */
static bool worth(struct ball *b, double other)
{
    int sure = b->count * b->radius + b->at - 1;
    int last = expect(b, sure);
    double rest = 0, step = shell_cost(b, b->at, b->radius);

    if (other == INFINITY) {
        b->budget = INFINITY;
        return true;
    }
    for (int e = sure + 1; e <= last; e++) {
        rest += shell_cost(b, e % b->count, e / b->count);
        if (b->spent + rest > HOPING * other)
            break;
    }
    b->budget = (b->ask->index->even || b->grows ? HOPING : DOUBTING) * other;
    if (b->spent + rest <= b->budget)
        return true;
    b->budget = FREELY * other;
    return b->spent + step <= b->budget;
}

/* A walk that comes to the end of a chunk has seen everything. */
static int reach(const struct ball *b, double other)
{
    double cost = 0;

    for (int e = 0; e < CODE_BITS_MAX; e++) {
        int at = e % b->count, radius = e / b->count;

        cost += shell_cost(b, at, radius);
        if (cost > HOPING * other)
            return e;
        if (radius >= b->walks[at].counted)
            break;
    }
    return CODE_BITS_MAX;
}

/* The ball's first addresses, itself and those one flip away. */
static uint64_t first_address(const struct walk *w, int i)
{
    return i == 0 ? w->base : w->base ^ w->flips[i - 1];
}

void nearball_foresee(const struct near_ask *asks, size_t n)
{
    const struct near_table *t = &asks[0].index->tables[0];
    struct walk walks[NEAR_TOGETHER];

    if (asks[0].index->chunks != 1 || t->codes != NULL)
        return;
    for (size_t q = 0; q < n; q++) {
        walk_init(&walks[q], t, &asks[q]);
        for (int i = 0; i <= walks[q].counted; i++)
            __builtin_prefetch(t->starts + first_address(&walks[q], i));
    }
    for (size_t q = 0; q < n; q++) {
        for (int i = 0; i <= walks[q].counted; i++)
            __builtin_prefetch(t->ranks +
                               t->starts[first_address(&walks[q], i)]);
    }
}

bool nearball_all(struct near_ask *ask, double other)
{
    struct ball b;
    bool complete = false;

    ball_init(&b, ask);
    b.reach = reach(&b, other);
    for (b.radius = 0; !complete; b.radius++) {
        for (b.at = 0; b.at < b.count && !complete; b.at++) {
            int sure = b.count * b.radius + b.at - 1;

            if (b.least + sure >= ask->limit)
                return true;
            if (sure >= b.reach || !worth(&b, other))
                return false;
            shell(&b);
            if (b.over)
                return false;
            complete = b.radius >= b.walks[b.at].counted;
        }
    }
    return true;
}
