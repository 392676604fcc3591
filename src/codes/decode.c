#include <config.h>

#include "codes/decode.h"

#include "codes/hamming.h"
#include "codes/margin.h"

/* B[c].z over the bits of mask, (k) float, bit 0 first. */
static double score_float(uint64_t code, const void *margins, int bits,
                          uint64_t mask)
{
    const float *z = margins;
    double sum = 0;

    for (int i = 0; i < bits; i++) {
        if (code_bit(mask, i))
            sum += code_bit(code, i) ? (double)z[i] : -(double)z[i];
    }
    return sum;
}

/* The same from (k) int8: an integer below 2^14, so exact in a double. */
static double score_quantised(uint64_t code, const void *margins, int bits,
                              uint64_t mask)
{
    const int8_t *z = margins;
    int sum = 0;

    for (int i = 0; i < bits; i++) {
        if (code_bit(mask, i))
            sum += code_bit(code, i) ? z[i] : -z[i];
    }
    return sum;
}

#define BLOCK 256u /* classes whose distances are taken at once */

/* Walks the codebook class by class, distances computed a block at a time. */
struct walk {
    const struct codebook *book;
    uint64_t code, mask;
    uint8_t distances[BLOCK];
};

static int walk_distance(struct walk *w, uint32_t c)
{
    if (c % BLOCK == 0) {
        uint32_t left = w->book->classes - c;

        hamming_scan(w->distances, w->book->codes + c,
                     left < BLOCK ? left : BLOCK, w->code, w->mask);
    }
    return w->distances[c % BLOCK];
}

/* Distance, lowest class and size of the tie. */
static struct decode nearest(const struct codebook *book, uint64_t code,
                             uint64_t mask)
{
    struct walk w = {.book = book, .code = code, .mask = mask};
    struct decode d = {DECODE_NONE, -1, 0};

    for (uint32_t c = 0; c < book->classes; c++) {
        int distance = walk_distance(&w, c);

        if (c == 0 || distance < d.distance)
            d = (struct decode){c, distance, 1};
        else
            d.tied += distance == d.distance;
    }
    return d;
}

/* Of the classes in the tie d, the one with the largest score. */
static uint32_t break_tie(const struct codebook *book, const struct decode *d,
                          uint64_t code, uint64_t mask,
                          double (*score)(uint64_t code, const void *margins,
                                          int bits, uint64_t mask),
                          const void *margins)
{
    struct walk w = {.book = book, .code = code, .mask = mask};
    uint32_t best = DECODE_NONE;
    double highest = 0;

    for (uint32_t c = 0; c < book->classes; c++) {
        double value;

        if (walk_distance(&w, c) != d->distance)
            continue;
        value = score(book->codes[c], margins, book->bits, mask);
        if (best == DECODE_NONE || value > highest) {
            best = c;
            highest = value;
        }
    }
    return best;
}

struct decode decode_margins(const struct codebook *book, const float *margins)
{
    uint64_t code = code_from_margins(margins, book->bits);
    uint64_t mask = code_mask(book->bits);
    struct decode d = nearest(book, code, mask);

    if (d.tied > 1)
        d.nearest = break_tie(book, &d, code, mask, score_float, margins);
    return d;
}

struct decode decode_quantised(const struct codebook *book,
                               const int8_t *margins)
{
    return decode_masked(book, margin_code(margins, book->bits), margins,
                         code_mask(book->bits));
}

struct decode decode_code(const struct codebook *book, uint64_t code)
{
    return decode_masked(book, code, NULL, code_mask(book->bits));
}

struct decode decode_masked(const struct codebook *book, uint64_t code,
                            const int8_t *margins, uint64_t mask)
{
    struct decode d = nearest(book, code, mask);

    if (d.tied > 1 && margins != NULL)
        d.nearest = break_tie(book, &d, code, mask, score_quantised, margins);
    return d;
}

/* MHD's order; every two classes differ, by their row at last. */
static bool before(const struct decode_rank *a, const struct decode_rank *b)
{
    if (a->distance != b->distance)
        return a->distance < b->distance;
    if (a->score != b->score)
        return a->score > b->score;
    return a->row < b->row;
}

size_t decode_nearest(struct decode_rank *out, size_t count,
                      const struct codebook *book, uint64_t code,
                      const int8_t *margins)
{
    size_t used = 0;

    for (uint32_t c = 0; c < book->classes; c++) {
        struct decode_rank rank = {c, code_distance(code, book->codes[c]), 0};
        size_t at;

        if (margins != NULL)
            rank.score = (int32_t)score_quantised(
                book->codes[c], margins, book->bits, code_mask(book->bits));
        if (used < count)
            used++;
        else if (count == 0 || !before(&rank, &out[used - 1]))
            continue;
        for (at = used - 1; at > 0 && before(&rank, &out[at - 1]); at--)
            out[at] = out[at - 1];
        out[at] = rank;
    }
    return used;
}
