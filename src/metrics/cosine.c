#include <config.h>

#include "metrics/cosine.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "codes/code.h"
#include "metrics/tiedap.h"

#define CANCEL_EVERY 100  /* milliseconds between two questions to cancel */
#define STRIP        4096 /* items whose sums stay in the first cache */

/*
 * Margins are whole numbers of up to 127, so products of up to 64 of them are
 * exact in float32. Vectors are divided by their greatest common divisor, so
 * that those of one direction are the same and tie exactly.
 */
struct bank {
    size_t n, cut;
    int bits;
    const int32_t *labels;
    float *columns;   /* (bits, n) */
    double *inverse;  /* (n) 1 / length, 0 of zeros */
    float *scores;    /* (n) of the query at hand */
    float *heap;      /* (cut) its largest scores, the least first */
    struct hit *hits; /* (n) those not below the least of them */
    double *harmonic;
};

struct hit {
    float score;
    bool relevant;
};

static int divisor(const int8_t *v, int bits)
{
    int a = 0;

    for (int i = 0; i < bits; i++)
        for (int b = abs(v[i]), rest; b != 0; b = rest) {
            rest = a % b;
            a = b;
        }
    return a > 0 ? a : 1;
}

static void bank_release(struct bank *bank)
{
    free(bank->columns);
    free(bank->inverse);
    free(bank->scores);
    free(bank->heap);
    free(bank->hits);
    free(bank->harmonic);
}

static bool bank_init(struct bank *bank, const struct cosine_items *items,
                      int bits, size_t cut)
{
    size_t n = items->count;

    *bank = (struct bank){
        .n = n, .cut = cut, .bits = bits, .labels = items->labels};
    bank->columns = mem_large(n + 1, (size_t)bits * sizeof(float));
    bank->inverse = mem_large(n + 1, sizeof(double));
    bank->scores = mem_large(n + 1, sizeof(float));
    bank->heap = mem_large(cut + 1, sizeof(float));
    bank->hits = mem_large(n + 1, sizeof(*bank->hits));
    bank->harmonic = tiedap_harmonic(cut);
    if (!bank->columns || !bank->inverse || !bank->scores || !bank->heap ||
        !bank->hits || !bank->harmonic) {
        bank_release(bank);
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        const int8_t *v = items->margins + i * (size_t)bits;
        int by = divisor(v, bits), square = 0;

        for (int b = 0; b < bits; b++) {
            int value = v[b] / by;

            bank->columns[(size_t)b * n + i] = (float)value;
            square += value * value;
        }
        bank->inverse[i] = square > 0 ? 1 / sqrt(square) : 0;
    }
    return true;
}

/* Cosines times the length of the query, which ranks nothing. */
static void score(struct bank *bank, const int8_t *query)
{
    for (size_t from = 0; from < bank->n; from += STRIP) {
        size_t m = bank->n - from < STRIP ? bank->n - from : STRIP;
        float *s = bank->scores + from;

        memset(s, 0, m * sizeof(*s));
        for (int b = 0; b < bank->bits; b++) {
            const float *column = bank->columns + (size_t)b * bank->n + from;
            float q = query[b];

            for (size_t i = 0; i < m; i++)
                s[i] += q * column[i];
        }
        for (size_t i = 0; i < m; i++)
            s[i] = (float)((double)s[i] * bank->inverse[from + i]);
    }
}

/* Lets the heap's first value sink to its place. */
static void sink(float *heap, size_t n)
{
    float value = heap[0];
    size_t at = 0;

    for (size_t child = 1; child < n; child = 2 * at + 1) {
        if (child + 1 < n && heap[child + 1] < heap[child])
            child++;
        if (value <= heap[child])
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = value;
}

/* The score of rank `cut`; -infinity if there are no more items than that. */
static float least_score(struct bank *bank)
{
    if (bank->cut == bank->n)
        return -INFINITY;
    for (size_t i = 0; i < bank->cut; i++)
        bank->heap[i] = -INFINITY;
    for (size_t i = 0; i < bank->n; i++) {
        if (bank->scores[i] <= bank->heap[0])
            continue;
        bank->heap[0] = bank->scores[i];
        sink(bank->heap, bank->cut);
    }
    return bank->heap[0];
}

static int by_score(const void *a, const void *b)
{
    float x = ((const struct hit *)a)->score,
          y = ((const struct hit *)b)->score;

    return (x < y) - (x > y);
}

static double average_precision(struct bank *bank, const int8_t *query,
                                int32_t label)
{
    struct tiedap ap = {.cut = bank->cut, .harmonic = bank->harmonic};
    size_t count = 0;
    float least;

    if (label < 0 || bank->cut == 0)
        return 0;
    score(bank, query);
    least = least_score(bank);
    for (size_t i = 0; i < bank->n; i++)
        if (bank->scores[i] >= least)
            bank->hits[count++] =
                (struct hit){bank->scores[i], bank->labels[i] == label};
    qsort(bank->hits, count, sizeof(*bank->hits), by_score);
    for (size_t from = 0, to; from < count; from = to) {
        size_t relevant = 0;

        for (to = from;
             to < count && bank->hits[to].score == bank->hits[from].score; to++)
            relevant += bank->hits[to].relevant;
        tiedap_add(&ap, to - from, relevant);
    }
    return tiedap_value(&ap);
}

enum status cosine_run(struct cosine *out, const struct cosine_items *queries,
                       const struct cosine_items *database, int bits, size_t r,
                       bool (*cancel)(void *context), void *context,
                       struct err *err)
{
    struct cosine result = {.r = r ? r : database->count,
                            .queries = queries->count,
                            .database = database->count};
    size_t cut = result.r < database->count ? result.r : database->count;
    int64_t last = clock_monotonic();
    struct bank bank;

    if (!bank_init(&bank, database, bits, cut))
        return err_set(err, ERR_NOMEM, "no memory to rank %zu vectors",
                       database->count);
    for (size_t i = 0; i < queries->count; i++) {
        result.map +=
            average_precision(&bank, queries->margins + i * (size_t)bits,
                              queries->labels[i]) /
            (double)queries->count;
        if (cancel == NULL || clock_monotonic() - last < CANCEL_EVERY)
            continue;
        last = clock_monotonic();
        if (cancel(context)) {
            bank_release(&bank);
            return err_set(err, ERR_CANCELLED, "retrieval cancelled");
        }
    }
    bank_release(&bank);
    *out = result;
    return OK;
}
