/*
 * Linkage against the textbook: a matrix of distances that Lance and
 * Williams's updates keep, walked by the same chain. Kernels against each
 * other; what only many classes show; giving up.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "codes/code.h"
#include "tap.h"
#include "taxonomy/bitsum-kernels.h"
#include "taxonomy/dendro.h"
#include "taxonomy/linkage.h"

/* ---- the textbook ------------------------------------------------------- */

struct book {
    enum linkage linkage;
    uint32_t n;
    uint64_t *d;      /* (n, n) least, largest or sum of distances */
    uint64_t *within; /* (n) */
    uint32_t *size;   /* (n) 0: dead */
};

static double book_height(const struct book *b, uint32_t x, uint32_t y)
{
    double nx = b->size[x], ny = b->size[y];
    double d = (double)b->d[(size_t)x * b->n + y];

    if (b->linkage == LINKAGE_AVERAGE)
        return d / (nx * ny);
    if (b->linkage == LINKAGE_WARD)
        return 2 *
               (d * nx * ny - (double)b->within[x] * ny * ny -
                (double)b->within[y] * nx * nx) /
               (nx * ny * (nx + ny));
    return d;
}

/* Sizes are small here: what differs at all differs by far more than 1e-9. */
static bool nearer(double a, double b)
{
    return a < b - 1e-9;
}

static uint32_t book_nearest(const struct book *b, uint32_t x, uint32_t back)
{
    uint32_t best = back;

    for (uint32_t y = 0; y < b->n; y++) {
        if (y == x || y == back || b->size[y] == 0)
            continue;
        if (best == b->n ||
            nearer(book_height(b, x, y), book_height(b, x, best)))
            best = y;
    }
    return best;
}

static void book_merge(struct book *b, uint32_t low, uint32_t high)
{
    b->within[low] += b->within[high] + b->d[(size_t)low * b->n + high];
    b->size[low] += b->size[high];
    b->size[high] = 0;
    for (uint32_t y = 0; y < b->n; y++) {
        uint64_t *d = &b->d[(size_t)low * b->n + y];
        uint64_t other = b->d[(size_t)high * b->n + y];

        if (b->linkage == LINKAGE_SINGLE)
            *d = other < *d ? other : *d;
        else if (b->linkage == LINKAGE_COMPLETE)
            *d = other > *d ? other : *d;
        else
            *d += other;
        b->d[(size_t)y * b->n + low] = *d;
    }
}

struct pair {
    uint32_t low, high, turn;
    double height;
};

static int by_height(const void *a, const void *b)
{
    const struct pair *x = a, *y = b;

    if (nearer(x->height, y->height) || nearer(y->height, x->height))
        return x->height < y->height ? -1 : 1;
    return x->turn < y->turn ? -1 : x->turn > y->turn;
}

/* n - 1 pairs of slots, by height. */
static void book_run(struct pair *out, const uint64_t *codes, uint32_t n,
                     enum linkage linkage)
{
    struct book b = {.linkage = linkage, .n = n};
    uint32_t *stack = mem_zalloc(n, sizeof(*stack)), length = 0;

    b.d = mem_zalloc((size_t)n * n, sizeof(*b.d));
    b.within = mem_zalloc(n, sizeof(*b.within));
    b.size = mem_zalloc(n, sizeof(*b.size));
    for (uint32_t i = 0; i < n; i++) {
        b.size[i] = 1;
        for (uint32_t j = 0; j < n; j++)
            b.d[(size_t)i * n + j] =
                (uint64_t)code_distance(codes[i], codes[j]);
    }
    for (uint32_t turn = 0; turn + 1 < n;) {
        uint32_t back = length > 1 ? stack[length - 2] : n, top, near;

        if (length == 0)
            stack[length++] = 0;
        top = stack[length - 1];
        near = book_nearest(&b, top, back);
        if (near != back) {
            stack[length++] = near;
            continue;
        }
        length -= 2;
        out[turn] =
            (struct pair){top < near ? top : near, top < near ? near : top,
                          turn, book_height(&b, top, near)};
        book_merge(&b, out[turn].low, out[turn].high);
        turn++;
    }
    qsort(out, n - 1, sizeof(*out), by_height);
    free(b.d);
    free(b.within);
    free(b.size);
    free(stack);
}

/* Merges that are not the book's. */
static int compare(const uint64_t *codes, uint32_t n, enum linkage linkage)
{
    struct linkage_merge *merges = mem_zalloc(n, sizeof(*merges));
    struct pair *want = mem_zalloc(n, sizeof(*want));
    uint32_t *slot = mem_zalloc(n, sizeof(*slot));
    struct err err;
    int faults = linkage_run(merges, codes, n, linkage, NULL, &err) != OK;

    book_run(want, codes, n, linkage);
    for (uint32_t i = 0; i < n; i++)
        slot[i] = i;
    for (uint32_t m = 0; m + 1 < n; m++) {
        faults += merges[m].left != slot[want[m].low] ||
                  merges[m].right != slot[want[m].high] ||
                  nearer(merges[m].height, want[m].height) ||
                  nearer(want[m].height, merges[m].height);
        slot[want[m].low] = n + m;
    }
    free(merges);
    free(want);
    free(slot);
    return faults;
}

/* Codes in groups around few centres, so that there are ties and repeats. */
static void draw(uint64_t *codes, uint32_t n, int bits, uint32_t centres,
                 struct rng *rng)
{
    uint64_t centre[64];

    for (uint32_t c = 0; c < 64; c++)
        centre[c] = rng_next(rng) & code_mask(bits);
    for (uint32_t i = 0; i < n; i++) {
        codes[i] = centres ? centre[(size_t)rng_below(rng, centres)]
                           : rng_next(rng) & code_mask(bits);
        for (uint64_t f = rng_below(rng, 4); centres && f > 0; f--)
            codes[i] ^= UINT64_C(1) << rng_below(rng, (uint64_t)bits);
    }
}

static void test_book(void)
{
    static const struct {
        uint32_t n;
        int bits;
        uint32_t centres; /* 0: every code by itself */
    } cases[] = {{2, 1, 0},    {3, 2, 0},    {17, 4, 0},   {60, 6, 5},
                 {257, 9, 0},  {300, 16, 9}, {300, 33, 0}, {400, 64, 20},
                 {513, 64, 0}, {600, 20, 1}, {600, 64, 2}, {520, 8, 40},
                 {300, 3, 0}};
    static uint64_t codes[600];
    struct rng rng;

    rng_init(&rng, 4, 4);
    for (size_t c = 0; c < ARRAY_SIZE(cases); c++) {
        draw(codes, cases[c].n, cases[c].bits, cases[c].centres, &rng);
        for (int l = 0; l < LINKAGE_COUNT; l++)
            tap_int(compare(codes, cases[c].n, (enum linkage)l), 0,
                    "%u classes, %d bits, %s: the tree of the book", cases[c].n,
                    cases[c].bits, linkage_name((enum linkage)l));
    }
}

/* ---- kernels ------------------------------------------------------------ */

static void test_kernels(void)
{
    enum { BLOCKS = 7, PAIRS = 32, BITS = 2 * PAIRS };
    const size_t count = (size_t)BLOCKS * BITSUM_LANES;
    int16_t *sums = mem_large(count * BITS, sizeof(*sums));
    int32_t *want = mem_zalloc(count, sizeof(*want));
    int32_t *got = mem_zalloc(count, sizeof(*got));
    int16_t query[BITS];
    struct rng rng;

    rng_init(&rng, 4, 5);
    for (uint32_t pairs = 1; pairs <= PAIRS; pairs += 31) {
        for (size_t i = 0; i < count * BITS; i++)
            sums[i] = (int16_t)rng_below(&rng, 32768);
        for (uint32_t i = 0; i < BITS; i++)
            query[i] = (int16_t)rng_below(&rng, 32768);
        for (uint32_t p = 0; p < count; p++)
            want[p] = (int32_t)(uint32_t)bitsum_dot(sums, p, pairs, query);
        for (int k = 0; bitsum_kernel(k) != NULL; k++) {
            const struct bitsum_kernel *kernel = bitsum_kernel(k);

            memset(got, 0, count * sizeof(*got));
            kernel->dots(got, sums, BLOCKS, pairs, query);
            tap_ok(memcmp(got, want, count * sizeof(*got)) == 0,
                   "%s, %u pairs: the sums, wrapped", kernel->name, pairs);
        }
    }
    free(sums);
    free(want);
    free(got);
}

/* ---- many classes ------------------------------------------------------- */

/*
 * Two crowds of the same code each: products of their bit sums are above 32
 * bits at the last merge, 64 * 6000 * 6000.
 */
static void test_crowds(void)
{
    enum { N = 12000, APART = 3 };
    uint64_t *codes = mem_zalloc(N, sizeof(*codes));
    struct linkage_merge *merges = mem_zalloc(N, sizeof(*merges));
    struct err err;

    for (uint32_t i = 0; i < N; i++)
        codes[i] = i % 2 ? UINT64_MAX : UINT64_MAX << APART;
    tap_int(linkage_run(merges, codes, N, LINKAGE_AVERAGE, NULL, &err), OK,
            "two crowds");
    tap_ok(merges[N - 3].height <= 0, "each is one cluster at height 0");
    tap_ok(merges[N - 2].height == APART, "and they meet at their distance");
    tap_int(linkage_run(merges, codes, N, LINKAGE_WARD, NULL, &err), OK,
            "by Ward's linkage");
    tap_ok(merges[N - 3].height <= 0 && merges[N - 2].height == APART * N / 2,
           "at 2 n n / (n + n) times it");
    free(codes);
    free(merges);
}

struct count {
    uint32_t calls, done, total, stop_at;
};

static bool count_going(void *ctx, uint32_t done, uint32_t total)
{
    struct count *c = ctx;

    c->calls++;
    c->done = done;
    c->total = total;
    return done < c->stop_at;
}

static void test_watch(void)
{
    static uint64_t codes[600];
    static struct linkage_merge merges[600];
    struct count count = {.stop_at = UINT32_MAX};
    struct linkage_watch watch = {count_going, &count};
    struct dendro d = DENDRO_INIT;
    struct rng rng;
    struct err err;

    rng_init(&rng, 4, 6);
    draw(codes, 600, 32, 0, &rng);
    for (int l = 0; l < LINKAGE_COUNT; l++) {
        count = (struct count){.stop_at = UINT32_MAX};
        tap_int(linkage_run(merges, codes, 600, (enum linkage)l, &watch, &err),
                OK, "%s under a watch", linkage_name((enum linkage)l));
        tap_ok(count.calls > 5 && count.total == 599 && count.done > 500,
               "which is told how far it is");
        count = (struct count){.stop_at = 200};
        tap_int(dendro_build(&d, codes, 600, (enum linkage)l, &watch, &err),
                ERR_CANCELLED, "and may give up");
        tap_ok(d.node == NULL && count.done < 300, "at once");
    }
}

int main(void)
{
    test_book();
    test_kernels();
    test_crowds();
    test_watch();
    return tap_done();
}
