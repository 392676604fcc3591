#include <config.h>

#include "metrics/retrieval.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "codes/hamming.h"
#include "metrics/tiedap.h"

#define CANCEL_EVERY 100 /* milliseconds between two questions to cancel */
#define RADIUS       2

/* Items that share code and label. */
struct kind {
    uint64_t code;
    int32_t label;
    size_t count;
};

/* Counts of items by distance. */
struct counts {
    size_t at[CODE_BITS_MAX + 1];
};

/*
 * The database, twice: every code once, with the number of its items; and
 * sorted by label, so that the codes of one label lie together.
 */
struct shelves {
    uint64_t *codes; /* (distinct) */
    size_t *counts;  /* (distinct) */
    size_t distinct;
    struct kind *labels; /* (kinds), by label, then code */
    uint64_t *of_labels; /* (kinds), their codes */
    size_t kinds;
    uint8_t *distances; /* (kinds), for scans */
    double *harmonic;   /* (last + 1) H(0), H(1), ... */
};

static int by_code(const void *a, const void *b)
{
    const struct kind *x = a, *y = b;

    if (x->code != y->code)
        return x->code < y->code ? -1 : 1;
    return (x->label > y->label) - (x->label < y->label);
}

static int by_label(const void *a, const void *b)
{
    const struct kind *x = a, *y = b;

    if (x->label != y->label)
        return x->label < y->label ? -1 : 1;
    return (x->code > y->code) - (x->code < y->code);
}

/* Sorted by code, equals put together; NULL when memory is out. */
static struct kind *group(const struct retrieval_items *items, size_t *kinds)
{
    struct kind *list = mem_large(items->count, sizeof(*list));
    size_t used = 0;

    if (list == NULL)
        return NULL;
    for (size_t i = 0; i < items->count; i++)
        list[i] = (struct kind){items->codes[i], items->labels[i], 1};
    qsort(list, items->count, sizeof(*list), by_code);
    for (size_t i = 0; i < items->count; i++) {
        if (used > 0 && by_code(&list[used - 1], &list[i]) == 0)
            list[used - 1].count++;
        else
            list[used++] = list[i];
    }
    *kinds = used;
    return list;
}

static void shelves_release(struct shelves *s)
{
    free(s->codes);
    free(s->counts);
    free(s->labels);
    free(s->of_labels);
    free(s->distances);
    free(s->harmonic);
}

static bool shelves_init(struct shelves *s,
                         const struct retrieval_items *database, size_t last)
{
    memset(s, 0, sizeof(*s));
    s->labels = group(database, &s->kinds);
    if (s->labels != NULL) {
        s->codes = mem_large(s->kinds, sizeof(*s->codes));
        s->counts = mem_large(s->kinds, sizeof(*s->counts));
        s->of_labels = mem_large(s->kinds, sizeof(*s->of_labels));
        s->distances = mem_large(s->kinds, sizeof(*s->distances));
        s->harmonic = tiedap_harmonic(last);
    }
    if (!s->labels || !s->codes || !s->counts || !s->of_labels ||
        !s->distances || !s->harmonic) {
        shelves_release(s);
        return false;
    }
    for (size_t i = 0; i < s->kinds; i++) {
        if (i == 0 || s->labels[i].code != s->labels[i - 1].code)
            s->codes[s->distinct++] = s->labels[i].code;
        s->counts[s->distinct - 1] += s->labels[i].count;
    }
    qsort(s->labels, s->kinds, sizeof(*s->labels), by_label);
    for (size_t i = 0; i < s->kinds; i++)
        s->of_labels[i] = s->labels[i].code;
    return true;
}

/* All items, by distance to the code. */
static void count_all(struct counts *out, const struct shelves *s,
                      uint64_t code)
{
    memset(out, 0, sizeof(*out));
    hamming_scan(s->distances, s->codes, s->distinct, code, UINT64_MAX);
    for (size_t i = 0; i < s->distinct; i++)
        out->at[s->distances[i]] += s->counts[i];
}

/* The first kind whose label is not below this one. */
static size_t find_label(const struct shelves *s, int32_t label)
{
    size_t low = 0, high = s->kinds;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (s->labels[middle].label < label)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Items with the query's label, by distance to its code. */
static void count_relevant(struct counts *out, const struct shelves *s,
                           const struct kind *query)
{
    size_t from = find_label(s, query->label), to = from;

    memset(out, 0, sizeof(*out));
    if (query->label < 0)
        return;
    while (to < s->kinds && s->labels[to].label == query->label)
        to++;
    hamming_scan(s->distances, s->of_labels + from, to - from, query->code,
                 UINT64_MAX);
    for (size_t i = from; i < to; i++)
        out->at[s->distances[i - from]] += s->labels[i].count;
}

/* metrics/tiedap.h */
static double average_precision(const struct counts *all,
                                const struct counts *relevant,
                                const double *harmonic, size_t cut)
{
    struct tiedap ap = {.cut = cut, .harmonic = harmonic};

    for (int d = 0; d <= CODE_BITS_MAX && ap.before < cut; d++)
        tiedap_add(&ap, all->at[d], relevant->at[d]);
    return tiedap_value(&ap);
}

/* Adds what `times` equal queries have to say; sums, not yet means. */
struct sums {
    double map, precision_radius2;
    size_t empty_radius2;
    double found[CODE_BITS_MAX + 1], right[CODE_BITS_MAX + 1];
};

static void add(struct sums *sums, const struct counts *all,
                const struct counts *relevant, const struct shelves *s,
                size_t cut, size_t times)
{
    size_t found = 0, right = 0;

    sums->map +=
        (double)times * average_precision(all, relevant, s->harmonic, cut);
    for (int d = 0; d <= CODE_BITS_MAX; d++) {
        found += all->at[d];
        right += relevant->at[d];
        sums->found[d] += (double)times * (double)found;
        sums->right[d] += (double)times * (double)right;
        if (d == RADIUS && found > 0)
            sums->precision_radius2 +=
                (double)times * (double)right / (double)found;
        else if (d == RADIUS)
            sums->empty_radius2 += times;
    }
}

static void finish(struct retrieval *out, const struct sums *sums)
{
    double queries = (double)out->queries;
    double relevant = sums->right[CODE_BITS_MAX];

    out->empty_radius2 = sums->empty_radius2;
    if (out->queries > 0) {
        out->map = sums->map / queries;
        out->precision_radius2 = sums->precision_radius2 / queries;
    }
    for (int d = 0; d <= out->bits; d++) {
        if (sums->found[d] > 0)
            out->precision[d] = sums->right[d] / sums->found[d];
        if (relevant > 0)
            out->recall[d] = sums->right[d] / relevant;
    }
}

enum status retrieval_run(struct retrieval *out,
                          const struct retrieval_items *queries,
                          const struct retrieval_items *database, int bits,
                          size_t r, bool (*cancel)(void *context),
                          void *context, struct err *err)
{
    struct retrieval result = {.bits = bits,
                               .r = r ? r : database->count,
                               .queries = queries->count,
                               .database = database->count};
    size_t cut = result.r < database->count ? result.r : database->count;
    size_t kinds = 0;
    struct kind *asked = group(queries, &kinds);
    struct sums sums = {0};
    struct counts all = {{0}}, relevant;
    int64_t last = clock_monotonic();
    struct shelves s;

    if (asked == NULL || !shelves_init(&s, database, cut)) {
        free(asked);
        return err_set(err, ERR_NOMEM, "no memory to rank %zu codes",
                       database->count);
    }
    for (size_t i = 0; i < kinds; i++) {
        if (i == 0 || asked[i].code != asked[i - 1].code)
            count_all(&all, &s, asked[i].code);
        count_relevant(&relevant, &s, &asked[i]);
        add(&sums, &all, &relevant, &s, cut, asked[i].count);
        if (cancel == NULL || clock_monotonic() - last < CANCEL_EVERY)
            continue;
        last = clock_monotonic();
        if (cancel(context)) {
            shelves_release(&s);
            free(asked);
            return err_set(err, ERR_CANCELLED, "retrieval cancelled");
        }
    }
    finish(&result, &sums);
    shelves_release(&s);
    free(asked);
    *out = result;
    return OK;
}
