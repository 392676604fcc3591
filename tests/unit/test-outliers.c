/*
 * Images whose code no class has, likely label mistakes, duplicates, and
 * classes that codes hardly tell apart, each against the plainest computation
 * there is, over random cases of a fixed seed and cases that are meant to
 * hurt.
 */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "codes/code.h"
#include "codes/codebook.h"
#include "codes/decode.h"
#include "codes/margin.h"
#include "metrics/alike.h"
#include "metrics/duplicate.h"
#include "metrics/ood.h"
#include "metrics/verdict.h"

#include "tap.h"
#include "unit/bookof.h"

/* ---- a random data set of codes ---- */

struct data {
    struct codebook book;
    struct verdict_images images;
    uint64_t *codes;
    int8_t *margins;
    int32_t *labels;
    uint8_t *keep;
};

static struct data make_data(struct rng *rng, int bits, uint32_t classes,
                             size_t n)
{
    uint64_t *book = mem_zalloc(classes + 1, sizeof(*book));
    struct data d = {.codes = mem_zalloc(n + 1, sizeof(*d.codes)),
                     .margins = mem_zalloc(n * (size_t)bits + 1, 1),
                     .labels = mem_zalloc(n + 1, sizeof(*d.labels)),
                     .keep = mem_zalloc(n + 1, 1)};

    for (uint32_t c = 0; c < classes; c++)
        book[c] = rng_next(rng) & code_mask(bits);
    d.book = book_of(book, classes, bits);
    free(book);
    for (size_t i = 0; i < n; i++) {
        int8_t *z = d.margins + i * (size_t)bits;
        uint64_t code = classes ? d.book.codes[rng_next(rng) % classes]
                                : rng_next(rng) & code_mask(bits);

        for (int bit = 0; bit < bits; bit++) {
            bool on = code_bit(code, bit) != (rng_next(rng) % 8 == 0);

            z[bit] = (int8_t)(on ? (int)(rng_next(rng) % 128)
                                 : -1 - (int)(rng_next(rng) % 127));
        }
        d.codes[i] = margin_code(z, bits);
        d.labels[i] = (int32_t)(rng_next(rng) % (classes + 2)) - 1;
        d.keep[i] = rng_next(rng) % 4 > 0;
    }
    d.images =
        (struct verdict_images){n, bits, d.codes, d.margins, d.labels, d.keep};
    return d;
}

static void free_data(struct data *d)
{
    codebook_release(&d->book);
    free(d->codes);
    free(d->margins);
    free(d->labels);
    free(d->keep);
}

/* ---- verdicts and what follows from them ---- */

static bool verdicts_agree(const struct data *d, const struct verdicts *v)
{
    const struct verdict_images *m = &d->images;

    for (size_t i = 0; i < m->count; i++) {
        struct decode want =
            m->margins
                ? decode_quantised(&d->book, m->margins + i * (size_t)m->bits)
                : decode_code(&d->book, m->codes[i]);

        if (d->book.classes == 0) {
            if (v->nearest[i] != VERDICT_NONE || v->distance[i] != m->bits + 1)
                return false;
        } else if (v->nearest[i] != (int32_t)want.nearest ||
                   v->distance[i] != want.distance) {
            return false;
        }
    }
    return true;
}

/* In order, complete, and what is said of each is so. */
static bool unknown_agrees(const struct data *d, const struct verdicts *v)
{
    const struct verdict_images *m = &d->images;
    struct unknown *list, *some;
    size_t total, wanted = 0, few;
    size_t count = unknown_list(&list, &total, m, v, 0);
    bool right = true;

    for (size_t i = 0; i < m->count; i++) {
        bool has = false;

        for (uint32_t c = 0; c < d->book.classes; c++)
            has = has || d->book.codes[c] == m->codes[i];
        wanted += !has && (!m->keep || m->keep[i]);
    }
    right = total == wanted && count == wanted;
    for (size_t i = 0; i < count && right; i++) {
        uint32_t row = list[i].row;

        right = list[i].nearest == v->nearest[row] &&
                list[i].distance == v->distance[row] &&
                (!m->keep || m->keep[row]);
        if (m->margins && d->book.classes)
            right = right &&
                    128 * list[i].distance + 127 - list[i].margin ==
                        ood_score(&d->book, m->margins + row * (size_t)m->bits);
        if (i > 0) {
            const struct unknown *a = &list[i - 1], *b = &list[i];

            right = right && (a->distance > b->distance ||
                              (a->distance == b->distance &&
                               (a->margin < b->margin ||
                                (a->margin == b->margin && a->row < b->row))));
        }
    }
    few = unknown_list(&some, &total, m, v, 5);
    right = right && total == wanted && few == (wanted < 5 ? wanted : 5) &&
            (few == 0 || memcmp(some, list, few * sizeof(*some)) == 0);
    free(list);
    free(some);
    return right;
}

static int naive_gap(const struct codebook *book, uint64_t code)
{
    int least = 65;

    for (uint32_t c = 0; c < book->classes; c++)
        if (book->codes[c] != code &&
            code_distance(book->codes[c], code) < least)
            least = code_distance(book->codes[c], code);
    return least;
}

static int dot(const struct data *d, size_t i, uint64_t code)
{
    int sum = 0;

    for (int bit = 0; d->images.margins && bit < d->book.bits; bit++)
        sum += code_bit(code, bit)
                   ? d->margins[i * (size_t)d->book.bits + (size_t)bit]
                   : -d->margins[i * (size_t)d->book.bits + (size_t)bit];
    return sum;
}

static bool mistakes_agree(const struct data *d, const struct verdicts *v)
{
    const struct verdict_images *m = &d->images;
    struct mistake *list, *some;
    size_t total, wanted = 0, few;
    size_t count = mistake_list(&list, &total, m, v, &d->book, 0);
    bool right = true;

    for (size_t i = 0; m->labels && i < m->count; i++) {
        int32_t y = m->labels[i], c = v->nearest[i];
        int far;

        if (y < 0 || y >= (int32_t)d->book.classes || (m->keep && !m->keep[i]))
            continue;
        far = code_distance(m->codes[i], d->book.codes[y]);
        wanted += c != y && far > v->distance[i] &&
                  2 * v->distance[i] < naive_gap(&d->book, d->book.codes[c]);
    }
    right = total == wanted && count == wanted;
    for (size_t i = 0; i < count && right; i++) {
        const struct mistake *x = &list[i];
        uint64_t y = d->book.codes[x->label], c = d->book.codes[x->decoded];

        right = x->label == m->labels[x->row] &&
                x->decoded == v->nearest[x->row] &&
                x->distance == v->distance[x->row] &&
                x->lead == code_distance(m->codes[x->row], y) - x->distance &&
                x->margin_lead == dot(d, x->row, c) - dot(d, x->row, y);
        if (i > 0) {
            const struct mistake *a = &list[i - 1];

            right = right &&
                    (a->lead > x->lead ||
                     (a->lead == x->lead &&
                      (a->margin_lead > x->margin_lead ||
                       (a->margin_lead == x->margin_lead && a->row < x->row))));
        }
    }
    few = mistake_list(&some, &total, m, v, &d->book, 3);
    right = right && total == wanted && few == (wanted < 3 ? wanted : 3) &&
            (few == 0 || memcmp(some, list, few * sizeof(*some)) == 0);
    free(list);
    free(some);
    return right;
}

static void test_verdicts(void)
{
    static const struct {
        int bits;
        uint32_t classes;
        size_t n;
    } cases[] = {{1, 2, 40},    {3, 12, 200}, {8, 30, 400},  {16, 50, 500},
                 {33, 20, 300}, {63, 9, 100}, {64, 40, 300}, {20, 1, 50},
                 {12, 0, 60},   {64, 0, 20},  {8, 5, 0},     {8, 5, 1}};
    struct rng rng;

    rng_init(&rng, 7, 0);
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        for (int plain = 0; plain < 2; plain++) {
            struct data d =
                make_data(&rng, cases[i].bits, cases[i].classes, cases[i].n);
            struct verdicts v = VERDICTS_INIT;
            struct err err;
            const char *what = plain ? ", no margins, no filter" : "";

            if (plain) {
                d.images.margins = NULL;
                d.images.keep = NULL;
            }
            if (verdicts_make(&v, &d.images, &d.book, NULL, NULL, &err) != OK)
                abort();
            tap_ok(verdicts_agree(&d, &v), "%d bits, %u classes, %zu images%s",
                   cases[i].bits, cases[i].classes, cases[i].n, what);
            tap_ok(unknown_agrees(&d, &v), "its images of no class's code");
            tap_ok(mistakes_agree(&d, &v), "its mistakes");
            d.images.labels = NULL;
            tap_ok(mistakes_agree(&d, &v), "and none without labels");
            verdicts_release(&v);
            free_data(&d);
        }
    }
}

/* Two classes eight bits apart; an image two bits from either's code. */
static void test_confidence(void)
{
    static const uint64_t codes[3] = {0x00, 0xff, 0xfc};
    static const uint64_t seen[6] = {0xff, 0xfe, 0x7f, 0x0f, 0x00, 0x3f};
    static const int32_t labels[6] = {0, 0, 0, 0, 0, 2};
    struct codebook book;
    struct verdict_images images = {6, 8, seen, NULL, labels, NULL};
    struct verdicts v = VERDICTS_INIT;
    struct mistake *list;
    struct err err;
    size_t total, count;

    book = book_of(codes, 3, 8);
    if (verdicts_make(&v, &images, &book, NULL, NULL, &err) != OK)
        abort();
    count = mistake_list(&list, &total, &images, &v, &book, 0);
    /* ff is two bits from fc: its radius is 0, so fe and 7f are nobody's. */
    tap_int((long long)count, 1, "within the radius of correction alone");
    tap_ok(count == 1 && list[0].row == 0 && list[0].decoded == 1 &&
               list[0].lead == 8,
           "that is the one whose code is another class's");
    free(list);
    verdicts_release(&v);
    codebook_release(&book);
}

static bool stop(void *context)
{
    return --*(int *)context < 0;
}

static void test_cancelled(void)
{
    struct rng rng;
    struct data d;
    struct verdicts v = VERDICTS_INIT;
    struct err err;
    int left = 0;

    rng_init(&rng, 3, 0);
    d = make_data(&rng, 8, 4, 10);
    tap_int(verdicts_make(&v, &d.images, &d.book, stop, &left, &err),
            ERR_CANCELLED, "decoding is cancelled");
    tap_ok(v.nearest == NULL, "and leaves nothing");
    free_data(&d);
}

/* ---- classes ---- */

static int alike_order(const struct alike *a, const struct alike *b, bool near)
{
    long long x[5] = {near ? a->distance : -(long long)(a->a_as_b + a->b_as_a),
                      near ? -(long long)(a->a_as_b + a->b_as_a) : a->distance,
                      a->a, a->b};
    long long y[5] = {near ? b->distance : -(long long)(b->a_as_b + b->b_as_a),
                      near ? -(long long)(b->a_as_b + b->b_as_a) : b->distance,
                      b->a, b->b};

    for (int i = 0; i < 4; i++)
        if (x[i] != y[i])
            return x[i] < y[i] ? -1 : 1;
    return 0;
}

static bool all_same(const struct alike *x, const struct alike *y, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (alike_order(&x[i], &y[i], true) != 0 || x[i].a_as_b != y[i].a_as_b)
            return false;
    return true;
}

static bool alike_agree(const struct codebook *book,
                        const struct confusion_pair *pairs, size_t count)
{
    struct alike *near, *some, *confused;
    size_t total, wanted = 0, few, all;
    size_t found = alike_near(&near, &total, book, pairs, count, 0);
    bool right;

    for (uint32_t a = 0; a < book->classes; a++)
        for (uint32_t b = a + 1; b < book->classes; b++)
            wanted += code_distance(book->codes[a], book->codes[b]) <= 1;
    right = found == wanted && total == wanted;
    for (size_t i = 0; i < found && right; i++) {
        size_t there = 0, back = 0;

        for (size_t p = 0; p < count; p++)
            if (pairs[p].a == near[i].a && pairs[p].b == near[i].b) {
                there = pairs[p].a_as_b;
                back = pairs[p].b_as_a;
            }
        right = near[i].a < near[i].b && near[i].a_as_b == there &&
                near[i].b_as_a == back &&
                near[i].distance == code_distance(book->codes[near[i].a],
                                                  book->codes[near[i].b]) &&
                near[i].distance <= 1 &&
                (i == 0 || alike_order(&near[i - 1], &near[i], true) < 0);
    }
    for (size_t most = 1; most < 40 && right; most += 6) {
        few = alike_near(&some, &total, book, pairs, count, most);
        right = total == wanted && few == (wanted < most ? wanted : most) &&
                all_same(some, near, few);
        free(some);
    }
    all = alike_confused(&confused, &total, book, pairs, count, 0);
    right = right && all == count && total == count;
    for (size_t i = 1; i < all && right; i++)
        right = alike_order(&confused[i - 1], &confused[i], false) < 0;
    free(near);
    free(confused);
    return right;
}

static void test_alike(void)
{
    static const struct {
        int bits;
        uint32_t classes;
        uint64_t mask; /* bits that codes may have */
    } cases[] = {{4, 40, ~UINT64_C(0)},
                 {8, 60, ~UINT64_C(0)},
                 {64, 50, 0x35},
                 {64, 30, UINT64_C(3) << 62},
                 {1, 5, ~UINT64_C(0)},
                 {16, 80, 0},
                 {8, 0, 0},
                 {8, 1, 0}};
    struct rng rng;

    rng_init(&rng, 11, 0);
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        uint32_t L = cases[i].classes;
        uint64_t codes[80];
        int32_t truth[400], answer[400];
        struct codebook book;
        struct confusion_pair *pairs;
        size_t count;

        for (uint32_t c = 0; c < L; c++)
            codes[c] =
                rng_next(&rng) & cases[i].mask & code_mask(cases[i].bits);
        for (int k = 0; k < 400; k++) {
            truth[k] = L ? (int32_t)(rng_next(&rng) % L) : -1;
            answer[k] = L ? (int32_t)(rng_next(&rng) % L) : -1;
        }
        count = confusion_pairs(&pairs, truth, answer, i % 2 ? 60 : 400);
        book = book_of(codes, L, cases[i].bits);
        tap_ok(alike_agree(&book, pairs, count), "pairs of %u classes, %d bits",
               L, cases[i].bits);
        free(pairs);
        codebook_release(&book);
    }
}

/* ---- duplicates ---- */

struct pictures {
    struct duplicate_options options;
    size_t count, size;
    uint8_t *bytes;
    uint64_t *codes;
    uint8_t *coded;
    size_t reads;
    int fail; /* read() number that fails, -1 for none */
    int left; /* questions until it is cancelled */
};

static enum status read_picture(void *context, size_t row, uint8_t *bytes,
                                struct err *err)
{
    struct pictures *p = context;

    if ((int)p->reads++ == p->fail)
        return err_set(err, ERR_CATALOGUE, "damaged");
    memcpy(bytes, p->bytes + row * p->size, p->size);
    return OK;
}

static bool stop_pictures(void *context)
{
    struct pictures *p = context;

    return --p->left < 0;
}

static struct pictures make_pictures(int channels, int height, int width,
                                     size_t count)
{
    size_t size = (size_t)channels * (size_t)height * (size_t)width;
    struct pictures p = {
        .options = {channels, height, width, DUPLICATE_RADIUS,
                    DUPLICATE_TOLERANCE},
        .count = count,
        .size = size,
        .bytes = mem_zalloc(count * size + 1, 1),
        .codes = mem_zalloc(count + 1, sizeof(*p.codes)),
        .coded = mem_zalloc(count + 1, 1),
        .fail = -1,
        .left = 1 << 30,
    };

    memset(p.coded, 1, count);
    return p;
}

static void free_pictures(struct pictures *p)
{
    free(p->bytes);
    free(p->codes);
    free(p->coded);
}

/* A third of the pictures repeat an earlier one, as it is or with noise. */
static void paint(struct pictures *p, struct rng *rng, int noise)
{
    for (size_t i = 0; i < p->count; i++) {
        uint8_t *own = p->bytes + i * p->size;
        uint64_t kind = rng_next(rng) % 6;
        size_t of = i ? rng_next(rng) % i : 0;

        if (i == 0 || kind > 1) {
            int low = (int)(rng_next(rng) % 200);

            for (size_t k = 0; k < p->size; k++)
                own[k] = (uint8_t)((rng_next(rng) % 56) + (uint64_t)low);
            p->codes[i] = rng_next(rng) & 0xff;
            continue;
        }
        memcpy(own, p->bytes + of * p->size, p->size);
        p->codes[i] = p->codes[of];
        for (size_t k = 0; kind == 1 && k < p->size; k++) {
            int value = own[k] + (int)(rng_next(rng) % (uint64_t)(noise + 1)) -
                        noise / 2;

            own[k] = (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
        }
        if (kind == 1 && rng_next(rng) % 2)
            p->codes[i] ^= UINT64_C(1) << rng_next(rng) % 8 |
                           UINT64_C(1) << rng_next(rng) % 8 |
                           UINT64_C(1) << rng_next(rng) % 8;
        p->coded[i] = rng_next(rng) % 16 > 0;
    }
}

static int64_t squares(const struct pictures *p, size_t a, size_t b)
{
    int64_t sum = 0;

    for (size_t k = 0; k < p->size; k++) {
        int e = p->bytes[a * p->size + k] - p->bytes[b * p->size + k];

        sum += e * e;
    }
    return sum;
}

static int bits_between(const struct pictures *p, size_t a, size_t b)
{
    return p->coded[a] && p->coded[b] ? code_distance(p->codes[a], p->codes[b])
                                      : -1;
}

/* What is said about one row, by comparing it with all before. */
static bool naive(const struct pictures *p, size_t row, const bool *copies,
                  struct duplicate *out)
{
    double most = p->options.tolerance * p->options.tolerance * (double)p->size;
    int64_t best = -1;

    for (size_t i = 0; i < row; i++) {
        int64_t d = squares(p, i, row);

        if (d == 0) {
            *out = (struct duplicate){(uint32_t)row, (uint32_t)i, true,
                                      bits_between(p, row, i), 0};
            return true;
        }
        if (copies[i] || (double)d > most || (best >= 0 && d >= best) ||
            p->options.tolerance == 0 ||
            bits_between(p, row, i) > p->options.radius)
            continue;
        best = d;
        *out = (struct duplicate){(uint32_t)row, (uint32_t)i, false,
                                  bits_between(p, row, i),
                                  (float)sqrt((double)d / (double)p->size)};
    }
    return best >= 0;
}

static enum status run(struct pictures *p, struct duplicate **list,
                       size_t *count, size_t *crowded, struct err *err)
{
    struct duplicate_source source = {read_picture, stop_pictures, p, p->codes,
                                      p->coded};
    struct duplicates *d;
    enum status status = duplicates_new(&d, &p->options, p->count, err);

    if (status != OK)
        return status;
    for (size_t i = 0; i < p->count; i++)
        duplicates_add(d, p->bytes + i * p->size);
    status = duplicates_find(list, count, crowded, d, &source, err);
    duplicates_free(d);
    return status;
}

static int duplicate_order(const struct duplicate *a, const struct duplicate *b)
{
    double x[5] = {!a->exact, a->pixels, a->exact ? a->of : (double)a->bits,
                   a->row};
    double y[5] = {!b->exact, b->pixels, b->exact ? b->of : (double)b->bits,
                   b->row};

    for (int i = 0; i < 4; i++)
        if (x[i] != y[i])
            return x[i] < y[i] ? -1 : 1;
    return 0;
}

/* near, exact: how many there were. */
static bool duplicates_agree(struct pictures *p, size_t *near, size_t *exact)
{
    bool *copies = mem_zalloc(p->count + 1, sizeof(*copies));
    struct duplicate *list = NULL, want;
    size_t count = 0, crowded = 0, wanted = 0;
    struct err err;
    bool right = run(p, &list, &count, &crowded, &err) == OK && crowded == 0;

    *near = *exact = 0;
    for (size_t i = 0; i < p->count && right; i++) {
        size_t at = 0;

        if (!naive(p, i, copies, &want))
            continue;
        wanted++;
        copies[i] = want.exact;
        *near += !want.exact;
        *exact += want.exact;
        while (at < count && list[at].row != i)
            at++;
        right = at < count && list[at].of == want.of &&
                list[at].exact == want.exact && list[at].bits == want.bits &&
                fabs(list[at].pixels - want.pixels) < 1e-6;
        if (!right)
            tap_note("row %zu: of %u, wanted %u, %g", i,
                     at < count ? list[at].of : 0, want.of, want.pixels);
    }
    right = right && wanted == count;
    for (size_t i = 1; i < count && right; i++)
        right = duplicate_order(&list[i - 1], &list[i]) < 0;
    free(copies);
    free(list);
    return right;
}

static void test_duplicates(void)
{
    static const struct {
        int channels, height, width;
        size_t count;
        int noise;
        double tolerance;
        int radius;
        bool finds; /* near ones are to be expected */
    } cases[] = {
        {1, 28, 28, 600, 24, 8, 2, true},   {1, 28, 28, 600, 50, 16, 3, true},
        {3, 32, 32, 200, 20, 8, 2, true},   {1, 5, 3, 300, 30, 12, 2, true},
        {1, 1, 1, 200, 9, 2, 1, true},      {3, 1, 7, 200, 30, 9, 64, true},
        {1, 7, 1, 300, 12, 0.5, 64, false}, {1, 28, 28, 300, 30, 0, 2, false},
        {1, 16, 16, 60, 40, 255, 64, true}, {1, 16, 16, 200, 24, 8, 0, true},
        {1, 100, 3, 100, 24, 8, 2, true},   {1, 8, 8, 0, 1, 8, 2, false},
        {1, 8, 8, 1, 1, 8, 2, false},
    };
    struct rng rng;

    rng_init(&rng, 5, 0);
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct pictures p = make_pictures(cases[i].channels, cases[i].height,
                                          cases[i].width, cases[i].count);
        size_t near, exact;
        bool right;

        p.options.tolerance = cases[i].tolerance;
        p.options.radius = cases[i].radius;
        paint(&p, &rng, cases[i].noise);
        right = duplicates_agree(&p, &near, &exact);
        tap_ok(right,
               "%zu pictures of %dx%dx%d, within %g and %d bits: %zu exact, "
               "%zu near",
               p.count, p.options.channels, p.options.height, p.options.width,
               p.options.tolerance, p.options.radius, exact, near);
        tap_ok(p.count < 2 || exact > 0, "there were exact ones to find");
        tap_ok(!cases[i].finds || near > 0, "and near ones");
        free_pictures(&p);
    }
}

/* Smooth pictures in a narrow range: strips are full and cut often. */
static void test_dense(void)
{
    struct pictures p = make_pictures(1, 12, 12, 1500);
    struct rng rng;
    size_t near, exact;
    bool right;

    rng_init(&rng, 9, 0);
    for (size_t i = 0; i < p.count; i++) {
        int a = (int)(rng_next(&rng) % 60), b = (int)(rng_next(&rng) % 60);

        for (int k = 0; k < 144; k++)
            p.bytes[i * 144 + (size_t)k] =
                (uint8_t)(60 + a * (k % 12) / 12 + b * (k / 12) / 12);
        p.codes[i] = rng_next(&rng) & 3;
    }
    p.options.tolerance = 1.5;
    right = duplicates_agree(&p, &near, &exact);
    tap_ok(right,
           "%zu exact, %zu near among "
           "1500 gradients",
           exact, near);
    tap_ok(near > 100, "there were many");
    free_pictures(&p);
}

/* More images as like as that than are looked at: said, and never quadratic
 * in reading. */
static void test_crowd(void)
{
    struct pictures p = make_pictures(1, 8, 8, 6000);
    struct rng rng;
    struct duplicate *list;
    size_t count, crowded, same;
    struct err err;

    rng_init(&rng, 13, 0);
    for (size_t i = 0; i < p.count * p.size; i++)
        p.bytes[i] = (uint8_t)(100 + rng_next(&rng) % 4);
    tap_ok(run(&p, &list, &count, &crowded, &err) == OK, "a crowd of 6000");
    tap_int((long long)count, 5999, "each but the first has one before it");
    tap_int((long long)crowded, 6000 - 65, "who had more than is looked at");
    tap_ok(p.reads <= 6000 * (DUPLICATE_LOOKS + 1), "%zu pictures read",
           p.reads);
    free(list);
    /* As one picture 6000 times, which is no crowd at all. */
    for (size_t i = 1; i < p.count; i++)
        memcpy(p.bytes + i * p.size, p.bytes, p.size);
    p.reads = 0;
    tap_ok(run(&p, &list, &count, &crowded, &err) == OK, "6000 copies");
    for (same = 0; same < count && list[same].of == 0 && list[same].exact;)
        same++;
    tap_ok(count == 5999 && same == count && crowded == 0, "are of the first");
    tap_ok(p.reads <= 6001, "%zu pictures read", p.reads);
    free(list);
    free_pictures(&p);
}

static void test_failures(void)
{
    struct pictures p = make_pictures(1, 8, 8, 300);
    struct rng rng;
    struct duplicate *list = NULL;
    size_t count = 77, crowded = 77;
    struct err err;

    rng_init(&rng, 17, 0);
    paint(&p, &rng, 20);
    p.fail = 3;
    tap_int(run(&p, &list, &count, &crowded, &err), ERR_CATALOGUE,
            "a picture that can't be read again ends it");
    tap_str(err.text, "damaged", "with what was said");
    p.fail = -1;
    p.left = 1;
    tap_int(run(&p, &list, &count, &crowded, &err), ERR_CANCELLED,
            "it is cancelled");
    tap_ok(!list && count == 77 && crowded == 77, "and nothing is touched");
    free_pictures(&p);
}

/* Rows that are bare bytes, such as codes with their margins. */
static void test_rows(void)
{
    struct pictures p = make_pictures(28, 1, 1, 400);
    struct rng rng;
    size_t near, exact;
    bool right;

    rng_init(&rng, 19, 0);
    p.options.tolerance = 0;
    paint(&p, &rng, 4);
    right = duplicates_agree(&p, &near, &exact);
    tap_ok(right, "rows of bytes, exactly");
    tap_ok(near == 0 && exact > 20, "%zu of them are copies", exact);
    free_pictures(&p);
}

int main(void)
{
    test_verdicts();
    test_confidence();
    test_cancelled();
    test_alike();
    test_duplicates();
    test_dense();
    test_crowd();
    test_failures();
    test_rows();
    return tap_done();
}
