#include <config.h>

#include "index/near.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codes/hamming.h"
#include "codes/margin.h"

#define FILTERED 255 /* in place of the distance of a row that is left out */

enum status near_set_init(struct near_set *out, size_t count, int bits,
                          bool margins, struct err *err)
{
    struct near_set set = {.count = count, .bits = bits};

    if (bits < 1 || bits > CODE_BITS_MAX)
        return err_set(err, ERR_BAD_INPUT, "%d bits; a code has 1 to %d", bits,
                       CODE_BITS_MAX);
    if (!(set.ids = mem_large(count, sizeof(*set.ids))) ||
        !(set.codes = mem_large(count, sizeof(*set.codes))) ||
        !(set.classes = mem_large(count, sizeof(*set.classes))) ||
        !(set.splits = mem_large(count, sizeof(*set.splits))) ||
        (margins && !(set.margins = mem_large(count, (size_t)bits)))) {
        near_set_release(&set);
        return err_set(err, ERR_NOMEM, "no memory for %zu codes of %d bits",
                       count, bits);
    }
    *out = set;
    return OK;
}

void near_set_release(struct near_set *set)
{
    free(set->ids);
    free(set->codes);
    free(set->margins);
    free(set->classes);
    free(set->splits);
    *set = (struct near_set)NEAR_SET_INIT;
}

size_t near_set_find(const struct near_set *set, int64_t id)
{
    for (size_t row = 0; row < set->count; row++) {
        if (set->ids[row] == id)
            return row;
    }
    return SIZE_MAX;
}

void near_query_init(struct near_query *query, uint64_t code, size_t k)
{
    *query = (struct near_query){.code = code, .k = k, .radius = -1};
}

void near_answer_release(struct near_answer *answer)
{
    free(answer->items);
    *answer = (struct near_answer)NEAR_ANSWER_INIT;
}

/* What one search works with. */
struct search {
    const struct near_set *set;
    const struct near_query *query;
    uint64_t counted;              /* bits that count in distances */
    int16_t corner[CODE_BITS_MAX]; /* the query's margins */
    int16_t weight[CODE_BITS_MAX]; /* -1 (all ones) where a bit counts */
    uint8_t *distances;            /* (n) or FILTERED */
};

static void prepare(struct search *s)
{
    const struct near_query *q = s->query;

    s->counted = code_mask(s->set->bits) & ~q->ignore;
    for (int i = 0; i < s->set->bits; i++) {
        if (q->margins != NULL)
            s->corner[i] = q->margins[i];
        else
            s->corner[i] = code_bit(q->code, i) ? MARGIN_MAX : -MARGIN_MAX;
        s->weight[i] = code_bit(s->counted, i) ? -1 : 0;
    }
}

static int32_t margin_distance(const struct search *s, size_t row)
{
    size_t k = (size_t)s->set->bits;
    const int8_t *b = s->set->margins + row * k;
    int32_t sum = 0;

    for (size_t i = 0; i < k; i++)
        sum += abs(s->corner[i] - b[i]) & s->weight[i];
    return sum;
}

static void leave_out(struct search *s)
{
    const struct near_set *set = s->set;
    const struct near_query *q = s->query;
    uint8_t *d = s->distances;

    if (q->pattern != NULL) {
        for (size_t i = 0; i < set->count; i++)
            d[i] |= pattern_match(q->pattern, set->codes[i]) ? 0 : FILTERED;
    }
    if (q->splits != 0 && set->splits != NULL) {
        for (size_t i = 0; i < set->count; i++)
            d[i] |= q->splits >> set->splits[i] & 1 ? 0 : FILTERED;
    }
    if (q->in_class && set->classes != NULL) {
        for (size_t i = 0; i < set->count; i++)
            d[i] |= set->classes[i] == q->class_id ? 0 : FILTERED;
    }
    if (q->skip) {
        for (size_t i = 0; i < set->count; i++)
            d[i] |= set->ids[i] == q->skip_id ? FILTERED : 0;
    }
    if (q->keep != NULL) {
        for (size_t i = 0; i < set->count; i++) {
            if (d[i] != FILTERED && !q->keep(set, i, q->context))
                d[i] = FILTERED;
        }
    }
}

/* Fills histogram and considered. */
static void count(struct near_answer *a, const struct search *s)
{
    size_t counts[FILTERED + 1] = {0};

    for (size_t i = 0; i < s->set->count; i++)
        counts[s->distances[i]]++;
    memcpy(a->histogram, counts, sizeof(a->histogram));
    a->considered = s->set->count - counts[FILTERED];
}

/*
 * The distance at which the list ends: the k-th item's, or the farthest
 * within the radius. in_all and distance are then known.
 */
static void find_cut(struct near_answer *a, const struct near_query *q)
{
    for (int d = 0; d <= CODE_BITS_MAX; d++) {
        if (q->radius >= 0 && d > q->radius)
            break;
        if (q->k > 0 && a->ties.in_all >= q->k)
            break;
        if (a->histogram[d] > 0) {
            a->ties.in_all += a->histogram[d];
            a->ties.distance = d;
        }
    }
}

/* The order of the answers; no two rows are equal, ids being unique. */
static int compare(const void *a, const void *b)
{
    const struct near_item *x = a, *y = b;

    if (x->distance != y->distance)
        return x->distance - y->distance;
    if (x->margin != y->margin)
        return x->margin < y->margin ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

static struct near_item make_item(const struct search *s, size_t row)
{
    const struct near_set *set = s->set;

    return (struct near_item){
        .row = row,
        .id = set->ids[row],
        .code = set->codes[row],
        .class_id = set->classes ? set->classes[row] : NEAR_NO_CLASS,
        .margin = set->margins ? margin_distance(s, row) : 0,
        .distance = s->distances[row],
        .split = set->splits ? set->splits[row] : -1,
    };
}

/* Restores the max-heap below `at`, where items[at] may be too small. */
static void sink(struct near_item *items, size_t n, size_t at)
{
    for (;;) {
        size_t child = 2 * at + 1;
        struct near_item swap;

        if (child >= n)
            return;
        if (child + 1 < n && compare(&items[child], &items[child + 1]) < 0)
            child++;
        if (compare(&items[at], &items[child]) >= 0)
            return;
        swap = items[at];
        items[at] = items[child];
        items[child] = swap;
        at = child;
    }
}

/*
 * Every row nearer than the cut belongs to the answer; of those at the cut,
 * as many of the best as there is room for, held in a heap whose top is the
 * worst of them.
 */
static void collect(struct near_answer *a, const struct search *s, size_t room)
{
    int cut = a->ties.distance;
    size_t inside = a->ties.in_all - a->histogram[cut];
    struct near_item *shell = a->items + inside;
    size_t places = room - inside, held = 0, near = 0;

    for (size_t row = 0; row < s->set->count; row++) {
        struct near_item item;

        if (s->distances[row] > cut)
            continue;
        item = make_item(s, row);
        if (item.distance < cut) {
            a->items[near++] = item;
        } else if (held < places) {
            shell[held++] = item;
            for (size_t i = held / 2; held == places && i-- > 0;)
                sink(shell, held, i);
        } else if (compare(&item, shell) < 0) {
            shell[0] = item;
            sink(shell, held, 0);
        }
    }
    a->count = room;
    a->ties.given = room;
    qsort(a->items, a->count, sizeof(*a->items), compare);
}

static enum status check(const struct near_set *set, const struct near_query *q,
                         struct err *err)
{
    if (!code_fits(q->code, set->bits) ||
        (q->ignore & ~code_mask(set->bits)) != 0)
        return err_set(err, ERR_BAD_INPUT,
                       "the query has bits above the %d that codes here have",
                       set->bits);
    if (q->pattern != NULL && q->pattern->bits != set->bits)
        return err_set(err, ERR_BAD_INPUT,
                       "the pattern has %d bits, codes here have %d",
                       q->pattern->bits, set->bits);
    return OK;
}

enum status near_search(struct near_answer *out, const struct near_set *set,
                        const struct near_query *query, struct err *err)
{
    struct near_answer answer = NEAR_ANSWER_INIT;
    struct search s = {.set = set, .query = query};
    size_t room;

    if (check(set, query, err) != OK)
        return err->status;
    s.distances = mem_large(set->count, sizeof(*s.distances));
    if (s.distances == NULL)
        return err_set(err, ERR_NOMEM, "no memory to search %zu codes",
                       set->count);
    prepare(&s);
    hamming_scan(s.distances, set->codes, set->count, query->code, s.counted);
    leave_out(&s);
    count(&answer, &s);
    find_cut(&answer, query);
    room = answer.ties.in_all;
    if (query->k > 0 && query->k < room && !query->all_ties)
        room = query->k;
    if (room > 0) {
        answer.items = mem_large(room, sizeof(*answer.items));
        if (answer.items == NULL) {
            free(s.distances);
            return err_set(err, ERR_NOMEM, "no memory for %zu neighbours",
                           room);
        }
        collect(&answer, &s, room);
    }
    free(s.distances);
    *out = answer;
    return OK;
}
