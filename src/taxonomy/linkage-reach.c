#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codes/hamming.h"
#include "taxonomy/linkage-parts.h"

/*
 * Single and complete linkage by the reach of a cluster: for each class, the
 * least or the largest distance to a class of the cluster, a byte each. The
 * reach of a small cluster is scanned from its codes when it is asked for;
 * only a cluster of more than KEEP classes holds its reach, so there are fewer
 * than n / KEEP of them: n^2 / KEEP bytes, 60 MB for 22,000 classes, where a
 * matrix of distances takes n^2.
 *
 * In single linkage a cluster's own classes are put out of reach, NOWHERE.
 */

#define KEEP    8u
#define NOWHERE UINT8_MAX
#define STRIP   64u /* bytes that a loop takes at once */

struct reach {
    bool complete;
    uint32_t n;
    size_t room; /* n rounded up to strips */
    const uint64_t *codes;
    uint32_t *cluster; /* (n) slot of a class */
    uint32_t *follows; /* (n) next class of the same cluster; n ends */
    uint32_t *last;    /* (n) last class of a slot */
    uint32_t *size;    /* (n) of a slot; 0: dead */
    uint32_t *slots;   /* (live) slots, ascending */
    uint32_t live;
    uint8_t **kept; /* (n) the reach of a slot, NULL when it is not held */
    uint8_t *asked; /* (room) the reach that was scanned last */
    uint8_t *one;   /* (room) the distances from one class */
};

static void reach_end(void *state)
{
    struct reach *r = state;

    for (uint32_t i = 0; i < r->n; i++)
        free(r->kept[i]);
    free(r->cluster);
    free(r->follows);
    free(r->last);
    free(r->size);
    free(r->slots);
    free(r->kept);
    free(r->asked);
    free(r->one);
    free(r);
}

static void *reach_start(const uint64_t *codes, uint32_t n,
                         enum linkage linkage)
{
    struct reach *r = mem_zalloc(1, sizeof(*r));

    r->complete = linkage == LINKAGE_COMPLETE;
    r->n = r->live = n;
    r->room = ((size_t)n + STRIP - 1) / STRIP * STRIP;
    r->codes = codes;
    r->cluster = mem_zalloc(n, sizeof(*r->cluster));
    r->follows = mem_zalloc(n, sizeof(*r->follows));
    r->last = mem_zalloc(n, sizeof(*r->last));
    r->size = mem_zalloc(n, sizeof(*r->size));
    r->slots = mem_zalloc(n, sizeof(*r->slots));
    r->kept = mem_zalloc(n, sizeof(*r->kept));
    r->asked = mem_zalloc(r->room, 1);
    r->one = mem_zalloc(r->room, 1);
    for (uint32_t i = 0; i < n; i++) {
        r->cluster[i] = r->last[i] = r->slots[i] = i;
        r->follows[i] = n;
        r->size[i] = 1;
    }
    return r;
}

/* into = the nearer, or the farther, of into and from, byte by byte. */
static void widen(const struct reach *r, uint8_t *into, const uint8_t *from)
{
    for (size_t at = 0; at < r->room; at += STRIP) {
        uint8_t *a = into + at;
        const uint8_t *b = from + at;

        if (r->complete) {
            for (unsigned i = 0; i < STRIP; i++)
                a[i] = b[i] > a[i] ? b[i] : a[i];
        } else {
            for (unsigned i = 0; i < STRIP; i++)
                a[i] = b[i] < a[i] ? b[i] : a[i];
        }
    }
}

static void shut_out(const struct reach *r, uint8_t *reach, uint32_t slot)
{
    if (r->complete)
        return;
    for (uint32_t c = slot; c < r->n; c = r->follows[c])
        reach[c] = NOWHERE;
    memset(reach + r->n, NOWHERE, r->room - r->n);
}

/* The reach of a cluster, (n); valid until the next call or merge. */
static const uint8_t *reach_of(struct reach *r, uint32_t slot)
{
    if (r->kept[slot] != NULL)
        return r->kept[slot];
    hamming_scan(r->asked, r->codes, r->n, r->codes[slot], UINT64_MAX);
    for (uint32_t c = r->follows[slot]; c < r->n; c = r->follows[c]) {
        hamming_scan(r->one, r->codes, r->n, r->codes[c], UINT64_MAX);
        widen(r, r->asked, r->one);
    }
    shut_out(r, r->asked, slot);
    return r->asked;
}

static uint8_t least_of(const struct reach *r, const uint8_t *reach)
{
    uint8_t strip[STRIP], least = NOWHERE;

    memcpy(strip, reach, STRIP);
    for (size_t at = STRIP; at < r->room; at += STRIP) {
        const uint8_t *b = reach + at;

        for (unsigned i = 0; i < STRIP; i++)
            strip[i] = b[i] < strip[i] ? b[i] : strip[i];
    }
    for (unsigned i = 0; i < STRIP; i++)
        least = strip[i] < least ? strip[i] : least;
    return least;
}

static uint32_t nearest_single(const struct reach *r, const uint8_t *reach,
                               uint32_t back)
{
    uint8_t least = least_of(r, reach);
    uint32_t best = r->n;
    const uint8_t *c = memchr(reach, least, r->n);

    while (c != NULL) {
        uint32_t slot = r->cluster[c - reach];

        if (slot == back)
            return back;
        best = slot < best ? slot : best;
        c = memchr(c + 1, least, r->n - (size_t)(c + 1 - reach));
    }
    return best;
}

/*
 * The largest distance to a class of a cluster, or any that is not below
 * `least` once that is certain.
 */
static uint8_t farthest(const struct reach *r, const uint8_t *reach,
                        uint32_t slot, uint8_t least)
{
    uint8_t far = reach[slot];

    for (uint32_t c = r->follows[slot]; c < r->n && far < least;
         c = r->follows[c])
        far = reach[c] > far ? reach[c] : far;
    return far;
}

static uint32_t nearest_complete(const struct reach *r, const uint8_t *reach,
                                 uint32_t a, uint32_t back)
{
    uint8_t least = NOWHERE;
    uint32_t best = back;

    if (back < r->n)
        least = farthest(r, reach, back, NOWHERE);
    for (uint32_t i = 0; i < r->live; i++) {
        uint32_t slot = r->slots[i];
        uint8_t far = reach[slot];

        if (far >= least || slot == a)
            continue;
        far = farthest(r, reach, slot, least);
        if (far < least) {
            best = slot;
            least = far;
        }
    }
    return best;
}

static uint32_t reach_nearest(void *state, uint32_t a, uint32_t back)
{
    struct reach *r = state;
    const uint8_t *reach = reach_of(r, a);

    return r->complete ? nearest_complete(r, reach, a, back)
                       : nearest_single(r, reach, back);
}

static struct linkage_height reach_height(void *state, uint32_t a, uint32_t b)
{
    struct reach *r = state;
    const uint8_t *reach = reach_of(r, a);
    uint8_t height = reach[b];

    if (r->complete)
        height = farthest(r, reach, b, NOWHERE);
    for (uint32_t c = b; c < r->n && !r->complete; c = r->follows[c])
        height = reach[c] < height ? reach[c] : height;
    return (struct linkage_height){height, 1};
}

/* Low comes to hold the reach of both. False: no memory. */
static bool keep(struct reach *r, uint32_t low, uint32_t high)
{
    uint8_t *held = r->kept[low] ? r->kept[low] : r->kept[high];
    uint32_t other = r->kept[low] ? high : low;

    if (held == NULL) {
        held = mem_large(r->room, 1);
        if (held == NULL)
            return false;
        memcpy(held, reach_of(r, high), r->room);
    }
    widen(r, held, reach_of(r, other));
    if (held != r->kept[high])
        free(r->kept[high]);
    r->kept[high] = NULL;
    r->kept[low] = held;
    return true;
}

static void drop_slot(struct reach *r, uint32_t slot)
{
    uint32_t low = 0, high = r->live;

    while (low + 1 < high) {
        uint32_t middle = low + (high - low) / 2;

        if (r->slots[middle] <= slot)
            low = middle;
        else
            high = middle;
    }
    r->live--;
    memmove(r->slots + low, r->slots + low + 1,
            (r->live - low) * sizeof(*r->slots));
}

static bool reach_merge(void *state, uint32_t low, uint32_t high)
{
    struct reach *r = state;

    if (r->size[low] + r->size[high] > KEEP && !keep(r, low, high))
        return false;
    r->follows[r->last[low]] = high;
    r->last[low] = r->last[high];
    r->size[low] += r->size[high];
    r->size[high] = 0;
    for (uint32_t c = high; c < r->n; c = r->follows[c])
        r->cluster[c] = low;
    drop_slot(r, high);
    if (r->kept[low] != NULL)
        shut_out(r, r->kept[low], low);
    return true;
}

const struct linkage_ops linkage_reach = {
    .start = reach_start,
    .nearest = reach_nearest,
    .height = reach_height,
    .merge = reach_merge,
    .end = reach_end,
};
