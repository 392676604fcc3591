#include <config.h>

#include "metrics/alike.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/mem.h"
#include "metrics/codeplace.h"

static int by_place(const struct alike *x, const struct alike *y)
{
    if (x->a != y->a)
        return x->a < y->a ? -1 : 1;
    return x->b < y->b ? -1 : x->b > y->b;
}

static int by_confusions(const struct alike *x, const struct alike *y)
{
    size_t p = x->a_as_b + x->b_as_a, q = y->a_as_b + y->b_as_a;

    return p > q ? -1 : p < q;
}

static int near_first(const void *a, const void *b)
{
    const struct alike *x = a, *y = b;
    int order = by_confusions(x, y);

    if (x->distance != y->distance)
        return x->distance < y->distance ? -1 : 1;
    return order ? order : by_place(x, y);
}

static int confused_first(const void *a, const void *b)
{
    const struct alike *x = a, *y = b;
    int order = by_confusions(x, y);

    if (order)
        return order;
    if (x->distance != y->distance)
        return x->distance < y->distance ? -1 : 1;
    return by_place(x, y);
}

/* The confusions with their distances. Owned. */
static struct alike *measure(const struct codebook *book,
                             const struct confusion_pair *confusions,
                             size_t count)
{
    struct alike *list = mem_zalloc(count + 1, sizeof(*list));

    for (size_t i = 0; i < count; i++) {
        const struct confusion_pair *p = &confusions[i];

        list[i] = (struct alike){
            p->a, p->b, code_distance(book->codes[p->a], book->codes[p->b]),
            p->a_as_b, p->b_as_a};
    }
    return list;
}

static size_t cut(struct alike **list, size_t count, size_t most)
{
    if (most && count > most)
        count = most;
    if (count == 0) {
        free(*list);
        *list = NULL;
    }
    return count;
}

size_t alike_confused(struct alike **list, size_t *total,
                      const struct codebook *book,
                      const struct confusion_pair *confusions, size_t count,
                      size_t most)
{
    *list = measure(book, confusions, count);
    *total = count;
    qsort(*list, count, sizeof(**list), confused_first);
    return cut(list, count, most);
}

/* ---- classes at distance 0 and 1, by looking codes up ---- */

struct search {
    const struct codebook *book;
    struct codeplace *places; /* (L) by code, then row */
    struct alike *known;      /* confused pairs, by a, then b */
    size_t known_count;
    struct alike *found; /* pairs without confusions */
    size_t found_count, found_room;
    size_t total; /* of all pairs at this distance */
};

static bool is_confused(const struct search *s, uint32_t a, uint32_t b)
{
    const struct alike key = {.a = a, .b = b};
    size_t low = 0, high = s->known_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (by_place(&s->known[middle], &key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < s->known_count && by_place(&s->known[low], &key) == 0;
}

/* The classes behind a that have this code: those without confusions are kept
 * while there is room. */
static void pair_up(struct search *s, uint32_t a, uint64_t code, int distance,
                    size_t room)
{
    uint32_t count = s->book->classes;
    uint32_t at = codeplace_first(s->places, count, code), end = at;

    while (end < count && s->places[end].code == code)
        end++;
    while (at < end && s->places[at].row <= a)
        at++;
    s->total += end - at;
    for (; at < end && (!room || s->found_count < room); at++) {
        struct alike pair = {a, s->places[at].row, distance, 0, 0};

        if (is_confused(s, pair.a, pair.b))
            continue;
        ARRAY_GROW(s->found, s->found_count, s->found_room);
        s->found[s->found_count++] = pair;
    }
}

/*
 * All pairs at one distance: the confused ones first, then the others in
 * their order. By one bit, a class's partners come bit by bit, not in order
 * of b; so what is found of a class is sorted before the next.
 */
static void find(struct search *s, int distance, size_t room)
{
    for (uint32_t a = 0; a < s->book->classes; a++) {
        uint64_t own = s->book->codes[a];
        size_t before = s->found_count;

        if (distance == 0)
            pair_up(s, a, own, 0, room);
        for (int bit = 0; distance == 1 && bit < s->book->bits; bit++)
            pair_up(s, a, own ^ UINT64_C(1) << bit, 1,
                    room && before < room ? 0 : room);
        if (s->found_count > before)
            qsort(&s->found[before], s->found_count - before, sizeof(*s->found),
                  near_first);
    }
}

static int place_first(const void *a, const void *b)
{
    return by_place(a, b);
}

size_t alike_near(struct alike **list, size_t *total,
                  const struct codebook *book,
                  const struct confusion_pair *confusions, size_t count,
                  size_t most)
{
    struct search s = {.book = book, .known_count = count};
    struct alike *made = NULL;
    size_t made_count = 0, made_room = 0;

    s.places = codeplace_sort(book);
    s.known = measure(book, confusions, count);
    qsort(s.known, count, sizeof(*s.known), place_first);
    for (int distance = 0; distance <= 1; distance++) {
        size_t begin = made_count;

        for (size_t i = 0; i < count; i++) {
            if (s.known[i].distance != distance)
                continue;
            ARRAY_GROW(made, made_count, made_room);
            made[made_count++] = s.known[i];
        }
        if (made_count > begin)
            qsort(&made[begin], made_count - begin, sizeof(*made), near_first);
        s.found_count = 0;
        find(&s, distance, most);
        for (size_t i = 0; i < s.found_count; i++) {
            ARRAY_GROW(made, made_count, made_room);
            made[made_count++] = s.found[i];
        }
    }
    free(s.places);
    free(s.known);
    free(s.found);
    *total = s.total;
    *list = made;
    return cut(list, made_count, most);
}
