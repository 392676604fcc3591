#include <config.h>

#include "ui/imagepick.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codes/code.h"
#include "codes/margin.h"

#define STOP_ROWS 32768      /* between two looks at stop() */
#define LAST      UINT32_MAX /* the key of what lacks a measure */
#define MIDDLE    (1u << 20) /* added to signed sums */

void imagepick_release(struct imagepick *pick)
{
    free(pick->classes);
    free(pick->tagged);
    memset(pick, 0, sizeof(*pick));
}

void imagepick_list_release(struct imagepick_list *list)
{
    free(list->ids);
    free(list->labels);
    memset(list, 0, sizeof(*list));
}

struct imagepick_class *imagepick_find(const struct imagepick *pick, int64_t id)
{
    int low = 0, high = pick->class_count;

    while (low < high) {
        int middle = low + (high - low) / 2;

        if (pick->classes[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < pick->class_count && pick->classes[low].id == id
               ? &pick->classes[low]
               : NULL;
}

double imagepick_confidence(const int8_t *margins, uint64_t code, int bits)
{
    return (double)margin_sum(margins, bits, code, code_mask(bits)) / bits;
}

/* ---- one image ---- */

struct picking {
    const struct imagepick *pick;
    const struct image_codes *images;
    const struct imagepick_class *class, *decoded; /* of the image at hand */
    int64_t tag_at; /* first tagged id that is not below the image's */
    bool ordered;   /* keys are wanted */
    uint32_t *rows, *keys;
    size_t n;
};

/* The measure as a number to order by, and in the caller's units; LAST when
 * the image has none. */
static uint32_t measure(const struct picking *p, int64_t i,
                        enum image_measure what, double *value)
{
    const struct image_codes *x = p->images;
    const int8_t *margins = x->margins ? x->margins + i * x->bits : NULL;
    uint32_t key = 0;

    switch (what) {
    case MEASURE_ID:
        *value = (double)x->ids[i];
        return 0;
    case MEASURE_CLASS:
        return p->class ? p->class->order : LAST;
    case MEASURE_DISTANCE:
        key = x->distance[i];
        break;
    case MEASURE_LABEL:
        if (!p->class || !p->class->has_code)
            return LAST;
        key = (uint32_t)code_distance(x->codes[i], p->class->code);
        break;
    case MEASURE_AWAY:
        key = (uint32_t)__builtin_popcountll(
            (x->codes[i] ^ p->pick->from.value) & p->pick->from.fixed);
        break;
    case MEASURE_MARGIN:
        key = (uint32_t)margin_smallest(margins, x->bits);
        *value = key * p->pick->scale;
        return key;
    default:
        if (!p->decoded || !p->decoded->has_code)
            return LAST;
        key = (uint32_t)((int)MIDDLE + margin_sum(margins, x->bits,
                                                  p->decoded->code,
                                                  code_mask(x->bits)));
        *value = ((double)key - MIDDLE) / x->bits * p->pick->scale;
        return key;
    }
    *value = key;
    return key;
}

static bool within(const struct image_bounds *b, double value)
{
    return (b->over ? value > b->low : value >= b->low) &&
           (b->under ? value < b->high : value <= b->high);
}

static bool is_tagged(struct picking *p, int64_t id)
{
    const struct imagepick *pick = p->pick;

    while (p->tag_at < pick->tagged_count && pick->tagged[p->tag_at] < id)
        p->tag_at++;
    return p->tag_at < pick->tagged_count && pick->tagged[p->tag_at] == id;
}

static bool right_code(const struct picking *p, int64_t i)
{
    const struct imagepick *pick = p->pick;
    const struct image_codes *x = p->images;

    if (pick->verdict &&
        (x->class_ids[i] == 0 ||
         (x->decoded[i] == x->class_ids[i]) != (pick->verdict == 1)))
        return false;
    return (!pick->unknown || x->distance[i] > 0) &&
           (!pick->by_code || pattern_match(&pick->code, x->codes[i]));
}

static bool passes(struct picking *p, int64_t i)
{
    const struct imagepick *pick = p->pick;
    const struct image_codes *x = p->images;
    double value = 0;

    if ((pick->splits && !(pick->splits >> x->split[i] & 1)) ||
        !(p->class ? p->class->wanted : pick->classless) ||
        (pick->by_tag && !is_tagged(p, x->ids[i])) || !right_code(p, i))
        return false;
    for (int m = 0; m < MEASURES; m++) {
        if (pick->bounds[m].low == -INFINITY &&
            pick->bounds[m].high == INFINITY)
            continue;
        if (measure(p, i, (enum image_measure)m, &value) == LAST ||
            !within(&pick->bounds[m], value))
            return false;
    }
    return true;
}

/* ---- all of them ---- */

static enum status look(struct picking *p, struct err *err)
{
    const struct imagepick *pick = p->pick;
    const struct image_codes *x = p->images;
    int64_t last = -1, last_decoded = -1;
    double value;

    for (int64_t i = 0; i < x->n; i++) {
        uint32_t key;

        if (i % STOP_ROWS == 0 && pick->stop && pick->stop(pick->context))
            return err_set(err, ERR_CANCELLED, "interrupted");
        if (x->class_ids[i] != last)
            p->class = imagepick_find(pick, last = x->class_ids[i]);
        if (x->codes && x->decoded[i] != last_decoded)
            p->decoded = imagepick_find(pick, last_decoded = x->decoded[i]);
        if (!passes(p, i))
            continue;
        if (p->ordered) {
            key = measure(p, i, pick->order, &value);
            p->keys[p->n] =
                key == LAST || !pick->falling ? key : LAST - 1 - key;
        }
        p->rows[p->n++] = (uint32_t)i;
    }
    return OK;
}

/* Sorts rows by key, equal ones as they stand; other: room for as many. */
static void sort(uint32_t *keys, uint32_t *rows, uint32_t *other_keys,
                 uint32_t *other_rows, size_t n)
{
    for (int shift = 0; shift < 32; shift += 8) {
        size_t start[257] = {0};
        uint32_t *swap;

        for (size_t i = 0; i < n; i++)
            start[(keys[i] >> shift & 255) + 1]++;
        for (int d = 0; d < 256; d++)
            start[d + 1] += start[d];
        for (size_t i = 0; i < n; i++) {
            size_t to = start[keys[i] >> shift & 255]++;

            other_keys[to] = keys[i];
            other_rows[to] = rows[i];
        }
        swap = keys, keys = other_keys, other_keys = swap;
        swap = rows, rows = other_rows, other_rows = swap;
    }
}

static enum status give(struct imagepick_list *out, const struct picking *p,
                        struct err *err)
{
    const struct image_codes *x = p->images;
    bool back = p->pick->order == MEASURE_ID && p->pick->falling;
    struct imagepick_list list = {mem_large(p->n + 1, sizeof(*list.ids)),
                                  mem_large(p->n + 1, sizeof(*list.labels)),
                                  (int64_t)p->n};
    const struct imagepick_class *class = NULL;
    int64_t last = -1;

    if (!list.ids || !list.labels) {
        imagepick_list_release(&list);
        return err_set(err, ERR_NOMEM, "no memory to list %zu images", p->n);
    }
    for (size_t i = 0; i < p->n; i++) {
        uint32_t row = p->rows[back ? p->n - 1 - i : i];

        if (x->class_ids[row] != last)
            class = imagepick_find(p->pick, last = x->class_ids[row]);
        list.ids[i] = x->ids[row];
        list.labels[i] = class ? class->index : -1;
    }
    *out = list;
    return OK;
}

enum status imagepick_run(struct imagepick_list *out,
                          const struct imagepick *pick,
                          const struct image_codes *images, struct err *err)
{
    struct picking p = {.pick = pick, .images = images};
    size_t room = (size_t)images->n + 1;
    uint32_t *block;
    enum status status;

    p.ordered = pick->order != MEASURE_ID;
    block = mem_large(room * (p.ordered ? 4 : 1), sizeof(*block));
    if (!block)
        return err_set(err, ERR_NOMEM, "no memory to look at %lld images",
                       (long long)images->n);
    p.rows = block;
    p.keys = p.ordered ? block + room : NULL;
    status = look(&p, err);
    if (status == OK && p.ordered)
        sort(p.keys, p.rows, block + 2 * room, block + 3 * room, p.n);
    if (status == OK)
        status = give(out, &p, err);
    free(block);
    return status;
}
