#include <config.h>

#include <string.h>

#include "codes/hamming.h"
#include "index/nearindex-parts.h"

/*
 * What a code costs beyond its distance, in codes scanned: counting it, and
 * asking all filters about it.
 */
#define COUNTING  3.0
#define FILTERING 8.0

#define LEFT_OUT 255 /* in place of the distance of a row that is left out */

double nearscan_cost(const struct near_ask *ask)
{
    double codes = 1;

    if (ask->complete && ask->fixed == 0)
        codes += ask->filtered ? FILTERING : COUNTING;
    return codes * (double)ask->index->set->count * ask->index->costs.scan;
}

void nearscan_begin(struct near_ask *ask)
{
    ask->apart = ask->complete && !ask->filtered && ask->fixed == 0;
    if (!ask->apart)
        return;
    ask->complete = false;
    memset(ask->histogram, 0, sizeof(ask->histogram));
}

void nearscan_end(struct near_ask *ask)
{
    if (!ask->apart)
        return;
    if (ask->skip != NEAR_NOBODY)
        ask->histogram[code_distance(ask->index->codes[ask->skip] &
                                         ask->counted,
                                     ask->query->code & ask->counted)]--;
    memcpy(ask->found, ask->histogram, sizeof(ask->found));
    ask->complete = true;
    ask->apart = false;
}

/* The rows that match the pattern, then their distances. */
static void scan_pattern(struct near_ask *ask, size_t from, size_t n)
{
    const uint64_t *codes = ask->index->codes + from;
    uint64_t query = ask->query->code & ask->counted;
    uint32_t places[NEAR_BLOCK];
    uint8_t zero[NEAR_BLOCK];
    size_t count =
        hamming_select(places, zero, codes, n, ask->value, ask->fixed, 0);

    for (size_t i = 0; i < count; i++)
        nearask_row(ask, (uint32_t)from + places[i], codes[places[i]],
                    code_distance(codes[places[i]] & ask->counted, query));
}

/*
 * Puts LEFT_OUT where a column says so: whole columns at once are sooner read
 * than row by row. Rows must be ranks.
 */
static void leave_out(uint8_t *distances, const struct near_ask *ask,
                      size_t from, size_t n)
{
    const struct near_set *set = ask->index->set;
    const struct near_query *q = ask->query;

    if (q->splits != 0 && set->splits != NULL) {
        for (size_t i = 0; i < n; i++)
            distances[i] |=
                q->splits >> set->splits[from + i] & 1 ? 0 : LEFT_OUT;
    }
    if (q->in_class && set->classes != NULL) {
        for (size_t i = 0; i < n; i++)
            distances[i] |=
                set->classes[from + i] == q->class_id ? 0 : LEFT_OUT;
    }
}

/* Every row is looked at, for all that pass have to be counted. */
static void scan_rows(struct near_ask *ask, size_t from, size_t n)
{
    const uint64_t *codes = ask->index->codes + from;
    uint8_t distances[NEAR_BLOCK];

    hamming_scan(distances, codes, n, ask->query->code, ask->counted);
    if (ask->index->by_id == NULL)
        leave_out(distances, ask, from, n);
    for (size_t i = 0; i < n; i++) {
        if (distances[i] != LEFT_OUT)
            nearask_row(ask, (uint32_t)(from + i), codes[i], distances[i]);
    }
}

void nearscan_block(struct near_ask *ask, size_t from, size_t n)
{
    const uint64_t *codes = ask->index->codes + from;
    uint32_t places[NEAR_BLOCK];
    uint8_t distances[NEAR_BLOCK];
    size_t count;

    if (ask->fixed != 0) {
        scan_pattern(ask, from, n);
        return;
    }
    if (ask->complete) {
        scan_rows(ask, from, n);
        return;
    }
    if (ask->apart)
        hamming_count(ask->histogram, codes, n, ask->query->code, ask->counted);
    count = hamming_select(places, distances, codes, n, ask->query->code,
                           ask->counted, ask->limit);
    for (size_t i = 0; i < count; i++)
        nearask_row(ask, (uint32_t)from + places[i], codes[places[i]],
                    distances[i]);
}

void nearscan_all(struct near_ask *ask)
{
    size_t n = ask->index->set->count;

    nearscan_begin(ask);
    for (size_t from = 0; from < n; from += NEAR_BLOCK)
        nearscan_block(ask, from,
                       n - from < NEAR_BLOCK ? n - from : NEAR_BLOCK);
    nearscan_end(ask);
}

void nearscan_list(struct near_ask *ask)
{
    const uint64_t *codes = ask->index->codes;
    uint64_t query = ask->query->code & ask->counted;

    for (size_t i = 0; i < ask->listed; i++) {
        uint64_t code = codes[ask->list[i]];

        if (((code ^ ask->value) & ask->fixed) == 0)
            nearask_row(ask, ask->list[i], code,
                        code_distance(code & ask->counted, query));
    }
}
