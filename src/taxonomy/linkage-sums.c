#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codes/code.h"
#include "taxonomy/bitsum.h"
#include "taxonomy/linkage-parts.h"

/*
 * Average and Ward's linkage need no distance of two classes once it is known
 * how many classes of a cluster have each bit. With s these sums, n the size
 * and |s| the sum of s, the Hamming distances between all classes of A and all
 * of B add up to
 *
 *     d(A, B) = n_B |s_A| + n_A |s_B| - 2 <s_A, s_B>,
 *
 * those within A to w_A = sum of s_i (n_A - s_i). All of it is integer. A scan
 * takes heights in single precision, from
 *
 *     d / (n_A n_B) = |s_A| / n_A + |s_B| / n_B - 2 <s_A, s_B> / (n_A n_B),
 *
 * three terms of at most 128 whose rounding errors stay below SLACK together,
 * and looks at those exactly that may be the least.
 *
 * Clusters stand in places, in the order of their slots; the dead ones stay,
 * infinitely far, until a quarter is dead and the rest closes up. Arrays are
 * as long as whole blocks, and what is beyond the places is dead.
 */

#define BLOCK  256u /* places whose heights are taken at once */
#define SLACK  1e-3f
#define NOBODY UINT32_MAX

struct sums {
    bool ward;
    uint32_t n, pairs, places, live, largest;
    int16_t *sum;   /* as bitsum.h says */
    int32_t *dots;  /* of the place that the last scan was about */
    uint32_t about; /* which one; NOBODY after a merge */
    int16_t query[CODE_BITS_MAX]; /* its bit sums */
    uint32_t *slot_at;            /* the slot of a place */
    uint32_t *place;              /* (n) and the place of a slot */
    uint32_t *size;               /* 0: dead */
    uint64_t *ones;               /* |s| */
    uint64_t *within;             /* w */
    float *base;    /* |s| / n, less w / n^2 for Ward's; dead: infinite */
    float *inverse; /* 1 / n */
};

static void sums_end(void *state)
{
    struct sums *s = state;

    free(s->sum);
    free(s->dots);
    free(s->slot_at);
    free(s->place);
    free(s->size);
    free(s->ones);
    free(s->within);
    free(s->base);
    free(s->inverse);
    free(s);
}

static size_t rounded(uint32_t places)
{
    return ((size_t)places + BLOCK - 1) / BLOCK * BLOCK;
}

/* The bit sums of a place, (2 * pairs). */
static void read_sums(int16_t *out, const struct sums *s, uint32_t place)
{
    for (uint32_t i = 0; i < 2 * s->pairs; i++)
        out[i] = s->sum[bitsum_at(place, s->pairs, i)];
}

/* What follows from the size and the bit sums of a place. */
static void describe(struct sums *s, uint32_t place)
{
    uint64_t size = s->size[place], ones = 0, within = 0;

    for (uint32_t i = 0; i < 2 * s->pairs; i++) {
        uint64_t sum = (uint64_t)s->sum[bitsum_at(place, s->pairs, i)];

        ones += sum;
        within += sum * (size - sum);
    }
    s->ones[place] = ones;
    s->within[place] = within;
    s->base[place] = INFINITY;
    s->inverse[place] = 0;
    if (size > 0) {
        double n = (double)size, base = (double)ones / n;

        s->inverse[place] = (float)(1 / n);
        s->base[place] =
            (float)(s->ward ? base - (double)within / (n * n) : base);
    }
}

static void bury(struct sums *s, uint32_t place)
{
    for (uint32_t i = 0; i < 2 * s->pairs; i++)
        s->sum[bitsum_at(place, s->pairs, i)] = 0;
    s->size[place] = 0;
    describe(s, place);
}

static uint32_t pairs_used(const uint64_t *codes, uint32_t n)
{
    uint64_t any = 1;
    uint32_t bits = 0;

    for (uint32_t i = 0; i < n; i++)
        any |= codes[i];
    for (; any; any >>= 1)
        bits++;
    return (bits + 1) / 2;
}

static void *sums_start(const uint64_t *codes, uint32_t n, enum linkage linkage)
{
    struct sums *s = mem_zalloc(1, sizeof(*s));
    size_t room = rounded(n);

    s->ward = linkage == LINKAGE_WARD;
    s->n = s->places = s->live = n;
    s->largest = 1;
    s->about = NOBODY;
    s->pairs = pairs_used(codes, n);
    s->sum = mem_large(room * s->pairs * 2, sizeof(*s->sum));
    if (s->sum == NULL) {
        sums_end(s);
        return NULL;
    }
    s->dots = mem_zalloc(room, sizeof(*s->dots));
    s->slot_at = mem_zalloc(room, sizeof(*s->slot_at));
    s->place = mem_zalloc(n, sizeof(*s->place));
    s->size = mem_zalloc(room, sizeof(*s->size));
    s->ones = mem_zalloc(room, sizeof(*s->ones));
    s->within = mem_zalloc(room, sizeof(*s->within));
    s->base = mem_zalloc(room, sizeof(*s->base));
    s->inverse = mem_zalloc(room, sizeof(*s->inverse));
    for (uint32_t c = 0; c < n; c++) {
        s->size[c] = 1;
        s->slot_at[c] = s->place[c] = c;
        for (uint32_t i = 0; i < 2 * s->pairs; i++)
            s->sum[bitsum_at(c, s->pairs, i)] =
                (int16_t)code_bit(codes[c], (int)i);
    }
    for (uint32_t p = 0; p < room; p++)
        describe(s, p);
    return s;
}

/* <s_A, s_B> does not fit 32 bits for certain: 64 n_A n_B is 2^31 or more. */
static bool wraps(const struct sums *s, uint32_t a, uint64_t size)
{
    return s->size[a] * size >= UINT64_C(1) << 25;
}

/* The exact height of the cluster that the last scan was about and another. */
static struct linkage_height exact(const struct sums *s, uint32_t b)
{
    uint32_t a = s->about;
    uint64_t na = s->size[a], nb = s->size[b];
    uint64_t dot = wraps(s, a, nb)
                       ? (uint64_t)bitsum_dot(s->sum, b, s->pairs, s->query)
                       : (uint64_t)s->dots[b];
    uint64_t d = nb * s->ones[a] + na * s->ones[b] - 2 * dot;

    if (!s->ward)
        return (struct linkage_height){d, na * nb};
    return (struct linkage_height){
        2 * (d * na * nb - s->within[a] * nb * nb - s->within[b] * na * na),
        na * nb * (na + nb)};
}

/*
 * Lower bounds of the heights between the cluster that the last scan was about
 * and the block of places from `at`; returns the least of them. A dot that may have wrapped is taken again.
 */
static float bounds(float *out, const struct sums *s, uint32_t at)
{
    const uint32_t a = s->about;
    const float inverse_a = s->inverse[a], base_a = s->base[a] - SLACK;
    const float *base = s->base + at, *inverse = s->inverse + at;
    const int32_t *dots = s->dots + at;
    float dot[BLOCK], least[4] = {INFINITY, INFINITY, INFINITY, INFINITY};

    for (uint32_t i = 0; i < BLOCK; i++)
        dot[i] = (float)dots[i];
    for (uint32_t i = 0; i < BLOCK && wraps(s, a, s->largest); i++) {
        if (wraps(s, a, s->size[at + i]))
            dot[i] = (float)bitsum_dot(s->sum, at + i, s->pairs, s->query);
    }
    for (uint32_t i = 0; i < BLOCK; i++)
        out[i] = base_a + base[i] - dot[i] * (2 * inverse_a) * inverse[i];
    if (s->ward) {
        for (uint32_t i = 0; i < BLOCK; i++)
            out[i] *= 2 / (inverse_a + inverse[i]);
    }
    for (uint32_t i = 0; i < BLOCK; i += 4) {
        for (uint32_t l = 0; l < 4; l++)
            least[l] = out[i + l] < least[l] ? out[i + l] : least[l];
    }
    for (uint32_t l = 1; l < 4; l++)
        least[0] = least[l] < least[0] ? least[l] : least[0];
    return least[0];
}

/* The height in single precision, rounded up. */
static float ceiling(struct linkage_height height)
{
    return (float)((double)height.num / (double)height.den * (1 + 1e-6));
}

static void scan(struct sums *s, uint32_t a)
{
    s->about = a;
    read_sums(s->query, s, a);
    bitsum_dots(s->dots, s->sum, (uint32_t)(rounded(s->places) / BITSUM_LANES),
                s->pairs, s->query);
}

static uint32_t sums_nearest(void *state, uint32_t slot, uint32_t back)
{
    struct sums *s = state;
    uint32_t a = s->place[slot], best = back;
    struct linkage_height least = {0, 1};
    float top = INFINITY, bound[BLOCK];

    scan(s, a);
    if (back < s->n) {
        least = exact(s, s->place[back]);
        top = ceiling(least);
    }
    /* nothing is nearer than 0 */
    for (uint32_t at = 0; at < s->places && (best == s->n || least.num > 0);
         at += BLOCK) {
        if (bounds(bound, s, at) > top)
            continue;
        for (uint32_t i = 0; i < BLOCK; i++) {
            uint32_t b = at + i;
            struct linkage_height height;

            if (bound[i] > top || b == a || s->size[b] == 0)
                continue;
            height = exact(s, b);
            if (best < s->n && !linkage_less(height, least))
                continue;
            best = s->slot_at[b];
            least = height;
            top = ceiling(least);
        }
    }
    return best;
}

static struct linkage_height sums_height(void *state, uint32_t a, uint32_t b)
{
    struct sums *s = state;

    if (s->about == s->place[b])
        return exact(s, s->place[a]);
    if (s->about != s->place[a])
        scan(s, s->place[a]);
    return exact(s, s->place[b]);
}

/* Closes the gaps that the dead leave. */
static void close_up(struct sums *s)
{
    uint32_t to = 0;

    for (uint32_t from = 0; from < s->places; from++) {
        if (s->size[from] == 0)
            continue;
        if (to < from) {
            int16_t sums[CODE_BITS_MAX];

            read_sums(sums, s, from);
            for (uint32_t i = 0; i < 2 * s->pairs; i++)
                s->sum[bitsum_at(to, s->pairs, i)] = sums[i];
            s->size[to] = s->size[from];
            s->slot_at[to] = s->slot_at[from];
            s->place[s->slot_at[to]] = to;
            describe(s, to);
        }
        to++;
    }
    for (uint32_t p = to; p < s->places; p++)
        bury(s, p);
    s->places = to;
}

static bool sums_merge(void *state, uint32_t low, uint32_t high)
{
    struct sums *s = state;
    uint32_t a = s->place[low], b = s->place[high];

    for (uint32_t i = 0; i < 2 * s->pairs; i++)
        s->sum[bitsum_at(a, s->pairs, i)] =
            (int16_t)(s->sum[bitsum_at(a, s->pairs, i)] +
                      s->sum[bitsum_at(b, s->pairs, i)]);
    s->size[a] += s->size[b];
    s->largest = s->size[a] > s->largest ? s->size[a] : s->largest;
    bury(s, b);
    describe(s, a);
    s->about = NOBODY;
    s->live--;
    if (s->live < s->places - s->places / 4)
        close_up(s);
    return true;
}

const struct linkage_ops linkage_sums = {
    .start = sums_start,
    .nearest = sums_nearest,
    .height = sums_height,
    .merge = sums_merge,
    .end = sums_end,
};
