#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/rng.h"
#include "codes/code.h"
#include "codes/codebook.h"
#include "codes/margin.h"
#include "metrics/accuracy.h"
#include "metrics/bitreport.h"
#include "metrics/confusion.h"
#include "metrics/ood.h"
#include "metrics/retrieval.h"

#include "tap.h"
#include "unit/bookof.h"

static void test_accuracy(void)
{
    static const uint64_t codes[3] = {3, 6, 0};
    static const int8_t margins[] = {5,  5,
                                     -5, /* class 0's code */
                                     9,  1,
                                     1, /* tie of 0 and 1: 0 */
                                     1,  1,
                                     9, /* the same: 1 */
                                     -1, -1,
                                     3, /* tie of 1 and 2: 2 is not
                                                   nearer by B.z, 1 is */
                                     0,  0,
                                     0};
    static const int32_t labels[] = {0, 1, 1, 1, 7};
    struct codebook book = book_of(codes, 3, 3);
    struct accuracy acc = ACCURACY_INIT, parts = ACCURACY_INIT;

    accuracy_add(&acc, &book, margins, labels, 5);
    tap_int((long long)acc.images, 4, "the label 7 is no class");
    tap_int((long long)acc.mhd, 3, "three right by MHD");
    tap_int((long long)acc.ed, 1, "one by ED");
    tap_int((long long)acc.undecided, 3, "three undecided");
    tap_int((long long)acc.ties, 3, "three ties");
    accuracy_add(&parts, &book, margins, labels, 2);
    accuracy_add(&parts, &book, margins + 6, labels + 2, 3);
    tap_ok(memcmp(&acc, &parts, sizeof(acc)) == 0, "two batches count alike");
    tap_near(accuracy_rate(acc.mhd, acc.images), 0.75, 0, "a rate");
    tap_near(accuracy_rate(0, 0), 0, 0, "of nothing: 0");
    codebook_release(&book);
}

struct list {
    int distance[8];
    bool relevant[8];
    int n;
};

/* Adds, over every order within ties, the numerator and hits within r. */
static double permute(struct list *l, int at, int r, double *hits,
                      double *count)
{
    double sum = 0;

    if (at == l->n) {
        double right = 0, ap = 0;

        for (int i = 0; i < l->n && i < r; i++) {
            right += l->relevant[i];
            ap += l->relevant[i] * right / (i + 1);
        }
        *hits += right;
        ++*count;
        return ap;
    }
    for (int i = at; i < l->n && l->distance[i] == l->distance[at]; i++) {
        bool kept = l->relevant[at];

        l->relevant[at] = l->relevant[i];
        l->relevant[i] = kept;
        sum += permute(l, at + 1, r, hits, count);
        l->relevant[i] = l->relevant[at];
        l->relevant[at] = kept;
    }
    return sum;
}

static struct retrieval run(const struct retrieval_items *queries,
                            const struct retrieval_items *database, int bits,
                            size_t r)
{
    struct retrieval out;
    struct err err;

    if (retrieval_run(&out, queries, database, bits, r, NULL, NULL, &err) != OK)
        abort();
    return out;
}

static void test_orders(void)
{
    struct rng rng;

    rng_init(&rng, 31, 0);
    for (int t = 0; t < 12; t++) {
        struct list l = {.n = 7};
        uint64_t codes[7], zero = 0;
        int32_t labels[7], one = 1;
        struct retrieval_items query = {&zero, &one, 1};
        struct retrieval_items database = {codes, labels, 7};
        double hits = 0, orders = 0, sum, want;
        int r = 1 + t % 8;

        for (int i = 0, d = 0; i < l.n; i++) {
            d += rng_below(&rng, 3) == 0;
            l.distance[i] = d;
            codes[i] = code_mask(d + 1) >> 1;
            labels[i] = (int32_t)rng_below(&rng, 2);
            l.relevant[i] = labels[i] == 1;
        }
        sum = permute(&l, 0, r, &hits, &orders);
        want = hits > 0 ? sum / hits : 0;
        tap_near(run(&query, &database, 8, (size_t)r).map, want, 1e-12,
                 "AP@%d over all %g orders", r, orders);
    }
}

/* Every query against every item, every rank added up. */
static void naive(struct retrieval *out, const struct retrieval_items *q,
                  const struct retrieval_items *db, size_t r)
{
    double found[65] = {0}, right[65] = {0};

    memset(out, 0, sizeof(*out));
    for (size_t i = 0; i < q->count; i++) {
        double n[65] = {0}, rel[65] = {0}, hits = 0, sum = 0, want = 0;
        double ball = 0, good = 0;
        size_t c = 0;

        for (size_t j = 0; j < db->count; j++) {
            int d = code_distance(q->codes[i], db->codes[j]);

            n[d]++;
            rel[d] += q->labels[i] >= 0 && q->labels[i] == db->labels[j];
        }
        for (int d = 0; d <= 64; d++) {
            for (double j = 1; j <= n[d]; j++, c++) {
                double p = rel[d] / n[d];

                if (c >= r)
                    continue;
                want += p;
                sum += p / (double)(c + 1) *
                       (hits + 1 +
                        (n[d] > 1 ? (j - 1) * (rel[d] - 1) / (n[d] - 1) : 0));
            }
            hits += rel[d];
            ball += n[d];
            good += rel[d];
            found[d] += ball;
            right[d] += good;
            if (d == 2)
                out->precision_radius2 += ball > 0 ? good / ball : 0;
            out->empty_radius2 += d == 2 && !(ball > 0);
        }
        out->map += want > 0 ? sum / want : 0;
    }
    out->map /= (double)q->count;
    out->precision_radius2 /= (double)q->count;
    for (int d = 0; d <= 64; d++) {
        out->precision[d] = found[d] > 0 ? right[d] / found[d] : 0;
        out->recall[d] = right[64] > 0 ? right[d] / right[64] : 0;
    }
}

static void test_retrieval(int bits, size_t n, int classes)
{
    enum { MOST = 600, ASK = 90 };
    static const size_t cuts[] = {1, 10, 1000, 0};
    uint64_t codes[MOST], query[ASK];
    int32_t labels[MOST], asked[ASK];
    struct retrieval_items q = {query, asked, ASK};
    struct retrieval_items db = {codes, labels, n};
    struct rng rng;

    rng_init(&rng, 41, (uint64_t)bits);
    for (size_t i = 0; i < n + ASK; i++) {
        int32_t label = (int32_t)rng_below(&rng, (uint64_t)classes) - 1;
        uint64_t noise = rng_next(&rng) & rng_next(&rng) & rng_next(&rng);
        uint64_t code =
            ((uint64_t)label * UINT64_C(0x9e3779b97f4a7c15) ^ noise) &
            code_mask(bits);

        if (i < n) {
            codes[i] = code;
            labels[i] = label;
        } else {
            query[i - n] = code;
            asked[i - n] = label;
        }
    }
    for (size_t c = 0; c < ARRAY_SIZE(cuts); c++) {
        size_t cut = cuts[c] ? cuts[c] : n;
        struct retrieval got = run(&q, &db, bits, cuts[c]), want;
        double worst = 0;

        naive(&want, &q, &db, cut);
        tap_near(got.map, want.map, 1e-11, "MAP@%zu of %zu codes of %d bits",
                 cut, n, bits);
        tap_near(got.precision_radius2, want.precision_radius2, 1e-12,
                 "precision within radius 2");
        for (int d = 0; d <= bits; d++) {
            worst = fmax(worst, fabs(got.precision[d] - want.precision[d]));
            worst = fmax(worst, fabs(got.recall[d] - want.recall[d]));
        }
        tap_ok(worst < 1e-12 && got.empty_radius2 == want.empty_radius2,
               "curves and empty balls");
        tap_ok(got.r == cut && got.queries == ASK && got.database == n &&
                   got.bits == bits,
               "the protocol is told");
    }
}

static bool stop(void *context)
{
    ++*(int *)context;
    return true;
}

static void test_retrieval_edges(void)
{
    enum { MANY = 40000 };
    static const uint64_t codes[3] = {1, 1, 3};
    static const int32_t labels[3] = {5, 6, 5};
    struct retrieval_items none = {NULL, NULL, 0}, three = {codes, labels, 3};
    uint64_t *many = mem_zalloc(MANY, sizeof(*many));
    int32_t *same = mem_zalloc(MANY, sizeof(*same));
    struct retrieval_items big = {many, same, MANY};
    struct retrieval got = run(&three, &none, 2, 10);
    struct err err;
    int calls = 0;

    tap_ok(got.map == 0 && got.empty_radius2 == 3 && got.queries == 3,
           "an empty database");
    got = run(&none, &three, 2, 10);
    tap_ok(got.map == 0 && got.precision_radius2 == 0, "no query");
    /* {5, 6} tie, then 5; the same for 6; 5, then {5, 6} tie. */
    got = run(&three, &three, 2, 3);
    tap_near(got.map,
             ((0.5 / 1 + 0.5 / 2 + 2.0 / 3) / 2 + (0.5 / 1 + 0.5 / 2) +
              (1.0 + 0.5 * 2 / 2 + 0.5 * 2 / 3) / 2) /
                 3,
             1e-15, "a case by hand");
    for (int i = 0; i < MANY; i++)
        many[i] = (uint64_t)i * UINT64_C(0x9e3779b97f4a7c15);
    got.map = -1;
    tap_int(retrieval_run(&got, &big, &big, 64, 0, stop, &calls, &err),
            ERR_CANCELLED, "a long run is cancelled");
    tap_ok(calls == 1 && got.map < 0, "at the first word, nothing written");
    free(many);
    free(same);
}

static void test_ood(void)
{
    static const uint64_t codes[2] = {0, 15};
    static const int8_t in[] = {-9, -8, -7, -6, /* code 0: score 121 */
                                3,  4,  5,  6,  /* code 15: 124 */
                                9,  -9, -9, -9 /* distance 1: 246 */};
    static const int8_t out[] = {9,  9,  -9, -9, /* distance 2: 374 */
                                 9,  -9, -9, -9, /* 246 again */
                                 -1, -2, -1, -1 /* code 0, unsure: 126 */};
    struct ood *ood = mem_zalloc(1, sizeof(*ood));
    struct codebook book = book_of(codes, 2, 4);
    struct ood_result r;

    tap_int(ood_score(&book, in), 121, "the score of a sure hit");
    tap_int(ood_score(&book, out), 374, "of a foreign code");
    r = ood_evaluate(ood);
    tap_ok(r.auroc == 0 && r.f1 == 0 && r.accuracy == 0, "nothing is 0");
    ood_add_in(ood, &book, in, 3);
    ood_add_out(ood, &book, out, 1);
    ood_add_out(ood, &book, out + 4, 2);
    r = ood_evaluate(ood);
    tap_ok(r.in == 3 && r.out == 3 && r.true_positive == 2 &&
               r.false_positive == 1,
           "two of three found, one false alarm");
    tap_near(r.precision, 2.0 / 3, 1e-15, "precision");
    tap_near(r.recall, 2.0 / 3, 1e-15, "recall");
    tap_near(r.f1, 2.0 / 3, 1e-15, "F1");
    tap_near(r.accuracy, 4.0 / 6, 1e-15, "accuracy");
    tap_near(r.auroc, 7.5 / 9, 1e-15, "AUROC, a tie being half");
    codebook_release(&book);
    book = book_of(NULL, 0, 4);
    tap_int(ood_score(&book, in), OOD_SCORES - 1, "no class: all is foreign");
    codebook_release(&book);
    free(ood);
}

static void test_auroc(void)
{
    struct ood *ood = mem_zalloc(1, sizeof(*ood));
    uint64_t codes[6];
    int8_t in[40 * 8], out[30 * 8];
    struct codebook book;
    double wins = 0;
    struct rng rng;

    rng_init(&rng, 51, 0);
    for (int i = 0; i < 6; i++)
        codes[i] = rng_next(&rng) & 255;
    for (size_t i = 0; i < sizeof(in); i++)
        in[i] = (int8_t)((int)rng_below(&rng, 5) +
                         (codes[i / 8 % 6] >> i % 8 & 1 ? 0 : -5));
    for (size_t i = 0; i < sizeof(out); i++)
        out[i] = (int8_t)((int)rng_below(&rng, 7) - 4);
    book = book_of(codes, 6, 8);
    for (int i = 0; i < 40; i++) {
        for (int j = 0; j < 30; j++) {
            int a = ood_score(&book, in + i * 8);
            int b = ood_score(&book, out + j * 8);

            wins += a < b ? 1 : a == b ? 0.5 : 0;
        }
    }
    ood_add_in(ood, &book, in, 40);
    ood_add_out(ood, &book, out, 30);
    tap_near(ood_evaluate(ood).auroc, wins / 1200, 1e-12, "AUROC by pairs");
    codebook_release(&book);
    free(ood);
}

static void test_side(void)
{
    struct bitreport_side *side = mem_zalloc(1, sizeof(*side));
    uint64_t codes[333];
    double worst = 0;
    struct rng rng;

    rng_init(&rng, 61, 0);
    for (int i = 0; i < 333; i++) {
        codes[i] = rng_next(&rng) & (rng_next(&rng) | 0xff);
        codes[i] = (codes[i] & ~UINT64_C(6)) | (codes[i] & 1) << 1;
        codes[i] |= (~codes[i] & 1) << 63;
        codes[i] &= ~(codes[i] & 1) << 63 | UINT64_MAX >> 1;
    }
    bitreport_side(side, codes, 333, 64);
    for (int i = 0; i < 64; i++) {
        for (int j = 0; j < 64; j++) {
            double x = 0, y = 0, xy = 0, cov, var;

            for (int c = 0; c < 333; c++) {
                x += code_bit(codes[c], i) / 333.0;
                y += code_bit(codes[c], j) / 333.0;
                xy += (code_bit(codes[c], i) && code_bit(codes[c], j)) / 333.0;
            }
            cov = xy - x * y;
            var = (x - x * x) * (y - y * y);
            if (i != 2 && j != 2)
                worst = fmax(worst,
                             fabs(side->correlation[i][j] - cov / sqrt(var)));
            worst = fmax(worst, fabs(side->balance[i] - x));
        }
    }
    tap_ok(worst < 1e-9, "balances and correlations, two by two (%g)", worst);
    tap_near(side->correlation[0][1], 1, 1e-12, "bit 1 repeats bit 0");
    tap_near(side->correlation[0][63], -1, 1e-12, "bit 63 is its opposite");
    tap_near(side->correlation[2][2], 0, 0, "bit 2 never changes");
    tap_near(side->entropy[2], 0, 0, "and tells nothing");
    codes[0] = 0;
    codes[1] = codes[2] = codes[3] = 1;
    bitreport_side(side, codes, 4, 1);
    tap_near(side->entropy[0], 0.811278124459133, 1e-14, "entropy of 3 in 4");
    tap_int((long long)side->set[0], 3, "three are set");
    bitreport_side(side, NULL, 0, 64);
    tap_ok(side->count == 0 && side->balance[5] == 0 && side->entropy[5] == 0,
           "no codes at all");
    free(side);
}

static void test_loss(void)
{
    /* Bit 0 tells 0 from 1, the other three tell 2 from both. */
    static const uint64_t codes[3] = {0, 1, 14};
    static const int8_t margins[] = {-5, -5, -5, -5, 5, -5, -5, -5,
                                     -5, 5,  5,  5,  0, 0,  0,  0};
    static const int32_t labels[] = {0, 1, 2, -1};
    struct codebook book = book_of(codes, 3, 4);
    struct bitreport_loss loss;
    struct bitreport_pair *pairs;
    struct err err;

    tap_int(bitreport_loss(&loss, &book, margins, labels, 4, NULL, NULL, &err),
            OK, "the price of bits");
    tap_ok(loss.images == 3 && loss.right == 3, "all right as they are");
    tap_ok(loss.flipped[0] == 1 && loss.masked[0] == 2,
           "bit 0: flipped, 0 and 1 change places; masked, they tie");
    for (int b = 1; b < 4; b++)
        tap_ok(loss.flipped[b] == 3 && loss.masked[b] == 3,
               "two bits stand in for bit %d", b);
    tap_int((long long)bitreport_pairs(&pairs, &book), 1, "one pair");
    tap_ok(pairs[0].bit == 0 && pairs[0].off == 0 && pairs[0].on == 1,
           "is told apart by bit 0 alone");
    free(pairs);
    codebook_release(&book);
}

/* MHD over the bits but `without` (-1: all), from whole numbers. */
static uint32_t mhd_by_hand(const struct codebook *book, const int *z,
                            int without)
{
    uint32_t best = 0;
    int least = 99, most = 0;

    for (uint32_t c = 0; c < book->classes; c++) {
        int distance = 0, score = 0;

        for (int i = 0; i < book->bits; i++) {
            bool set = code_bit(book->codes[c], i);

            if (i == without)
                continue;
            distance += set != (z[i] >= 0);
            score += set ? z[i] : -z[i];
        }
        if (distance < least || (distance == least && score > most)) {
            best = c;
            least = distance;
            most = score;
        }
    }
    return best;
}

static void test_loss_random(void)
{
    enum { IMAGES = 400, BITS = 6, CLASSES = 12 };
    int8_t margins[IMAGES * BITS];
    int32_t labels[IMAGES];
    uint64_t codes[CLASSES];
    size_t flipped[BITS] = {0}, masked[BITS] = {0}, right = 0;
    struct bitreport_loss loss;
    struct codebook book;
    struct rng rng;
    struct err err;

    rng_init(&rng, 71, 0);
    for (int c = 0; c < CLASSES; c++)
        codes[c] = rng_below(&rng, 64);
    book = book_of(codes, CLASSES, BITS);
    for (int n = 0; n < IMAGES; n++) {
        int z[BITS];

        labels[n] = (int32_t)rng_below(&rng, CLASSES);
        for (int i = 0; i < BITS; i++) {
            z[i] = (int)rng_below(&rng, 8) - 4;
            if (rng_below(&rng, 4) > 0)
                z[i] = code_bit(codes[labels[n]], i) ? abs(z[i]) : -1 - z[i];
            margins[n * BITS + i] = (int8_t)z[i];
        }
        right += mhd_by_hand(&book, z, -1) == (uint32_t)labels[n];
        for (int i = 0; i < BITS; i++) {
            int kept = z[i];

            masked[i] += mhd_by_hand(&book, z, i) == (uint32_t)labels[n];
            z[i] = kept ? -kept : -1;
            flipped[i] += mhd_by_hand(&book, z, -1) == (uint32_t)labels[n];
            z[i] = kept;
        }
    }
    if (bitreport_loss(&loss, &book, margins, labels, IMAGES, NULL, NULL,
                       &err) != OK)
        abort();
    tap_int((long long)loss.right, (long long)right, "right by hand");
    tap_ok(memcmp(loss.flipped, flipped, sizeof(flipped)) == 0,
           "flipped by hand");
    tap_ok(memcmp(loss.masked, masked, sizeof(masked)) == 0, "masked by hand");
    codebook_release(&book);
}

static void test_loss_cancel(void)
{
    enum { MANY = 200000 };
    uint64_t codes[64];
    int8_t *margins = mem_zalloc(MANY, 64);
    int32_t *labels = mem_zalloc(MANY, sizeof(*labels));
    struct bitreport_loss loss = {.images = 7};
    struct codebook book;
    struct err err;
    int calls = 0;

    for (int i = 0; i < 64; i++)
        codes[i] = UINT64_C(1) << i;
    book = book_of(codes, 64, 64);
    tap_int(
        bitreport_loss(&loss, &book, margins, labels, MANY, stop, &calls, &err),
        ERR_CANCELLED, "a long report is cancelled");
    tap_ok(calls == 1 && loss.images == 7, "at the first word");
    codebook_release(&book);
    free(margins);
    free(labels);
}

static void test_pairs(void)
{
    static const uint64_t codes[6] = {5, 7, 5, 4, 0, 15};
    static const struct bitreport_pair want[] = {
        {0, 3, 0}, {0, 3, 2}, {1, 0, 1}, {1, 2, 1}, {2, 4, 3}, {3, 1, 5}};
    struct codebook book = book_of(codes, 6, 64);
    struct bitreport_pair *pairs;
    size_t n = bitreport_pairs(&pairs, &book);

    tap_int((long long)n, 6, "six pairs one bit apart");
    for (size_t i = 0; i < n && i < 6; i++)
        tap_ok(pairs[i].bit == want[i].bit && pairs[i].off == want[i].off &&
                   pairs[i].on == want[i].on,
               "pair %zu", i);
    free(pairs);
    codebook_release(&book);
    book = book_of(codes, 1, 3);
    tap_int((long long)bitreport_pairs(&pairs, &book), 0, "one class, none");
    tap_ok(pairs == NULL, "no list");
    codebook_release(&book);
}

static void test_confusion(void)
{
    static const int32_t truth[] = {0, 1, 2, 2, 1, 0, -1, 3, 0, 2};
    static const int32_t answer[] = {0, 2, 1, 1, 0, 1, 2, -1, 3, 1};
    struct confusion_pair *pairs;
    size_t n = confusion_pairs(&pairs, truth, answer, 10);

    tap_int((long long)n, 3, "three pairs are confused");
    tap_ok(pairs[0].a == 1 && pairs[0].b == 2 && pairs[0].a_as_b == 1 &&
               pairs[0].b_as_a == 3,
           "1 and 2 most of all");
    tap_ok(pairs[1].a == 0 && pairs[1].b == 1 && pairs[1].a_as_b == 1 &&
               pairs[1].b_as_a == 1 && pairs[2].b == 3 &&
               pairs[2].a_as_b == 1 && pairs[2].b_as_a == 0,
           "then 0 and 1, 0 and 3");
    free(pairs);
    tap_int((long long)confusion_pairs(&pairs, truth, truth, 10), 0, "none");
    tap_ok(pairs == NULL, "when every answer is right");
}

int main(void)
{
    test_accuracy();
    test_orders();
    test_retrieval(1, 50, 3);
    test_retrieval(6, 600, 5);
    test_retrieval(16, 600, 12);
    test_retrieval(64, 300, 4);
    test_retrieval_edges();
    test_ood();
    test_auroc();
    test_side();
    test_loss();
    test_loss_random();
    test_loss_cancel();
    test_pairs();
    test_confusion();
    return tap_done();
}
