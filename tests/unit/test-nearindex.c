#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codes/margin.h"
#include "index/nearindex-parts.h"

#include "nearnaive.h"
#include "tap.h"

#define MOST_IDS 64

/* A query and what it borrows. */
struct question {
    struct near_query q;
    struct pattern pattern;
    int8_t margins[CODE_BITS_MAX];
    uint64_t rows[64];
    int64_t ids[MOST_IDS];
};

static bool keep_odd(const struct near_set *set, size_t row, void *context)
{
    (void)context;
    return set->ids[row] & 1;
}

static bool one_in(struct rng *rng, uint64_t n)
{
    return rng_below(rng, n) == 0;
}

/* A pattern with anything from no free bit to all of them. */
static void ask_pattern(struct question *a, const struct near_set *set,
                        struct rng *rng)
{
    uint64_t open = rng_below(rng, (uint64_t)set->bits + 1);

    a->pattern = (struct pattern){
        code_mask(set->bits), rng_next(rng) & code_mask(set->bits), set->bits};
    if (set->count > 0 && !one_in(rng, 3))
        a->pattern.value = set->codes[rng_below(rng, set->count)];
    for (uint64_t i = 0; i < open; i++)
        a->pattern.fixed &=
            ~(UINT64_C(1) << rng_below(rng, (uint64_t)set->bits));
    if (one_in(rng, 8))
        a->pattern.fixed = 0;
    a->pattern.value &= a->pattern.fixed;
    a->q.pattern = &a->pattern;
}

static void ask_ids(struct question *a, const struct near_set *set,
                    struct rng *rng)
{
    size_t many = rng_below(rng, MOST_IDS), n = 0;
    int64_t id = -9;

    for (size_t i = 0; i < many; i++) {
        id += 1 + (int64_t)rng_below(rng, 6 * set->count / (many + 1) + 2);
        a->ids[n++] = id;
    }
    a->q.ids = a->ids;
    a->q.id_count = n;
}

static void ask_filters(struct question *a, const struct near_set *set,
                        struct rng *rng)
{
    if (one_in(rng, 5))
        a->q.splits = 1 + (uint32_t)rng_below(rng, 7);
    a->q.in_class = one_in(rng, 6);
    a->q.class_id = (int32_t)rng_below(rng, 5) - 1;
    if (one_in(rng, 4) && set->count > 0) {
        a->q.skip = true;
        a->q.skip_id = set->ids[rng_below(rng, set->count)] + one_in(rng, 5);
    }
    if (one_in(rng, 10))
        a->q.keep = keep_odd;
    if (one_in(rng, 8) && set->count <= 64 * ARRAY_SIZE(a->rows)) {
        bool sparse = one_in(rng, 2);

        for (size_t i = 0; i < ARRAY_SIZE(a->rows); i++) {
            a->rows[i] = rng_next(rng);
            for (int j = 0; sparse && j < 6; j++)
                a->rows[i] &= rng_next(rng);
        }
        a->q.rows = a->rows;
    }
    if (one_in(rng, 8))
        ask_ids(a, set, rng);
}

static void ask(struct question *a, const struct near_set *set, struct rng *rng)
{
    int bits = set->bits;
    bool random = set->count == 0 || one_in(rng, 3);
    uint64_t code = random ? rng_next(rng) & code_mask(bits)
                           : set->codes[rng_below(rng, set->count)];

    near_query_init(&a->q, code, rng_below(rng, 20));
    if (one_in(rng, 10))
        a->q.k = set->count + rng_below(rng, 3);
    for (int b = 0; b < bits; b++) {
        int value = (int)rng_below(rng, 128);

        a->margins[b] = (int8_t)(code_bit(code, b) ? value : -1 - value + 1);
        if (!code_bit(code, b) && a->margins[b] == 0)
            a->margins[b] = -1;
    }
    if (one_in(rng, 2))
        a->q.margins = a->margins;
    if (one_in(rng, 3))
        a->q.radius = (int)rng_below(rng, (uint64_t)bits + 2);
    a->q.all_ties = one_in(rng, 4);
    a->q.brief = !one_in(rng, 3);
    if (one_in(rng, 5))
        a->q.ignore = rng_next(rng) & rng_next(rng) & code_mask(bits);
    if (one_in(rng, 12))
        a->q.ignore = code_mask(bits);
    if (one_in(rng, 3))
        ask_pattern(a, set, rng);
    if (one_in(rng, 2))
        ask_filters(a, set, rng);
    if (one_in(rng, 4)) {
        a->q.resume = true;
        a->q.after.distance = (int)rng_below(rng, (uint64_t)bits + 3) - 1;
        if (!one_in(rng, 3))
            a->q.after.margin =
                (int32_t)rng_below(rng, (uint64_t)bits * 256) - 9;
        a->q.after.id = (int64_t)rng_below(rng, 3 * set->count + 9) - 9;
    }
}

/* Ways that go with the query and the tables there are. */
static bool goes(const struct nearindex *index, const struct near_query *q,
                 enum near_way way)
{
    double work = 1;

    if (way == NEAR_AUTO || way == NEAR_SCAN)
        return true;
    if (way == NEAR_LIST)
        return q->ids != NULL || q->rows != NULL;
    if (index->chunks == 0)
        return false;
    if (way == NEAR_CUBE)
        return true;
    for (int i = index->tables[0].width; i > 0 && work < 3e6; i--)
        work *= 2;
    return q->brief && work < 3e6;
}

static int compare_ways(const struct nearindex *index,
                        const struct near_query *q)
{
    struct near_answer want, got = NEAR_ANSWER_INIT;
    struct err err;
    int wrong = 0;

    nearnaive_search(&want, index->set, q);
    for (enum near_way way = NEAR_AUTO; way <= NEAR_BALL; way++) {
        if (!goes(index, q, way))
            continue;
        if (nearindex_ask(&got, index, q, way, &err) != OK)
            abort();
        if (!nearnaive_same(&got, &want)) {
            tap_note("way %d: %zu of %zu items, %zu of %zu counted", (int)way,
                     got.count, want.count, got.considered, want.considered);
            wrong++;
        }
        near_answer_release(&got);
    }
    near_answer_release(&want);
    return wrong;
}

/* Tables whatever the plan says: small sets must try them, too. */
static void cut(struct nearindex *index, const struct near_set *set, int chunks)
{
    struct err err;

    memset(index, 0, sizeof(*index));
    if (nearindex_bare(index, set, &err) != OK)
        abort();
    for (int i = 0; i < chunks; i++) {
        int from = set->bits * i / chunks, to = set->bits * (i + 1) / chunks;

        index->chunks++;
        if (!neartable_build(&index->tables[i], index->codes, set->count, from,
                             to - from, chunks == 1))
            abort();
    }
    index->costs = (struct near_costs){0.3, 0.5, 0.3, 0.2};
}

/* Every width, cut as it could be; `asked` questions each. */
static void test_widths(bool margins, int asked)
{
    int wrong = 0, compared = 0;

    for (int bits = 1; bits <= CODE_BITS_MAX; bits++) {
        for (int chunks = 0; chunks <= NEAR_CHUNKS && chunks <= bits;
             chunks++) {
            struct near_set set = NEAR_SET_INIT;
            struct nearindex index;
            struct rng rng;

            if (chunks > 0 && bits > 14 * chunks + 8)
                continue;
            rng_init(&rng, (uint64_t)bits, (uint64_t)(chunks + 8 * margins));
            nearnaive_fill(&set, rng_below(&rng, 260), bits,
                           (enum nearnaive_codes)rng_below(&rng, 3), margins,
                           one_in(&rng, 2), &rng);
            cut(&index, &set, chunks);
            for (int t = 0; t < asked; t++) {
                struct question a;

                memset(&a, 0, sizeof(a));
                ask(&a, &set, &rng);
                if (bits <= 24 || chunks != 1) {
                    wrong += compare_ways(&index, &a.q);
                    compared++;
                }
            }
            nearindex_release(&index);
            near_set_release(&set);
        }
    }
    tap_int(wrong, 0, "%d questions to codes of 1 to 64 bits %s margins",
            compared, margins ? "with" : "without");
}

/* What nearindex_build() makes of sets that are large enough for tables. */
static void test_built(size_t n, int bits, enum nearnaive_codes codes,
                       bool margins, int chunks)
{
    struct near_set set = NEAR_SET_INIT;
    struct nearindex *index;
    struct rng rng;
    struct err err;
    int wrong = 0;

    rng_init(&rng, n, (uint64_t)bits);
    nearnaive_fill(&set, n, bits, codes, margins, bits % 2, &rng);
    if (nearindex_build(&index, &set, &err) != OK)
        abort();
    tap_int(index->chunks, chunks, "%zu codes of %d bits: tables", n, bits);
    tap_ok(chunks == 0 || (index->costs.scan > 0 && index->costs.probe > 0),
           "costs were measured");
    for (int t = 0; t < 12; t++) {
        struct question a;

        memset(&a, 0, sizeof(a));
        ask(&a, &set, &rng);
        wrong += compare_ways(index, &a.q);
    }
    tap_int(wrong, 0, "answers to all ways");
    wrong = 0;
    for (size_t row = 0; row < n; row += 1 + n / 50)
        wrong += nearindex_find(index, set.ids[row]) != row;
    tap_ok(wrong == 0 && nearindex_find(index, -6) == SIZE_MAX &&
               nearindex_find(index, INT64_MAX) == SIZE_MAX &&
               nearindex_set(index) == &set,
           "rows by id");
    tap_ok(nearindex_bytes(index) >= (size_t)chunks * n * (chunks > 1 ? 12 : 4),
           "and its bytes: %zu", nearindex_bytes(index));
    nearindex_free(index);
    near_set_release(&set);
}

/* Page after page is the long answer. */
static void test_pages(int chunks, bool margins)
{
    struct near_set set = NEAR_SET_INIT;
    struct near_answer all = NEAR_ANSWER_INIT, page = NEAR_ANSWER_INIT;
    struct nearindex index;
    struct near_query q;
    struct rng rng;
    struct err err;
    size_t at = 0;
    bool same = true;

    rng_init(&rng, 5, (uint64_t)chunks);
    nearnaive_fill(&set, 900, 12, NEARNAIVE_CLUSTERS, margins, true, &rng);
    cut(&index, &set, chunks);
    near_query_init(&q, set.codes[7], 0);
    q.brief = true;
    if (nearindex_search(&all, &index, &q, &err) != OK)
        abort();
    for (q.k = 37;; q.resume = true) {
        if (nearindex_search(&page, &index, &q, &err) != OK)
            abort();
        for (size_t i = 0; i < page.count; i++, at++)
            same = same && at < all.count &&
                   page.items[i].row == all.items[at].row;
        if (page.count == 0)
            break;
        q.after.distance = page.items[page.count - 1].distance;
        q.after.margin = page.items[page.count - 1].margin;
        q.after.id = page.items[page.count - 1].id;
        near_answer_release(&page);
    }
    tap_ok(same && at == 900, "25 pages of %d tables are one list", chunks);
    tap_ok(page.ties.distance == -1 && page.ties.in_all == 0,
           "and the page behind it is empty");
    near_answer_release(&page);
    near_answer_release(&all);
    nearindex_release(&index);
    near_set_release(&set);
}

enum { BATCH = 100 };

static void test_batch(int chunks, int bits)
{
    struct near_set set = NEAR_SET_INIT;
    /* the memory of one run is used by the next, and grows */
    static const struct {
        size_t from, count;
        int threads;
    } runs[] = {{0, 7, 0},  {7, 7, 0},  {14, 7, 2},    {21, 7, 2},
                {28, 7, 0}, {35, 7, 0}, {0, BATCH, 0}, {0, BATCH, 5}};
    struct near_answers many = NEAR_ANSWERS_INIT;
    struct near_answer one;
    static struct question a[BATCH];
    struct near_query queries[BATCH];
    struct nearindex index;
    struct rng rng;
    struct err err;
    int wrong = 0;

    rng_init(&rng, 6, (uint64_t)bits);
    nearnaive_fill(&set, 9000, bits, NEARNAIVE_CLUSTERS, true, false, &rng);
    cut(&index, &set, chunks);
    memset(a, 0, sizeof(a));
    for (int i = 0; i < BATCH; i++) {
        ask(&a[i], &set, &rng);
        queries[i] = a[i].q;
    }
    for (size_t run = 0; run < ARRAY_SIZE(runs); run++) {
        if (nearindex_batch(&many, &index, queries + runs[run].from,
                            runs[run].count, runs[run].threads, &err) != OK)
            abort();
        wrong += many.count != runs[run].count;
        for (size_t i = 0; i < many.count; i++) {
            if (nearindex_search(&one, &index, &queries[runs[run].from + i],
                                 &err) != OK)
                abort();
            wrong += !nearnaive_same(&one, &many.each[i]);
            near_answer_release(&one);
        }
    }
    tap_int(wrong, 0, "a batch of %d bits answers as one by one", bits);
    queries[70].code = queries[31].code = UINT64_MAX;
    tap_int(nearindex_batch(&many, &index, queries, BATCH, 3, &err),
            ERR_BAD_INPUT, "a batch with a bad query fails");
    tap_int((int)many.count, 0, "and has no answers");
    tap_int(nearindex_batch(&many, &index, queries, 0, 0, &err), OK,
            "an empty batch");
    near_answers_release(&many);
    nearindex_release(&index);
    near_set_release(&set);
}

static int compare_keys(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

static void test_keys(void)
{
    enum { MOST = 3000 };
    static uint64_t keys[MOST], sorted[MOST], all[MOST], spare[MOST];
    struct rng rng;
    int wrong = 0;

    rng_init(&rng, 8, 0);
    for (size_t n = 1; n < MOST; n += 1 + n / 3) {
        for (int how = 0; how < 5; how++) {
            size_t first = 1 + rng_below(&rng, n);

            for (size_t i = 0; i < n; i++)
                keys[i] = how == 0   ? rng_next(&rng)
                          : how == 1 ? i
                          : how == 2 ? rng_below(&rng, 3)
                          : how == 3 ? rng_next(&rng) >> rng_below(&rng, 64)
                                     : n - i;
            memcpy(sorted, keys, n * sizeof(*keys));
            qsort(sorted, n, sizeof(*sorted), compare_keys);
            memcpy(all, keys, n * sizeof(*keys));
            nearkeys_sort(keys, spare, n, first);
            wrong += memcmp(keys, sorted, first * sizeof(*keys)) != 0;
            nearkeys_sort(all, spare, n, n);
            wrong += memcmp(all, sorted, n * sizeof(*keys)) != 0;
        }
    }
    tap_int(wrong, 0, "keys sorted and selected");
}

int main(void)
{
    test_keys();
    test_pages(0, true);
    test_pages(1, false);
    test_pages(1, true);
    test_pages(2, true);
    test_batch(1, 10);
    test_batch(3, 34);
    test_built(0, 9, NEARNAIVE_UNIFORM, false, 0);
    test_built(1000, 5, NEARNAIVE_UNIFORM, true, 0);
    test_built(2000, 15, NEARNAIVE_CLUSTERS, true, 0);
    test_built(5000, 15, NEARNAIVE_CLUSTERS, true, 1);
    test_built(40000, 6, NEARNAIVE_FEW, false, 1);
    test_built(40000, 28, NEARNAIVE_CLUSTERS, false, 3);
    test_built(40000, 64, NEARNAIVE_UNIFORM, true, 4);
    test_built(40000, 63, NEARNAIVE_CLUSTERS, false, 4);
    test_widths(false, 25);
    test_widths(true, 25);
    return tap_done();
}
