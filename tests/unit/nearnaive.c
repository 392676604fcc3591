#include <config.h>

#include "nearnaive.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static uint64_t random_code(struct rng *rng, enum nearnaive_codes how, int bits,
                            const uint64_t *centres)
{
    uint64_t code = rng_next(rng);

    if (how != NEARNAIVE_UNIFORM)
        code = centres[rng_below(rng, 5)];
    for (int b = 0; how == NEARNAIVE_CLUSTERS && b < bits; b++)
        code ^= (uint64_t)(rng_below(rng, 16) == 0) << b;
    return code & code_mask(bits);
}

void nearnaive_fill(struct near_set *set, size_t n, int bits,
                    enum nearnaive_codes codes, bool margins, bool shuffled,
                    struct rng *rng)
{
    uint64_t centres[5];
    struct err err;

    if (near_set_init(set, n, bits, margins, &err) != OK)
        abort();
    for (int i = 0; i < 5; i++)
        centres[i] = rng_next(rng);
    for (size_t i = 0; i < n; i++) {
        set->ids[i] = (int64_t)(shuffled ? i * 7919 % n : i) * 3 - 5;
        set->codes[i] = random_code(rng, codes, bits, centres);
        set->classes[i] = (int32_t)rng_below(rng, 5) - 1;
        set->splits[i] = (uint8_t)rng_below(rng, 3);
        for (int b = 0; margins && b < bits; b++) {
            int value = (int)rng_below(rng, 3);

            set->margins[i * (size_t)bits + (size_t)b] =
                (int8_t)(code_bit(set->codes[i], b) ? value : -1 - value);
        }
    }
}

static bool agrees_with(const struct pattern *p, uint64_t code, int bits)
{
    struct str text = STR_INIT, pattern = STR_INIT;
    bool match = true;

    code_text(&text, code, bits, CODE_PLAIN);
    pattern_text(&pattern, p, CODE_PLAIN);
    for (int b = 0; b < bits; b++)
        match &= pattern.text[b] == '*' || pattern.text[b] == text.text[b];
    str_release(&text);
    str_release(&pattern);
    return match;
}

static bool among(const struct near_query *q, int64_t id)
{
    for (size_t i = 0; i < q->id_count; i++) {
        if (q->ids[i] == id)
            return true;
    }
    return q->ids == NULL;
}

static bool wanted(const struct near_set *set, size_t row,
                   const struct near_query *q)
{
    return (!q->pattern ||
            agrees_with(q->pattern, set->codes[row], set->bits)) &&
           (!q->splits || q->splits & 1u << set->splits[row]) &&
           (!q->in_class || set->classes[row] == q->class_id) &&
           (!q->skip || set->ids[row] != q->skip_id) &&
           (!q->rows || (q->rows[row / 64] >> row % 64 & 1)) &&
           among(q, set->ids[row]) &&
           (!q->keep || q->keep(set, row, q->context));
}

static struct near_item describe(const struct near_set *set, size_t row,
                                 const struct near_query *q)
{
    struct near_item item = {.row = row,
                             .id = set->ids[row],
                             .code = set->codes[row],
                             .class_id = set->classes[row],
                             .split = set->splits[row]};

    for (int b = 0; b < set->bits; b++) {
        int corner = code_bit(q->code, b) ? 127 : -127;

        if (code_bit(q->ignore, b))
            continue;
        item.distance += code_bit(set->codes[row], b) != code_bit(q->code, b);
        if (set->margins == NULL)
            continue;
        if (q->margins != NULL)
            corner = q->margins[b];
        item.margin +=
            abs(corner - set->margins[row * (size_t)set->bits + (size_t)b]);
    }
    return item;
}

static int order(const void *a, const void *b)
{
    const struct near_item *x = a, *y = b;

    if (x->distance != y->distance)
        return x->distance < y->distance ? -1 : 1;
    if (x->margin != y->margin)
        return x->margin < y->margin ? -1 : 1;
    return x->id < y->id ? -1 : x->id > y->id;
}

static bool after(const struct near_item *item, const struct near_place *place)
{
    struct near_item there = {
        .distance = place->distance, .margin = place->margin, .id = place->id};

    return order(item, &there) > 0;
}

void nearnaive_search(struct near_answer *out, const struct near_set *set,
                      const struct near_query *q)
{
    struct near_item *all = mem_zalloc(set->count + 1, sizeof(*all));
    struct near_answer a = NEAR_ANSWER_INIT;
    size_t n = 0, first = 0, inside = 0;

    for (size_t row = 0; row < set->count; row++) {
        if (wanted(set, row, q))
            all[n++] = describe(set, row, q);
    }
    qsort(all, n, sizeof(*all), order);
    while (inside < n && (q->radius < 0 || all[inside].distance <= q->radius))
        inside++;
    while (q->resume && first < inside && !after(&all[first], &q->after))
        first++;
    a.count = inside - first;
    if (q->k && q->k < a.count) {
        a.count = q->k;
        while (q->all_ties && first + a.count < inside &&
               all[first + a.count].distance ==
                   all[first + a.count - 1].distance)
            a.count++;
    }
    a.ties.given = a.count;
    if (a.count > 0)
        a.ties.distance = all[first + a.count - 1].distance;
    for (size_t i = 0; i < n; i++) {
        if (i < inside && all[i].distance <= a.ties.distance)
            a.ties.in_all++;
        if (!q->brief || all[i].distance <= a.ties.distance) {
            a.histogram[all[i].distance]++;
            a.considered++;
        }
    }
    a.items = mem_zalloc(a.count + 1, sizeof(*a.items));
    for (size_t i = 0; i < a.count; i++)
        a.items[i] = all[first + i];
    free(all);
    *out = a;
}

static bool same_item(const struct near_item *a, const struct near_item *b)
{
    return a->row == b->row && a->id == b->id && a->code == b->code &&
           a->class_id == b->class_id && a->margin == b->margin &&
           a->distance == b->distance && a->split == b->split;
}

bool nearnaive_same(const struct near_answer *a, const struct near_answer *b)
{
    bool same = a->count == b->count && a->considered == b->considered &&
                a->ties.given == b->ties.given &&
                a->ties.in_all == b->ties.in_all &&
                a->ties.distance == b->ties.distance &&
                memcmp(a->histogram, b->histogram, sizeof(a->histogram)) == 0;

    for (size_t i = 0; same && i < a->count; i++)
        same = same_item(&a->items[i], &b->items[i]);
    return same;
}
