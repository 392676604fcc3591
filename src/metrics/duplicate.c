#include <config.h>

#include "metrics/duplicate.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codes/code.h"
#include "metrics/duplicate-parts.h"

#define SLOTS_BYTES (8u << 20) /* kept of the bytes read again */
#define STEPS       64         /* rows between two questions */

enum status duplicates_new(struct duplicates **out,
                           const struct duplicate_options *options,
                           size_t count, struct err *err)
{
    struct duplicates *d = mem_zalloc(1, sizeof(*d));

    assert(count < UINT32_MAX);
    d->options = *options;
    d->count = count;
    d->size = (size_t)options->channels * (size_t)options->height *
              (size_t)options->width;
    d->hashes = mem_large(count + 1, sizeof(*d->hashes));
    if (options->tolerance > 0)
        d->signs = mem_large(count + 1, sizeof(*d->signs));
    if (!d->hashes || (options->tolerance > 0 && !d->signs)) {
        duplicates_free(d);
        return err_set(err, ERR_NOMEM,
                       "no memory for the signatures of %zu images", count);
    }
    sign_prepare(d);
    *out = d;
    return OK;
}

static void free_search(struct duplicates *d)
{
    free(d->of);
    free(d->difference);
    free(d->looks);
    free(d->crowded);
    free(d->left);
    free(d->slots);
    free(d->slot_rows);
}

void duplicates_free(struct duplicates *d)
{
    if (!d)
        return;
    free_search(d);
    free(d->hashes);
    free(d->signs);
    free(d);
}

/* A mixing hash of eight bytes a step; equal hashes are looked at closer, so
 * that it need not be more than good. */
static uint64_t hash(const uint8_t *bytes, size_t size)
{
    uint64_t h = 0x9e3779b97f4a7c15u ^ size, word;

    while (size > 0) {
        size_t n = size < sizeof(word) ? size : sizeof(word);

        word = 0;
        memcpy(&word, bytes, n);
        h = (h ^ word) * 0xff51afd7ed558ccdu;
        h ^= h >> 32;
        bytes += n;
        size -= n;
    }
    return h;
}

void duplicates_add(struct duplicates *d, const uint8_t *bytes)
{
    assert(d->added < d->count);
    d->hashes[d->added] = hash(bytes, d->size);
    if (d->signs)
        sign_make(d, &d->signs[d->added], bytes);
    d->added++;
}

/* ---- what the search asks for ---- */

enum status duplicate_go_on(struct duplicates *d, struct err *err)
{
    if (d->steps++ % STEPS == 0 && d->source->cancel &&
        d->source->cancel(d->source->context))
        return err_set(err, ERR_CANCELLED, "interrupted");
    return OK;
}

int duplicate_bits(const struct duplicates *d, uint32_t a, uint32_t b)
{
    const struct duplicate_source *s = d->source;

    if (!s->codes || (s->coded && (!s->coded[a] || !s->coded[b])))
        return -1;
    return code_distance(s->codes[a], s->codes[b]);
}

enum status duplicate_pair(struct duplicates *d, uint32_t row, uint32_t other,
                           const uint8_t **a, const uint8_t **b,
                           struct err *err)
{
    const struct duplicate_source *s = d->source;
    uint32_t slot = other % d->slot_count;
    uint8_t *bytes = d->slots + slot * d->size;

    if (d->left_row != row) {
        d->left_row = UINT32_MAX;
        if (s->read(s->context, row, d->left, err) != OK)
            return err->status;
        d->left_row = row;
    }
    if (d->slot_rows[slot] != other) {
        d->slot_rows[slot] = UINT32_MAX;
        if (s->read(s->context, other, bytes, err) != OK)
            return err->status;
        d->slot_rows[slot] = other;
    }
    *a = d->left;
    *b = bytes;
    return OK;
}

/* ---- exact ones ---- */

struct hashed {
    uint64_t hash;
    uint32_t row;
};

static int by_hash(const void *a, const void *b)
{
    const struct hashed *x = a, *y = b;

    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

/* Rows of one hash: each becomes a copy of the first with its bytes. */
static enum status match(struct duplicates *d, const struct hashed *run,
                         size_t count, struct err *err)
{
    for (size_t i = 1; i < count; i++) {
        if (duplicate_go_on(d, err) != OK)
            return err->status;
        for (size_t first = 0; first < i; first++) {
            uint32_t of = run[first].row, row = run[i].row;
            const uint8_t *a, *b;

            if (d->of[of] != of)
                continue;
            if (duplicate_pair(d, row, of, &a, &b, err) != OK)
                return err->status;
            if (memcmp(a, b, d->size) == 0) {
                d->of[row] = of;
                break;
            }
        }
    }
    return OK;
}

static enum status find_exact(struct duplicates *d, struct err *err)
{
    struct hashed *sorted = mem_large(d->count + 1, sizeof(*sorted));
    enum status status = OK;

    if (!sorted)
        return err_set(err, ERR_NOMEM,
                       "no memory to look for duplicates among %zu images",
                       d->count);
    for (size_t i = 0; i < d->count; i++)
        sorted[i] = (struct hashed){d->hashes[i], (uint32_t)i};
    qsort(sorted, d->count, sizeof(*sorted), by_hash);
    for (size_t i = 0, end; i < d->count && status == OK; i = end) {
        for (end = i + 1; end < d->count && sorted[end].hash == sorted[i].hash;
             end++)
            ;
        if (end > i + 1)
            status = match(d, sorted + i, end - i, err);
    }
    free(sorted);
    return status;
}

/* ---- both ---- */

static int in_order(const void *a, const void *b)
{
    const struct duplicate *x = a, *y = b;

    if (x->exact != y->exact)
        return x->exact ? -1 : 1;
    if (x->pixels != y->pixels)
        return x->pixels < y->pixels ? -1 : 1;
    if (!x->exact && x->bits != y->bits)
        return x->bits < y->bits ? -1 : 1;
    if (x->exact && x->of != y->of)
        return x->of < y->of ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

static enum status start(struct duplicates *d, struct err *err)
{
    size_t n = d->count + 1, slots = SLOTS_BYTES / (d->size + 1) + 1;

    d->slot_count = (uint32_t)(slots < n ? slots : n);
    d->of = mem_large(n, sizeof(*d->of));
    d->difference = mem_large(n, sizeof(*d->difference));
    d->looks = mem_large(n, 1);
    d->crowded = mem_large(n, 1);
    d->left = mem_large(d->size + 1, 1);
    d->slots = mem_large(d->slot_count, d->size + 1);
    d->slot_rows = mem_large(d->slot_count, sizeof(*d->slot_rows));
    if (!d->of || !d->difference || !d->looks || !d->crowded || !d->left ||
        !d->slots || !d->slot_rows)
        return err_set(err, ERR_NOMEM,
                       "no memory to look for duplicates among %zu images",
                       d->count);
    d->left_row = UINT32_MAX;
    for (uint32_t i = 0; i < d->slot_count; i++)
        d->slot_rows[i] = UINT32_MAX;
    for (size_t i = 0; i < d->count; i++)
        d->of[i] = (uint32_t)i;
    return OK;
}

/* Near ones are looked for among the rows that repeat none. */
static enum status find_near(struct duplicates *d, uint8_t *exact,
                             struct err *err)
{
    uint32_t *rows = mem_large(d->count + 1, sizeof(*rows));
    size_t count = 0;
    enum status status;

    if (!rows)
        return err_set(err, ERR_NOMEM,
                       "no memory to look for duplicates among %zu images",
                       d->count);
    for (size_t i = 0; i < d->count; i++) {
        exact[i] = d->of[i] != i;
        if (!exact[i])
            rows[count++] = (uint32_t)i;
    }
    status = duplicate_join(d, rows, count, err);
    free(rows);
    return status;
}

static void gather(struct duplicate **list, size_t *count, size_t *crowded,
                   const struct duplicates *d, const uint8_t *exact)
{
    size_t room = 0;

    *list = NULL;
    *count = *crowded = 0;
    for (uint32_t i = 0; i < d->count; i++) {
        *crowded += d->crowded[i];
        if (d->of[i] == i)
            continue;
        ARRAY_GROW(*list, *count, room);
        (*list)[(*count)++] = (struct duplicate){
            i, d->of[i], exact[i], duplicate_bits(d, i, d->of[i]),
            exact[i] ? 0 : (double)d->difference[i]};
    }
    if (*count > 0)
        qsort(*list, *count, sizeof(**list), in_order);
}

enum status duplicates_find(struct duplicate **list, size_t *count,
                            size_t *crowded, struct duplicates *d,
                            const struct duplicate_source *source,
                            struct err *err)
{
    uint8_t *exact = mem_large(d->added + 1, 1);
    enum status status;

    assert(!d->of);
    d->count = d->added;
    d->source = source;
    if (!exact)
        return err_set(err, ERR_NOMEM,
                       "no memory to look for duplicates among %zu images",
                       d->count);
    status = start(d, err);
    if (status == OK)
        status = find_exact(d, err);
    if (status == OK)
        status = find_near(d, exact, err);
    if (status == OK)
        gather(list, count, crowded, d, exact);
    free(exact);
    return status;
}
