#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "codes/code.h"
#include "codes/codebook.h"
#include "codes/decode.h"
#include "codes/hamming-kernels.h"
#include "codes/hamming.h"
#include "codes/margin.h"
#include "codes/pattern.h"

#include "tap.h"
#include "unit/bookof.h"

static void test_code(void)
{
    static const float margins[5] = {-1.0f, 0.0f, -0.0f, 2.0f, NAN};
    struct str s = STR_INIT;
    uint64_t code = 77;
    struct err err;

    tap_ok(code_mask(1) == 1 && code_mask(63) == UINT64_MAX >> 1 &&
               code_mask(64) == UINT64_MAX,
           "masks of 1, 63 and 64 bits");
    tap_ok(code_fits(7, 3) && !code_fits(8, 3) && !code_fits(0, 0) &&
               !code_fits(0, 65) && code_fits(UINT64_MAX, 64),
           "what fits");
    tap_int(code_distance(UINT64_MAX, 0), 64, "the widest distance");
    tap_int((long long)code_from_margins(margins, 5), 0xe,
            "zeros of both signs are +1, a NaN is -1");
    code_text(&s, 0x2d, 10, CODE_PLAIN);
    str_add_char(&s, '|');
    code_text(&s, 0x2d, 10, CODE_GROUPED);
    tap_str(s.text, "1011010000|1011 0100 00", "bit 0 first, in fours");
    tap_int(code_parse(&code, " 1011_0100\t00", 10, &err), OK, "read back");
    tap_int((long long)code, 0x2d, "to the same code");
    str_clear(&s);
    code_text(&s, UINT64_C(1) << 63, 64, CODE_GROUPED);
    tap_int(code_parse(&code, s.text, 64, &err), OK, "64 bits");
    tap_ok(code == UINT64_C(1) << 63, "bit 63 is the last digit");
    str_release(&s);
}

static void test_code_errors(void)
{
    static const struct {
        const char *text;
        int bits;
        const char *message;
    } cases[] = {
        {"01x1", 4, "'x' at character 3; digits are 0 and 1"},
        {"0 *1", 3, "'*' at character 3; digits are 0 and 1"},
        {"0\x1b", 2, "byte 0x1b at character 2; digits are 0 and 1"},
        {"0\xc3", 2, "byte 0xc3 at character 2; digits are 0 and 1"},
        {"", 4, "0 digits where 4 are needed; give 4 more"},
        {"1", 2, "1 digit where 2 are needed; give 1 more"},
        {"0110 1", 4, "5 digits where 4 are needed; give 1 fewer"},
        {"0", 0, "0 bits; a code has 1 to 64"},
        {"0", 65, "65 bits; a code has 1 to 64"},
    };
    struct pattern p = {1, 2, 3};
    uint64_t code = 5;
    struct err err;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        tap_int(code_parse(&code, cases[i].text, cases[i].bits, &err),
                ERR_BAD_INPUT, "bad code %zu is refused", i);
        tap_str(err.text, cases[i].message, "bad code %zu says why", i);
    }
    tap_int((long long)code, 5, "and the code is as it was");
    tap_int(pattern_parse(&p, "01?1", 4, &err), ERR_BAD_INPUT, "no pattern");
    tap_str(err.text,
            "'?' at character 3; digits are 0, 1 and * for a free bit", "why");
    tap_ok(p.fixed == 1 && p.value == 2 && p.bits == 3, "nor touched");
}

static void test_pattern(void)
{
    struct str s = STR_INIT;
    struct pattern p;
    struct err err;

    tap_int(pattern_parse(&p, "01** 1", 5, &err), OK, "01**1 is a pattern");
    tap_ok(p.bits == 5 && p.fixed == 19 && p.value == 18,
           "of three fixed bits, two of them set");
    pattern_text(&s, &p, CODE_PLAIN);
    str_add_char(&s, '|');
    pattern_text(&s, &p, CODE_GROUPED);
    tap_str(s.text, "01**1|01** 1", "written as it is read");
    tap_int(pattern_parse(&p, "****", 4, &err), OK, "all free");
    tap_ok(p.fixed == 0 && p.value == 0, "is nothing fixed");
    str_release(&s);
}

static void test_codebook(void)
{
    static const float weights[] = {1, -1, 0.5f,  -0.0f, 2, -3,
                                    9, 9,  -0.1f, -1,    1, -1};
    static const float bad[] = {1, 2, 3, INFINITY};
    struct codebook book = CODEBOOK_INIT;
    struct codebook_pair *pairs;
    struct err err;

    tap_int(codebook_from_weights(&book, weights, 4, 3, &err), OK, "4 by 3");
    tap_ok(book.codes[0] == 5 && book.codes[1] == 3 && book.codes[2] == 3 &&
               book.codes[3] == 2,
           "the signs of the rows");
    tap_ok(memcmp(book.weights, weights, sizeof(weights)) == 0,
           "the real values are kept");
    tap_int(codebook_distinct(&book), 3, "three distinct codes");
    tap_int(codebook_distance_min(&book), 0, "two are the same");
    tap_int((long long)codebook_pairs(&pairs, &book, 0), 1, "one pair");
    tap_ok(pairs[0].a == 1 && pairs[0].b == 2 && pairs[0].distance == 0,
           "shares a code");
    free(pairs);
    tap_int((long long)codebook_pairs(&pairs, &book, 2), 5, "five within 2");
    tap_ok(pairs[1].a == 1 && pairs[1].b == 3 && pairs[1].distance == 1 &&
               pairs[2].a == 2 && pairs[3].a == 0 && pairs[3].b == 1 &&
               pairs[3].distance == 2 && pairs[4].b == 2,
           "nearest first");
    free(pairs);
    codebook_release(&book);
    codebook_release(&book);
    tap_ok(book.codes == NULL && book.classes == 0, "released is empty");

    tap_int(codebook_from_weights(&book, bad, 2, 2, &err), ERR_BAD_INPUT,
            "an infinite weight is refused");
    tap_str(err.text,
            "codebook: class 1, bit 1 is not a finite number (both from 0)",
            "by its place");
    tap_int(codebook_from_weights(&book, bad, 2, 65, &err), ERR_BAD_INPUT,
            "65 bits are refused");
    tap_int(codebook_from_weights(&book, NULL, 0, 4, &err), OK, "no class");
    tap_int(codebook_distinct(&book), 0, "has no code");
    tap_int(codebook_distance_min(&book), -1, "and no distance");
    tap_int((long long)codebook_pairs(&pairs, &book, 64), 0, "nor pairs");
    tap_ok(pairs == NULL, "so the list is NULL");
    codebook_release(&book);
}

/* By the letter of METHOD: compare each class with the best so far. */
static struct decode naive(const struct codebook *book, const float *z)
{
    struct decode best = {DECODE_NONE, -1, 0};
    double best_score = 0;

    for (uint32_t c = 0; c < book->classes; c++) {
        int distance = 0;
        double score = 0;

        for (int i = 0; i < book->bits; i++) {
            double b = book->codes[c] >> i & 1 ? 1 : -1;

            distance += (z[i] >= 0) != (b > 0);
            score += b * z[i];
        }
        if (best.nearest == DECODE_NONE || distance < best.distance) {
            best = (struct decode){c, distance, 1};
            best_score = score;
        } else if (distance == best.distance) {
            best.tied++;
            if (score > best_score) {
                best.nearest = c;
                best_score = score;
            }
        }
    }
    return best;
}

static bool same(struct decode a, struct decode b)
{
    return a.nearest == b.nearest && a.distance == b.distance &&
           a.tied == b.tied;
}

static void test_decode_random(uint32_t classes, int bits, uint64_t seed)
{
    struct codebook book;
    uint64_t *codes = mem_zalloc(classes + 1, sizeof(*codes));
    int wrong = 0, ties = 0;
    struct rng rng;

    rng_init(&rng, seed, 0);
    for (uint32_t c = 0; c < classes; c++)
        codes[c] = rng_next(&rng) & code_mask(bits);
    book = book_of(codes, classes, bits);
    for (int n = 0; n < 200; n++) {
        float z[CODE_BITS_MAX];
        int8_t q[CODE_BITS_MAX];
        float whole[CODE_BITS_MAX];
        struct decode want;

        for (int i = 0; i < bits; i++) {
            z[i] = (float)rng_normal(&rng);
            q[i] = (int8_t)((int)rng_below(&rng, 9) - 4);
            whole[i] = q[i];
        }
        want = naive(&book, z);
        wrong += !same(decode_margins(&book, z), want);
        ties += want.tied > 1;
        want = naive(&book, whole);
        wrong += !same(decode_quantised(&book, q), want);
        wrong +=
            decode_code(&book, margin_code(q, bits)).distance != want.distance;
    }
    tap_int(wrong, 0, "%u classes of %d bits decode as by hand (%d ties)",
            classes, bits, ties);
    codebook_release(&book);
    free(codes);
}

static void test_decode(void)
{
    /* Classes 0 and 1 are at distance 1 of 0b111, class 2 shares 1's code. */
    static const uint64_t codes[] = {3, 6, 6, 0};
    static const float first[] = {9, 1, 1}, last[] = {1, 1, 9};
    static const int8_t even[] = {4, 4, 4}, low[] = {-2, 5, 5};
    struct codebook book = CODEBOOK_INIT;
    struct decode_rank rank[8];
    struct decode d;

    book = book_of(codes, 4, 3);
    d = decode_margins(&book, first);
    tap_ok(same(d, (struct decode){0, 1, 3}), "margins choose class 0");
    tap_ok(decode_exact(&d) == DECODE_NONE, "ED leaves it undecided");
    d = decode_margins(&book, last);
    tap_ok(same(d, (struct decode){1, 1, 3}), "margins choose class 1");
    d = decode_quantised(&book, even);
    tap_ok(same(d, (struct decode){0, 1, 3}), "equal margins: the lowest");
    d = decode_quantised(&book, low);
    tap_ok(same(d, (struct decode){1, 0, 2}), "a shared code: the lowest");
    tap_int(decode_exact(&d), 1, "ED decides at distance 0");
    d = decode_code(&book, 7);
    tap_ok(same(d, (struct decode){0, 1, 3}), "a bare code: the lowest");
    d = decode_masked(&book, 7, NULL, 6);
    tap_ok(same(d, (struct decode){1, 0, 2}), "bit 0 masked");
    d = decode_masked(&book, 7, even, 0);
    tap_ok(same(d, (struct decode){0, 0, 4}), "every bit masked: all tie");
    tap_int((long long)decode_nearest(rank, 8, &book, 6, low), 4, "ranking");
    tap_ok(rank[0].row == 1 && rank[1].row == 2 && rank[2].row == 0 &&
               rank[3].row == 3 && rank[0].score == 12 && rank[2].score == -2,
           "by distance, score and class");
    tap_int((long long)decode_nearest(rank, 2, &book, 7, NULL), 2, "two");
    tap_ok(rank[0].row == 0 && rank[1].row == 1, "nearest of a bare code");
    tap_int((long long)decode_nearest(rank, 0, &book, 7, NULL), 0, "none");
    codebook_release(&book);
    book = book_of(NULL, 0, 3);
    d = decode_margins(&book, first);
    tap_ok(same(d, (struct decode){DECODE_NONE, -1, 0}) &&
               decode_exact(&d) == DECODE_NONE,
           "no class, no answer");
    codebook_release(&book);
}

/* Every kernel selects what a scan and a comparison do. */
static bool selects(const struct hamming_kernel *kernel, const uint64_t *codes,
                    const uint8_t *distances, size_t n, uint64_t query,
                    uint64_t mask, int limit)
{
    uint32_t places[301];
    uint8_t found[301];
    size_t count, at = 0;
    bool same = true;

    memset(places, 0xee, sizeof(places));
    memset(found, 0xee, sizeof(found));
    count = kernel->select(places, found, codes, n, query, mask, limit);
    for (size_t i = 0; i < n; i++) {
        if (distances[i] > limit)
            continue;
        same =
            same && at < count && places[at] == i && found[at] == distances[i];
        at++;
    }
    return same && at == count && places[n] == 0xeeeeeeee && found[n] == 0xee;
}

static void test_count(void)
{
    enum { MOST = 5000 };
    static uint64_t codes[MOST];
    static uint8_t distances[MOST];
    size_t want[CODE_BITS_MAX + 1] = {[3] = 7}, got[CODE_BITS_MAX + 1] = {0};
    struct rng rng;

    rng_init(&rng, 4, 1);
    for (int i = 0; i < MOST; i++)
        codes[i] = rng_next(&rng) & rng_next(&rng);
    hamming_scan(distances, codes, MOST, 99, UINT64_MAX);
    for (int i = 0; i < MOST; i++)
        want[distances[i]]++;
    got[3] = 7;
    hamming_count(got, codes, MOST, 99, UINT64_MAX);
    tap_ok(memcmp(got, want, sizeof(got)) == 0, "distances counted, added");
}

static void test_hamming(void)
{
    enum { MOST = 300 };
    uint64_t codes[MOST];
    uint8_t got[MOST + 1], want[MOST];
    struct rng rng;

    rng_init(&rng, 3, 1);
    for (int i = 0; i < MOST; i++)
        codes[i] = i % 7 ? rng_next(&rng) : -(uint64_t)(i & 1);
    for (int k = -1; k < 0 || hamming_at(k) != NULL; k++) {
        struct hamming_kernel kernel = {0, "dispatched", hamming_scan,
                                        hamming_select};
        int wrong = 0;

        if (k >= 0)
            kernel = *hamming_at(k);
        for (size_t n = 0; n <= MOST; n += n < 40 ? 1 : 37) {
            uint64_t query = rng_next(&rng), mask = rng_next(&rng);

            if (n % 3 == 0)
                mask = UINT64_MAX;
            for (size_t i = 0; i < n; i++) {
                want[i] = 0;
                for (int b = 0; b < 64; b++)
                    want[i] += ((codes[i] ^ query) & mask) >> b & 1;
            }
            memset(got, 0xee, sizeof(got));
            kernel.scan(got, codes, n, query, mask);
            wrong += memcmp(got, want, n) != 0 || got[n] != 0xee;
            for (int limit = -1; limit <= 64; limit += 13)
                wrong += !selects(&kernel, codes, want, n, query, mask, limit);
        }
        tap_int(wrong, 0,
                "%s counts bit by bit, selects, and writes no further",
                kernel.name);
    }
    tap_note("this processor scans with %s", hamming_at(0)->name);
}

static void test_margin(void)
{
    static const float m[] = {0,     -0.0f,     1e-9f, -1e-9f, 63.5f,
                              64.5f, -1.4f,     -1.6f, 300,    -300,
                              NAN,   -INFINITY, 126.6f};
    static const int8_t want[] = {0,  0,   0,    -1, 64,   64, -1,
                                  -2, 127, -127, -1, -127, 127};
    float many[1000], scale;
    int8_t values[1000];
    struct rng rng;
    bool near = true;

    margin_quantise(values, m, ARRAY_SIZE(m), 1);
    for (size_t i = 0; i < ARRAY_SIZE(m); i++)
        tap_int(values[i], want[i], "%g is kept as %d", (double)m[i], want[i]);
    rng_init(&rng, 5, 0);
    for (int i = 0; i < 1000; i++)
        many[i] = (float)rng_normal(&rng) * 3;
    scale = margin_scale(many, 1000);
    margin_quantise(values, many, 1000, scale);
    for (int i = 0; i < 1000; i++) {
        float bound = values[i] == -1 ? scale : 0.5001f * scale;

        near &= fabsf((float)values[i] * scale - many[i]) <= bound;
    }
    tap_ok(near, "a thousand margins come back within half a step");
    for (int i = 0; i + 64 <= 1000; i += 64)
        near &= margin_code(values + i, 64) == code_from_margins(many + i, 64);
    tap_ok(near, "and so do all signs");
    tap_near((double)margin_scale(m, 10), 300.0 / 127, 1e-6, "largest is 127");
    tap_near((double)margin_scale(m + 10, 2), 1, 0, "nothing finite: 1");
    tap_near((double)margin_scale(NULL, 0), 1, 0, "nothing at all: 1");
    tap_int(margin_smallest(want + 6, 3), 1, "the least sure of three");
    tap_int(margin_smallest(want + 9, 1), 127, "of one");
}

int main(void)
{
    test_code();
    test_code_errors();
    test_pattern();
    test_codebook();
    test_decode();
    test_decode_random(1, 1, 1);
    test_decode_random(2, 1, 2);
    test_decode_random(40, 8, 3);
    test_decode_random(256, 10, 4);
    test_decode_random(700, 20, 5);
    test_decode_random(33, 64, 6);
    test_hamming();
    test_count();
    test_margin();
    return tap_done();
}
