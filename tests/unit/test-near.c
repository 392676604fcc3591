#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "codes/code.h"
#include "codes/margin.h"
#include "codes/pattern.h"
#include "index/near.h"
#include "index/poles.h"

#include "nearnaive.h"
#include "tap.h"

static bool agrees(const struct near_set *set, const struct near_query *q)
{
    struct near_answer want, got = NEAR_ANSWER_INIT;
    struct err err;
    bool same;

    nearnaive_search(&want, set, q);
    if (near_search(&got, set, q, &err) != OK)
        abort();
    same = nearnaive_same(&got, &want);
    near_answer_release(&got);
    near_answer_release(&want);
    return same;
}

static bool keep_odd(const struct near_set *set, size_t row, void *context)
{
    ++*(int *)context;
    return set->ids[row] & 1;
}

static void test_random(size_t n, int bits, bool margins)
{
    struct near_set set = NEAR_SET_INIT;
    int wrong = 0, asked = 0, called = 0;
    struct rng rng;

    rng_init(&rng, n, (uint64_t)bits);
    nearnaive_fill(&set, n, bits, NEARNAIVE_UNIFORM, margins, true, &rng);
    for (int t = 0; t < 160; t++) {
        int8_t z[CODE_BITS_MAX];
        struct near_query q;
        struct pattern p;

        for (int b = 0; b < bits; b++)
            z[b] = (int8_t)((int)rng_below(&rng, 255) - 127);
        near_query_init(&q, margin_code(z, bits), rng_below(&rng, 20));
        if (t % 2)
            q.margins = z;
        if (t % 3 == 1)
            q.radius = (int)rng_below(&rng, (uint64_t)bits + 1);
        q.all_ties = t % 5 == 1;
        if (t % 7 == 1)
            q.ignore = rng_next(&rng) & code_mask(bits);
        if (t % 4 == 3) {
            p.bits = bits;
            p.value = rng_next(&rng);
            p.fixed = code_mask(bits) & rng_next(&rng) & rng_next(&rng);
            p.value &= p.fixed;
            q.pattern = &p;
        }
        if (t % 6 == 5)
            q.splits = 5;
        q.in_class = t % 8 == 7;
        q.class_id = (int32_t)(t % 5) - 1;
        q.skip = t % 9 == 8 && n > 0;
        q.skip_id = q.skip ? set.ids[(size_t)t % n] : 0;
        if (t % 10 == 9) {
            q.keep = keep_odd;
            q.context = &called;
        }
        wrong += !agrees(&set, &q);
        asked++;
    }
    tap_int(wrong, 0, "%d questions to %zu codes of %d bits %s margins", asked,
            n, bits, margins ? "with" : "without");
    tap_ok(n == 0 || called > 0, "the callback was asked");
    near_set_release(&set);
}

static void test_by_hand(void)
{
    int64_t ids[6] = {60, 50, 40, 30, 20, 10};
    uint64_t codes[6] = {0, 1, 2, 4, 7, 1};
    int8_t margins[18] = {-1, -1, -1, 9,  -9, -9, -2, 2,  -2,
                          -9, -9, 0,  50, 50, 50, 3,  -3, -3};
    struct near_set set = {6, 3, ids, codes, margins, NULL, NULL};
    static const int8_t z[3] = {-2, -2, -2};
    struct near_answer a = NEAR_ANSWER_INIT;
    struct near_query q;
    struct err err;

    near_query_init(&q, 0, 3);
    tap_int(near_search(&a, &set, &q, &err), OK, "three nearest of six");
    tap_ok(a.count == 3 && a.items[0].id == 60 && a.items[1].id == 30 &&
               a.items[2].id == 50,
           "by distance, then the surest first");
    tap_ok(a.items[0].margin == 3 * 126 && a.items[1].margin == 118 * 2 + 127 &&
               a.items[2].margin == 136 + 118 * 2,
           "margin distances to the corner");
    tap_ok(a.ties.distance == 1 && a.ties.given == 3 && a.ties.in_all == 5,
           "3 given, 5 at distance <= 1");
    tap_ok(a.histogram[0] == 1 && a.histogram[1] == 4 && a.histogram[2] == 0 &&
               a.histogram[3] == 1 && a.considered == 6,
           "the histogram tells all distances");
    tap_ok(a.items[0].class_id == NEAR_NO_CLASS && a.items[0].split == -1,
           "columns that are not there");
    near_answer_release(&a);
    q.margins = z;
    tap_int(near_search(&a, &set, &q, &err), OK, "now with margins");
    tap_ok(a.items[1].id == 40 && a.items[1].margin == 4 &&
               a.items[2].id == 10 && a.items[2].margin == 7,
           "the nearest margins first");
    near_answer_release(&a);
    set.margins = NULL;
    q.all_ties = true;
    tap_int(near_search(&a, &set, &q, &err), OK, "no margins, all ties");
    tap_ok(a.count == 5 && a.items[1].id == 10 && a.items[4].id == 50 &&
               a.ties.given == 5 && a.ties.in_all == 5,
           "ties by id, none cut");
    near_answer_release(&a);
    near_answer_release(&a);
    tap_int((long long)near_set_find(&set, 30), 3, "a row by id");
    tap_ok(near_set_find(&set, 31) == SIZE_MAX, "no such row");
}

static void test_errors(void)
{
    uint64_t code = 1;
    int64_t id = 1;
    struct near_set set = {1, 3, &id, &code, NULL, NULL, NULL};
    struct near_answer a = NEAR_ANSWER_INIT;
    struct near_set none = NEAR_SET_INIT;
    struct near_query q;
    struct pattern p;
    struct err err;

    near_query_init(&q, 8, 1);
    tap_int(near_search(&a, &set, &q, &err), ERR_BAD_INPUT, "a bit too many");
    tap_str(err.text, "the query has bits above the 3 that codes here have",
            "and it says so");
    near_query_init(&q, 0, 1);
    p = (struct pattern){.bits = 4};
    q.pattern = &p;
    tap_int(near_search(&a, &set, &q, &err), ERR_BAD_INPUT, "a wide pattern");
    tap_str(err.text, "the pattern has 4 bits, codes here have 3", "says so");
    tap_int(near_set_init(&none, 1, 0, false, &err), ERR_BAD_INPUT, "no bits");
    tap_int(near_set_init(&none, SIZE_MAX / 4, 64, true, &err), ERR_NOMEM,
            "too much to hold");
    tap_ok(none.ids == NULL && a.items == NULL, "nothing was left behind");
}

static void test_poles(void)
{
    int64_t ids[8] = {8, 7, 6, 5, 4, 3, 2, 1};
    uint64_t codes[8] = {1, 0, 1, 0, 1, 0, 1, 0};
    int8_t margins[8] = {5, -1, 0, -9, 1, -2, 5, -127};
    uint8_t splits[8] = {0, 1, 0, 1, 0, 1, 2, 2};
    struct near_set set = {8, 1, ids, codes, margins, NULL, splits};
    size_t rows[9];

    tap_int((long long)poles_pick(rows, 9, &set, 0, POLES_ON, 0), 4, "on");
    tap_ok(rows[0] == 6 && rows[1] == 0 && rows[2] == 4 && rows[3] == 2,
           "largest first, ties by id");
    tap_int((long long)poles_pick(rows, 2, &set, 0, POLES_OFF, 0), 2, "off");
    tap_ok(rows[0] == 7 && rows[1] == 3, "most negative first");
    tap_int((long long)poles_pick(rows, 3, &set, 0, POLES_EDGE, 3), 3, "edge");
    tap_ok(rows[0] == 2 && rows[1] == 1 && rows[2] == 5,
           "the boundary lies between -1 and 0");
    tap_int((long long)poles_pick(rows, 9, &set, 0, POLES_OFF, 4), 1,
            "of one split");
    tap_int((long long)poles_pick(rows, 0, &set, 0, POLES_ON, 0), 0, "none");
    set.margins = NULL;
    tap_int((long long)poles_pick(rows, 2, &set, 0, POLES_ON, 0), 2, "by id");
    tap_ok(rows[0] == 6 && rows[1] == 4, "when there are no margins");
}

int main(void)
{
    test_by_hand();
    test_errors();
    test_poles();
    test_random(0, 5, true);
    test_random(1, 1, true);
    test_random(300, 1, true);
    test_random(500, 4, true);
    test_random(700, 9, false);
    test_random(400, 20, true);
    test_random(200, 64, true);
    return tap_done();
}
