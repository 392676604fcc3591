#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "base/mem.h"
#include "codes/hamming.h"
#include "index/nearindex-parts.h"

bool neartable_build(struct near_table *t, const uint64_t *codes, size_t n,
                     int shift, int width, bool direct)
{
    size_t buckets = (size_t)1 << width;
    uint64_t mask = code_mask(width);
    uint32_t *next;

    t->shift = shift;
    t->width = width;
    t->starts = mem_large(buckets + 2, sizeof(*t->starts));
    t->ranks = mem_large(n, sizeof(*t->ranks));
    t->codes = direct ? NULL : mem_large(n, sizeof(*t->codes));
    if (!t->starts || !t->ranks || (!direct && !t->codes))
        return false;
    /*
     * Counted one place further on than they belong, sizes become beginnings,
     * and each beginning has become that of the next bucket once the bucket
     * is filled.
     */
    next = t->starts + 1;
    for (size_t i = 0; i < n; i++)
        next[(codes[i] >> shift & mask) + 1]++;
    for (size_t i = 1; i <= buckets; i++)
        next[i] += next[i - 1];
    for (size_t i = 0; i < n; i++) {
        uint32_t at = next[codes[i] >> shift & mask]++;

        t->ranks[at] = (uint32_t)i;
        if (!direct)
            t->codes[at] = codes[i];
    }
    return true;
}

void neartable_release(struct near_table *t)
{
    free(t->starts);
    free(t->ranks);
    free(t->codes);
}

/*
 * Pairs of rows that share a bucket, beside what chance would give. Evenly
 * spread codes have 1, clusters far more.
 */
double neartable_clumping(const struct near_table *t, size_t n)
{
    double pairs = 0, all = ldexp((double)n * (double)n, -t->width);

    for (size_t i = 0; i < (size_t)1 << t->width; i++) {
        double size = (double)(t->starts[i + 1] - t->starts[i]);

        pairs += size * (size - 1);
    }
    return all > 0 ? pairs / all : 1;
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

#define TRIES  3         /* of which the quickest counts */
#define CODES  (1 << 18) /* scanned to find out how long that takes */
#define PROBES 1024
#define ENTRY  1.0  /* ns to name an address, and to take what it has */
#define SORTED 20.0 /* ns more where its codes have to be told apart */

static double time_scan(const uint64_t *codes, size_t n)
{
    uint32_t places[NEAR_BLOCK];
    uint8_t distances[NEAR_BLOCK];
    double begin = now();

    n = n < CODES ? n : CODES;
    for (size_t from = 0; from < n; from += NEAR_BLOCK)
        hamming_select(places, distances, codes + from,
                       n - from < NEAR_BLOCK ? n - from : NEAR_BLOCK, 0, 0, -1);
    return (now() - begin) / (double)n;
}

/*
 * Looks into buckets as the ball does; with a stride that no cache foresees,
 * or one by one. Its own time for the codes in them is taken off again.
 */
static double time_probes(const struct near_table *t, uint64_t at,
                          uint64_t stride, double code)
{
    uint64_t mask = code_mask(t->width);
    uint32_t places[NEAR_BLOCK], from[PROBES];
    uint8_t distances[NEAR_BLOCK];
    size_t rows = 0, size[PROBES];
    double begin = now(), time;

    for (int i = 0; i < PROBES; i++) {
        at = (at + stride) & mask;
        from[i] = t->starts[at];
        size[i] = t->starts[at + 1] - from[i];
        size[i] = size[i] < NEAR_BLOCK ? size[i] : NEAR_BLOCK;
        rows += size[i];
    }
    for (int i = 0; i < PROBES; i++) {
        if (size[i] == 0)
            continue;
        if (t->codes != NULL)
            hamming_select(places, distances, t->codes + from[i], size[i], 0, 0,
                           -1);
        else
            *(volatile uint32_t *)places = t->ranks[from[i]];
    }
    time = now() - begin;
    if (t->codes != NULL)
        time -= (double)rows * code;
    return (time > 0 ? time : 0) / PROBES;
}

static double least(double a, double b)
{
    return a < b ? a : b;
}

/*
 * Codes within a bucket are looked at like those of a scan, from memory not yet
 * at hand. Buckets are timed after a scan, which leaves the caches as queries
 * will find them, and never the same twice. Nothing costs less than the floor, whatever a clock said.
 */
void neartable_measure(struct near_costs *costs, const uint64_t *codes,
                       size_t n, const struct near_table *t)
{
    static const uint64_t far = UINT64_C(0x9e3779b97f4a7c15);
    double probe = INFINITY, walk = INFINITY;

    costs->scan = INFINITY;
    for (uint64_t i = 0; i < TRIES; i++) {
        costs->scan = least(costs->scan, time_scan(codes, n));
        costs->code = 1.5 * costs->scan;
        probe =
            least(probe, time_probes(t, i * PROBES * far, far, costs->code));
        walk = least(walk, time_probes(t, i * PROBES, 1, costs->code));
    }
    costs->probe = (probe > 1 ? probe : 1) + ENTRY;
    costs->probe += t->codes != NULL ? SORTED : 0;
    costs->walk = (walk > 0.5 ? walk : 0.5) + ENTRY;
}
