#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codes/margin.h"
#include "index/nearindex-parts.h"

#define SPARSE 32 /* one row in so many: a list is sooner read than scanned */

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

/* The first of ids[from..n) that is not below id, looked for from `from` on. */
static size_t gallop(const struct nearindex *index, size_t from, int64_t id)
{
    const int64_t *ids = index->set->ids;
    size_t n = index->set->count, step = 1, to = from;

    while (to < n && ids[nearindex_row(index, (uint32_t)to)] < id) {
        from = to + 1;
        to += step;
        step *= 2;
    }
    if (to > n)
        to = n;
    while (from < to) {
        size_t middle = from + (to - from) / 2;

        if (ids[nearindex_row(index, (uint32_t)middle)] < id)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

static bool has_bit(const uint64_t *set, size_t i)
{
    return set[i / 64] >> i % 64 & 1;
}

/* The ranks that the query's ids name, as a list and/or a bit set. */
static void mark_ids(struct near_ask *ask)
{
    const struct near_query *q = ask->query;
    size_t at = 0;

    for (size_t i = 0; i < q->id_count; i++) {
        size_t row;

        at = gallop(ask->index, at, q->ids[i]);
        if (at == ask->index->set->count)
            return;
        row = nearindex_row(ask->index, (uint32_t)at);
        if (ask->index->set->ids[row] != q->ids[i])
            continue;
        if (ask->list != NULL)
            ask->list[ask->listed++] = (uint32_t)at;
        else
            ask->members[at / 64] |= UINT64_C(1) << at % 64;
        at++;
    }
}

static void list_rows(struct near_ask *ask)
{
    for (size_t rank = 0; rank < ask->index->set->count; rank++) {
        if (has_bit(ask->query->rows,
                    nearindex_row(ask->index, (uint32_t)rank)))
            ask->list[ask->listed++] = (uint32_t)rank;
    }
}

static size_t count_rows(const struct near_ask *ask)
{
    size_t n = ask->index->set->count, count = 0;

    for (size_t i = 0; i < n / 64; i++)
        count += (size_t)__builtin_popcountll(ask->query->rows[i]);
    if (n % 64)
        count += (size_t)__builtin_popcountll(ask->query->rows[n / 64] &
                                              code_mask((int)(n % 64)));
    return count;
}

/* ids become a list or a bit set; rows a list where few, else they stay. */
static bool prepare_members(struct near_ask *ask, enum near_way way)
{
    const struct near_query *q = ask->query;
    size_t n = ask->index->set->count, few = n / SPARSE;
    bool by_ids = q->ids != NULL;
    size_t count = by_ids ? q->id_count : 0;

    if (!by_ids && q->rows == NULL)
        return true;
    if (!by_ids && (way == NEAR_AUTO || way == NEAR_LIST))
        count = count_rows(ask);
    if (way == NEAR_LIST || (way == NEAR_AUTO && count <= few)) {
        ask->list = mem_large(count ? count : 1, sizeof(*ask->list));
        if (ask->list == NULL)
            return false;
    } else if (by_ids) {
        ask->members = mem_large(n / 64 + 1, sizeof(*ask->members));
        if (ask->members == NULL)
            return false;
    }
    if (by_ids)
        mark_ids(ask);
    else if (ask->list != NULL)
        list_rows(ask);
    return true;
}

/* The smallest key that comes after the place. */
static uint64_t floor_of(const struct nearindex *index,
                         const struct near_place *place)
{
    if (place->distance < 0)
        return 0;
    if (place->distance > CODE_BITS_MAX)
        return UINT64_MAX;
    if (place->margin < 0)
        return nearkeys_make(place->distance, 0, 0);
    if (place->margin >= NEARKEYS_MARGINS)
        return nearkeys_make(place->distance + 1, 0, 0);
    return nearkeys_make(place->distance, place->margin, 0) +
           nearindex_below(index, place->id, true);
}

static void prepare_margins(struct near_ask *ask)
{
    const struct near_query *q = ask->query;

    for (int i = 0; i < ask->index->set->bits; i++) {
        if (q->margins != NULL)
            ask->corner[i] = q->margins[i];
        else
            ask->corner[i] = code_bit(q->code, i) ? MARGIN_MAX : -MARGIN_MAX;
        ask->weight[i] = code_bit(ask->counted, i) ? -1 : 0;
    }
}

enum status nearask_init(struct near_ask *ask, const struct nearindex *index,
                         const struct near_query *query, enum near_way way,
                         struct err *err)
{
    const struct near_set *set = index->set;

    if (check(set, query, err) != OK)
        return err->status;
    memset(ask, 0, sizeof(*ask));
    ask->index = index;
    ask->query = query;
    ask->counted = code_mask(set->bits) & ~query->ignore;
    if (query->pattern != NULL) {
        ask->fixed = query->pattern->fixed;
        ask->value = query->pattern->value;
    }
    if (set->margins != NULL)
        prepare_margins(ask);
    ask->skip = NEAR_NOBODY;
    ask->skip_code = UINT64_MAX;
    if (query->skip) {
        size_t rank = nearindex_below(index, query->skip_id, false);

        if (rank < set->count &&
            set->ids[nearindex_row(index, (uint32_t)rank)] == query->skip_id) {
            ask->skip = (uint32_t)rank;
            ask->skip_code = index->codes[rank];
        }
    }
    ask->filtered = (query->splits != 0 && set->splits != NULL) ||
                    (query->in_class && set->classes != NULL) ||
                    query->ids != NULL || query->rows != NULL ||
                    query->keep != NULL;
    ask->want = query->k > 0 ? query->k : NEAR_ALL;
    ask->all_ties = query->all_ties;
    ask->floor = query->resume ? floor_of(index, &query->after) : 0;
    ask->plain = set->margins == NULL && ask->floor == 0;
    ask->coded = ask->plain && set->bits <= NEARKEYS_CODE_BITS;
    nearask_restart(ask);
    if (!prepare_members(ask, way)) {
        nearask_release(ask);
        return err_set(err, ERR_NOMEM, "no memory to search %zu codes",
                       set->count);
    }
    return OK;
}

void nearask_release(struct near_ask *ask)
{
    free(ask->members);
    free(ask->list);
    free(ask->keys);
    ask->members = NULL;
    ask->list = NULL;
    ask->keys = NULL;
}

void nearask_restart(struct near_ask *ask)
{
    const struct near_query *q = ask->query;
    int most = ask->index->set->bits;

    ask->limit = q->radius >= 0 && q->radius < most ? q->radius : most;
    ask->complete = !q->brief;
    ask->within = ask->used = 0;
    ask->ceiling = UINT64_MAX;
    ask->last = 0;
    ask->ordered = true;
    memset(ask->found, 0, sizeof(ask->found));
    memset(ask->fresh, 0, sizeof(ask->fresh));
}

bool nearask_passes(const struct near_ask *ask, uint32_t rank)
{
    const struct near_set *set = ask->index->set;
    const struct near_query *q = ask->query;
    size_t row;

    if (rank == ask->skip)
        return false;
    if (!ask->filtered)
        return true;
    row = nearindex_row(ask->index, rank);
    return (ask->members == NULL || has_bit(ask->members, rank)) &&
           (q->rows == NULL || has_bit(q->rows, row)) &&
           (q->splits == 0 || set->splits == NULL ||
            (q->splits >> set->splits[row] & 1)) &&
           (!q->in_class || set->classes == NULL ||
            set->classes[row] == q->class_id) &&
           (q->keep == NULL || q->keep(set, row, q->context));
}

static int32_t margin_distance(const struct near_ask *ask, size_t row)
{
    size_t k = (size_t)ask->index->set->bits;
    const int8_t *b = ask->index->set->margins + row * k;
    int32_t sum = 0;

    for (size_t i = 0; i < k; i++)
        sum += abs(ask->corner[i] - b[i]) & ask->weight[i];
    return sum;
}

static void sort_keys(struct near_ask *ask, size_t first)
{
    uint64_t *spare = ask->keys + ask->room;

    if (ask->ordered)
        nearkeys_sort_runs(ask->keys, spare, ask->used, first);
    else
        nearkeys_sort(ask->keys, spare, ask->used, first);
}

/* Keys that lie beyond the limit go. */
static void drop_far(struct near_ask *ask)
{
    size_t kept = 0;

    if (ask->ordered && ask->last <= ask->limit)
        return;
    for (size_t i = 0; i < ask->used; i++) {
        if (nearkeys_distance(ask->keys[i]) <= ask->limit)
            ask->keys[kept++] = ask->keys[i];
    }
    ask->used = kept;
}

/*
 * Room for `more` keys: those that can be no answer any more go, and if the
 * rest is still too many for that to pay, the array grows.
 */
static bool make_room(struct near_ask *ask, size_t more)
{
    size_t room = ask->room ? ask->room : 512;
    uint64_t *keys;

    if (!ask->all_ties && ask->used >= 512 && ask->want <= ask->used / 2) {
        sort_keys(ask, ask->want);
        ask->used = ask->want;
        ask->ceiling = ask->keys[ask->used - 1];
    } else {
        drop_far(ask);
    }
    if (ask->room >= 2 * ask->used && ask->room - ask->used >= more)
        return true;
    while (room < 2 * ask->used || room - ask->used < more)
        room *= 2;
    keys = realloc(ask->keys, 2 * room * sizeof(*keys));
    if (keys == NULL) {
        ask->failed = true;
        return false;
    }
    ask->keys = keys;
    ask->room = room;
    return true;
}

static void comes(struct near_ask *ask, int distance)
{
    ask->ordered &= distance >= ask->last;
    ask->last = distance;
}

static void push(struct near_ask *ask, uint64_t key)
{
    comes(ask, nearkeys_distance(key));
    if (ask->used < ask->room || make_room(ask, 1))
        ask->keys[ask->used++] = key;
}

/* `count` fresh rows at this distance: the limit may come down. */
static void narrow(struct near_ask *ask, int distance, size_t count)
{
    ask->fresh[distance] += count;
    ask->within += count;
    while (ask->within - ask->fresh[ask->limit] >= ask->want)
        ask->within -= ask->fresh[ask->limit--];
}

void nearask_row(struct near_ask *ask, uint32_t rank, uint64_t code,
                 int distance)
{
    uint64_t key;

    if ((distance > ask->limit && !ask->complete) || !nearask_passes(ask, rank))
        return;
    ask->found[distance]++;
    if (distance > ask->limit)
        return;
    key = ask->coded ? nearkeys_coded(distance, rank, code)
                     : nearkeys_make(distance, 0, rank);
    if (!ask->plain) {
        if (ask->index->set->margins != NULL)
            key = nearkeys_make(
                distance, margin_distance(ask, nearindex_row(ask->index, rank)),
                rank);
        if (key < ask->floor)
            return;
    }
    if (key <= ask->ceiling)
        push(ask, key);
    narrow(ask, distance, 1);
}

/* All rows of one code, but for those that can be no answers. */
static void push_group(struct near_ask *ask, const struct near_group *group,
                       const uint32_t *ranks, int distance)
{
    size_t most =
        ask->all_ties || group->count < ask->want ? group->count : ask->want;
    size_t used = ask->used;

    if (ask->room - used < most) {
        if (!make_room(ask, most))
            return;
        used = ask->used;
    }
    for (size_t i = 0; i < most; i++) {
        uint64_t key = nearkeys_coded(distance, ranks[i], group->code);

        if (key > ask->ceiling)
            break;
        ask->keys[used++] = key;
    }
    ask->used = used;
}

void nearask_groups(struct near_ask *ask, const struct near_group *groups,
                    size_t n, const uint32_t *ranks, int distance)
{
    bool apart = ask->filtered || !ask->coded;
    size_t count = 0;

    if (distance > ask->limit && !ask->complete)
        return;
    if (distance <= ask->limit)
        comes(ask, distance);
    for (size_t g = 0; g < n; g++) {
        const uint32_t *of = ranks + groups[g].from;

        if (apart || groups[g].code == ask->skip_code) {
            for (size_t i = 0; i < groups[g].count; i++)
                nearask_row(ask, of[i], groups[g].code, distance);
            continue;
        }
        count += groups[g].count;
        if (distance <= ask->limit)
            push_group(ask, &groups[g], of, distance);
    }
    ask->found[distance] += count;
    if (distance <= ask->limit)
        narrow(ask, distance, count);
}

static size_t row_of(const struct near_ask *ask, uint64_t key)
{
    return nearindex_row(ask->index, ask->coded ? nearkeys_coded_rank(key)
                                                : nearkeys_rank(key));
}

static struct near_item make_item(const struct near_ask *ask, uint64_t key)
{
    const struct near_set *set = ask->index->set;
    size_t row = row_of(ask, key);

    return (struct near_item){
        .row = row,
        .id = nearindex_id(ask->index, row),
        .code = ask->coded ? nearkeys_code(key) : set->codes[row],
        .class_id = set->classes ? set->classes[row] : NEAR_NO_CLASS,
        .margin = ask->coded ? 0 : nearkeys_margin(key),
        .distance = nearkeys_distance(key),
        .split = set->splits ? set->splits[row] : -1,
    };
}

/* Rows lie anywhere: their misses had better overlap. */
static void foresee(const struct near_ask *ask, uint64_t key)
{
    const struct near_set *set = ask->index->set;
    size_t row = row_of(ask, key);

    if (!ask->index->in_turn)
        __builtin_prefetch(set->ids + row);
    if (!ask->coded)
        __builtin_prefetch(set->codes + row);
    if (set->classes != NULL)
        __builtin_prefetch(set->classes + row);
    if (set->splits != NULL)
        __builtin_prefetch(set->splits + row);
}

/* The keys that are answers come to the front, in order; how many. */
static size_t settle(struct near_ask *ask)
{
    drop_far(ask);
    sort_keys(ask, ask->all_ties ? ask->used : ask->want);
    return ask->all_ties || ask->used < ask->want ? ask->used : ask->want;
}

enum status nearask_finish(struct near_answer *out, struct near_ask *ask,
                           struct err *err)
{
    const struct near_set *set = ask->index->set;
    bool far = !ask->coded || !ask->index->in_turn || set->classes != NULL ||
               set->splits != NULL;
    size_t count = settle(ask);
    struct near_item *items = ask->lent;
    int last;

    if (items == NULL && count > 0 && !ask->failed)
        items = malloc(count * sizeof(*items));
    if (ask->failed || (count > 0 && items == NULL))
        return err_set(err, ERR_NOMEM, "no memory for the neighbours");
    *out = (struct near_answer)NEAR_ANSWER_INIT;
    out->count = count;
    out->items = items;
    for (size_t i = 0; i < count && far; i++)
        foresee(ask, ask->keys[i]);
    for (size_t i = 0; i < count; i++)
        out->items[i] = make_item(ask, ask->keys[i]);
    out->ties.given = count;
    if (count > 0)
        out->ties.distance = out->items[count - 1].distance;
    for (int d = 0; d <= out->ties.distance; d++)
        out->ties.in_all += ask->found[d];
    last = ask->complete ? CODE_BITS_MAX : out->ties.distance;
    for (int d = 0; d <= last; d++) {
        out->histogram[d] = ask->found[d];
        out->considered += ask->found[d];
    }
    return OK;
}
