#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "base/str.h"
#include "metrics/cosine.h"
#include "metrics/retrieval.h"
#include "metrics/threshold.h"
#include "metrics/tiedap.h"
#include "taxonomy/cophenetic.h"
#include "taxonomy/linkage.h"
#include "taxonomy/purity.h"
#include "taxonomy/shuffled.h"

#include "tap.h"

/*
 * Figures against scikit-learn and SciPy (tests/golden/metrics.py says how and
 * made the numbers), to 1e-9; and what ties are worth against the mean of
 * 100,000 random orders.
 */

enum { MOST = 256, ORDERS = 100000 };
#define NEAR 1e-9

static FILE *file;

static double number(void)
{
    double value;

    if (fscanf(file, "%lf", &value) != 1) {
        printf("Bail out! the golden file ends early\n");
        exit(1);
    }
    return value;
}

static size_t count(void)
{
    size_t n = (size_t)number();

    if (n > MOST)
        abort();
    return n;
}

static void read_codes(uint64_t *codes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        unsigned long long code;

        if (fscanf(file, "%llx", &code) != 1)
            abort();
        codes[i] = code;
    }
}

static void read_labels(int32_t *labels, size_t n)
{
    for (size_t i = 0; i < n; i++)
        labels[i] = (int32_t)number();
}

static struct retrieval retrieve(const uint64_t *queries, int32_t label,
                                 size_t q, const uint64_t *codes,
                                 const int32_t *labels, size_t n, int bits,
                                 size_t r)
{
    int32_t asked[MOST];
    struct retrieval_items from = {queries, asked, q};
    struct retrieval_items to = {codes, labels, n};
    struct retrieval out;
    struct err err;

    for (size_t i = 0; i < q; i++)
        asked[i] = label;
    if (retrieval_run(&out, &from, &to, bits, r, NULL, NULL, &err) != OK)
        abort();
    return out;
}

static void check_map(const char *kind)
{
    uint64_t codes[MOST], zero = 0;
    int32_t labels[MOST];
    int bits = (int)number();
    size_t n = count(), r = (size_t)number();
    int32_t label = (int32_t)number();
    struct retrieval got;

    read_codes(codes, n);
    read_labels(labels, n);
    got = retrieve(&zero, label, 1, codes, labels, n, bits, r);
    tap_near(got.map, number(), NEAR, "%s: MAP@%zu of %zu at %d bits", kind, r,
             n, bits);
}

static void check_curve(void)
{
    uint64_t codes[MOST], queries[MOST];
    int32_t labels[MOST];
    int bits = (int)number();
    size_t n = count();
    int32_t label = (int32_t)number();
    size_t q = count();
    struct retrieval got;
    double off = 0;

    read_codes(queries, q);
    read_codes(codes, n);
    read_labels(labels, n);
    got = retrieve(queries, label, q, codes, labels, n, bits, 0);
    for (int d = 0; d <= bits; d++) {
        off = fmax(off, fabs(got.precision[d] - number()));
        off = fmax(off, fabs(got.recall[d] - number()));
    }
    tap_ok(off < NEAR, "precision and recall by radius at %d bits: %.2g", bits,
           off);
}

static void check_cosine(void)
{
    static int8_t query[64], margins[MOST * 64];
    int32_t labels[MOST], label = 0;
    int bits = (int)number();
    size_t n = count(), r = (size_t)number();
    struct cosine_items from = {query, &label, 1}, to = {margins, labels, n};
    struct cosine got;
    struct err err;

    for (int i = 0; i < bits; i++)
        query[i] = (int8_t)number();
    for (size_t i = 0; i < n * (size_t)bits; i++)
        margins[i] = (int8_t)number();
    read_labels(labels, n);
    if (cosine_run(&got, &from, &to, bits, r, NULL, NULL, &err) != OK)
        abort();
    tap_near(got.map, number(), NEAR, "cosine: MAP@%zu of %zu, %d numbers", r,
             n, bits);
}

static void check_auroc(void)
{
    double in[MOST], out[MOST];
    size_t n = count(), m = count();
    struct ood *ood = mem_zalloc(1, sizeof(*ood));
    double want;

    for (size_t i = 0; i < n; i++) {
        in[i] = number();
        ood->in[(int)in[i]]++;
    }
    for (size_t i = 0; i < m; i++) {
        out[i] = number();
        ood->out[(int)out[i]]++;
    }
    want = number();
    tap_near(ood_evaluate(ood).auroc, want, NEAR, "AUROC of %zu and %zu", n, m);
    tap_near(threshold_auroc(in, n, out, m), want, NEAR, "of real scores, too");
    free(ood);
}

static void check_tree(void)
{
    static const char *const groups[] = {"g0", "g1", "g2", "g3"};
    const char *paths[MOST];
    uint64_t codes[MOST];
    char name[16];
    enum linkage linkage;
    struct dendro tree;
    struct err err;
    size_t n;

    if (fscanf(file, "%15s", name) != 1 ||
        linkage_parse(&linkage, name, &err) != OK)
        abort();
    n = count();
    (void)!number();
    read_codes(codes, n);
    for (size_t i = 0; i < n; i++)
        paths[i] = groups[(int)number()];
    if (dendro_build(&tree, codes, (uint32_t)n, linkage, NULL, &err) != OK)
        abort();
    tap_near(purity_dendrogram(&tree, paths).value, number(), NEAR,
             "%s: purity of %zu", name, n);
    tap_near(cophenetic_reference(&tree, paths).value, number(), NEAR,
             "cophenetic correlation with paths");
    tap_near(cophenetic_codes(&tree, codes).value, number(), NEAR,
             "and with codes");
    dendro_release(&tree);
}

static void test_golden(void)
{
    const char *top = getenv("top_srcdir");
    struct str path = STR_INIT;
    char key[16];
    int lines = 0;

    str_addf(&path, "%s/tests/golden/metrics.txt", top != NULL ? top : ".");
    file = fopen(path.text, "r");
    if (file == NULL) {
        printf("Bail out! %s is missing\n", path.text);
        exit(1);
    }
    for (; fscanf(file, "%15s", key) == 1; lines++) {
        if (strcmp(key, "map") == 0 || strcmp(key, "ties") == 0)
            check_map(key);
        else if (strcmp(key, "curve") == 0)
            check_curve();
        else if (strcmp(key, "cosine") == 0)
            check_cosine();
        else if (strcmp(key, "auroc") == 0)
            check_auroc();
        else if (strcmp(key, "tree") == 0)
            check_tree();
        else
            tap_ok(false, "what is \"%s\"?", key);
    }
    fclose(file);
    str_release(&path);
    tap_int(lines, 21, "all of the file");
}

/* ---- what ties are worth ---- */

struct order {
    int distance[64];
    bool relevant[64];
    uint32_t n;
};

/* Items drawn at random distances, nearest first. */
static struct order draw(struct rng *rng, uint32_t n, uint32_t distances)
{
    struct order o = {.n = n};

    for (uint32_t i = 0; i < n; i++)
        o.distance[i] = (int)((uint64_t)i * distances / n);
    for (uint32_t i = 0; i < n; i++)
        o.relevant[i] = rng_below(rng, 3) == 0;
    return o;
}

/* Average precision's numerator and divisor in a random order. */
static void shuffle(struct order *o, struct rng *rng, uint32_t r, double *top,
                    double *hits)
{
    *top = *hits = 0;
    for (uint32_t from = 0, to; from < o->n; from = to) {
        for (to = from; to < o->n && o->distance[to] == o->distance[from];)
            to++;
        for (uint32_t i = to - 1; i > from; i--) {
            uint32_t j = from + (uint32_t)rng_below(rng, i - from + 1);
            bool kept = o->relevant[i];

            o->relevant[i] = o->relevant[j];
            o->relevant[j] = kept;
        }
    }
    for (uint32_t i = 0; i < r && i < o->n; i++)
        if (o->relevant[i])
            *top += ++*hits / (i + 1);
}

static double expected(const struct order *o, uint32_t r)
{
    size_t cut = r < o->n ? r : o->n;
    double *harmonic = tiedap_harmonic(cut);
    struct tiedap ap = {.cut = cut, .harmonic = harmonic};
    double value;

    for (uint32_t from = 0, to; from < o->n; from = to) {
        size_t relevant = 0;

        for (to = from; to < o->n && o->distance[to] == o->distance[from]; to++)
            relevant += o->relevant[to];
        tiedap_add(&ap, to - from, relevant);
    }
    value = tiedap_value(&ap);
    free(harmonic);
    return value;
}

/* The quotient of means, and its error by the delta method. */
static void test_orders(uint32_t n, uint32_t distances, uint32_t r)
{
    double x = 0, y = 0, xx = 0, yy = 0, xy = 0, ratio, error, got;
    struct order o;
    struct rng rng;

    rng_init(&rng, 77, n + 1000 * distances + 100000 * r);
    o = draw(&rng, n, distances);
    got = expected(&o, r);
    for (int i = 0; i < ORDERS; i++) {
        double top, hits;

        shuffle(&o, &rng, r, &top, &hits);
        x += top / ORDERS;
        y += hits / ORDERS;
        xx += top * top / ORDERS;
        yy += hits * hits / ORDERS;
        xy += top * hits / ORDERS;
    }
    ratio = x / y;
    error = sqrt(fmax(xx - x * x - 2 * ratio * (xy - x * y) +
                          ratio * ratio * (yy - y * y),
                      0) /
                 ORDERS) /
            y;
    tap_ok(fabs(got - ratio) <= 4 * error + 1e-9,
           "%u items at %u distances, R = %u: %.6f, of random orders %.6f "
           "+- %.6f",
           n, distances, r, got, ratio, error);
}

/* ---- thresholds ---- */

static void test_threshold(void)
{
    static const double in[] = {1, 2, 3, 4, 10, 0, 2.5, 9},
                        out[] = {3.5, 5, 6, 7, 8, 2.2};
    static const bool in_held[] = {1, 1, 1, 1, 1, 0, 0, 0};
    static const bool out_held[] = {1, 1, 1, 1, 0, 0};
    struct threshold t = threshold_tune(in, in_held, 8, out, out_held, 6);

    tap_int((long long)t.samples, 9, "samples are those held out");
    tap_near(t.at, 3.25, 0, "the lowest of the best thresholds");
    tap_near(t.accuracy, 7.0 / 9, 1e-15, "right on seven of nine");
    tap_int((long long)t.rest.in, 3, "three are left in");
    tap_int((long long)t.rest.out, 2, "and two out");
    tap_int((long long)t.rest.false_positive, 1, "9 is above");
    tap_int((long long)t.rest.true_positive, 1, "2.2 is not");
    tap_near(t.rest.accuracy, 3.0 / 5, 1e-15, "three of five");
    tap_near(t.rest.auroc, 3.0 / 6, 1e-15, "AUROC of the rest");
}

static void test_hold(void)
{
    bool held[5000], again[5000];
    size_t n = 0;

    tap_int((long long)threshold_samples(10000, 4700), 1500, "3000 in all");
    tap_int((long long)threshold_samples(10000, 400), 200, "half of few");
    tap_int((long long)threshold_samples(0, 9), 0, "none of nothing");
    threshold_hold(held, 5000, 1500, 1, 1);
    threshold_hold(again, 5000, 1500, 1, 1);
    for (size_t i = 0; i < 5000; i++)
        n += held[i];
    tap_int((long long)n, 1500, "as many are drawn");
    tap_ok(memcmp(held, again, sizeof(held)) == 0, "the same again");
    threshold_hold(again, 5000, 1500, 0, 1);
    tap_ok(memcmp(held, again, sizeof(held)) != 0, "the other side's differ");
}

/* ---- cosines and shuffles ---- */

static void test_cosine_ties(void)
{
    /* of one direction, of its opposite, of none */
    static const int8_t margins[] = {3, 6, 1, 2, 40, 80, -1, -2, 0, 0};
    static const int8_t query[] = {50, 100};
    static const int32_t labels[] = {1, 0, 0, 1, 0};
    int32_t label = 1;
    struct cosine_items from = {query, &label, 1}, to = {margins, labels, 5};
    struct cosine got;
    struct err err;

    if (cosine_run(&got, &from, &to, 2, 0, NULL, NULL, &err) != OK)
        abort();
    /* the first of a tie of three: (1 + 1/2 + 1/3) / 3; and rank 5 */
    tap_near(got.map, ((1 + 0.5 + 1.0 / 3) / 3 + 2.0 / 5) / 2, 1e-12,
             "one direction is one tie, zeros are between");
    if (cosine_run(&got, &from, &to, 2, 2, NULL, NULL, &err) != OK)
        abort();
    tap_near(got.map, 0.75, 1e-12, "a cut within it");
    to.count = 0;
    if (cosine_run(&got, &from, &to, 2, 2, NULL, NULL, &err) != OK)
        abort();
    tap_near(got.map, 0, 0, "nothing to find");
}

static void test_shuffled(void)
{
    static const char *const groups[] = {"a", "b"};
    const char *paths[64];
    uint64_t codes[64];
    struct dendro tree;
    struct shuffled by_chance, again;
    struct err err;

    for (uint64_t i = 0; i < 64; i++) {
        codes[i] = (i < 32 ? 0 : UINT64_C(0xffffff) << 32) | i;
        paths[i] = groups[i / 32];
    }
    if (dendro_build(&tree, codes, 64, LINKAGE_AVERAGE, NULL, &err) != OK)
        abort();
    by_chance = shuffled_reference(&tree, paths);
    again = shuffled_reference(&tree, paths);
    tap_near(purity_dendrogram(&tree, paths).value, 1, 0, "a pure tree");
    tap_int(by_chance.trees, 20, "twenty shuffled");
    tap_ok(by_chance.purity > 0.5 && by_chance.purity < 0.62,
           "have the purity of chance: %g", by_chance.purity);
    tap_ok(fabs(by_chance.cophenetic) < 0.05, "and no correlation: %g",
           by_chance.cophenetic);
    tap_ok(by_chance.purity == again.purity &&
               by_chance.cophenetic == again.cophenetic,
           "the same again");
    dendro_release(&tree);
}

int main(void)
{
    test_golden();
    test_orders(30, 5, 30);
    test_orders(30, 5, 17);
    test_orders(64, 3, 10);
    test_orders(50, 50, 20);
    test_orders(40, 1, 40);
    test_orders(12, 4, 1000);
    test_threshold();
    test_hold();
    test_cosine_ties();
    test_shuffled();
    return tap_done();
}
