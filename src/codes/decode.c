#include <config.h>

#include "codes/decode.h"

#include <string.h>

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

/* The same from (k) int8: exact in a double. */
static double score_quantised(uint64_t code, const void *margins, int bits,
                              uint64_t mask)
{
    return margin_sum(margins, bits, code, mask);
}

#define BLOCK 256u /* classes whose distances are taken at once */
#define LANES 64u

/*
 * The distances of a block of classes from `at`; what is beyond the last is
 * far. Returns the least of them.
 */
static int block_distances(uint8_t *distances, const struct codebook *book,
                           uint32_t at, uint64_t code, uint64_t mask)
{
    uint32_t left = book->classes - at;
    uint8_t least[LANES], all = UINT8_MAX;

    if (left < BLOCK)
        memset(distances + left, UINT8_MAX, BLOCK - left);
    hamming_scan(distances, book->codes + at, left < BLOCK ? left : BLOCK, code,
                 mask);
    memcpy(least, distances, LANES);
    for (uint32_t i = LANES; i < BLOCK; i += LANES) {
        for (uint32_t l = 0; l < LANES; l++)
            least[l] =
                distances[i + l] < least[l] ? distances[i + l] : least[l];
    }
    for (uint32_t l = 0; l < LANES; l++)
        all = least[l] < all ? least[l] : all;
    return all;
}

/* Distance, lowest class and size of the tie. */
static struct decode nearest(const struct codebook *book, uint64_t code,
                             uint64_t mask)
{
    struct decode d = {DECODE_NONE, -1, 0};
    uint8_t distances[BLOCK];

    for (uint32_t at = 0; at < book->classes; at += BLOCK) {
        int least = block_distances(distances, book, at, code, mask);
        const uint8_t *found = distances;

        if (at > 0 && least > d.distance)
            continue;
        if (at == 0 || least < d.distance)
            d = (struct decode){DECODE_NONE, least, 0};
        while ((found = memchr(found, least,
                               (size_t)(distances + BLOCK - found))) != NULL) {
            if (d.tied++ == 0)
                d.nearest = at + (uint32_t)(found - distances);
            found++;
        }
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
    uint8_t distances[BLOCK];
    uint32_t best = DECODE_NONE, left = d->tied;
    double highest = 0;

    /* none is before the lowest class of the tie */
    for (uint32_t at = d->nearest / BLOCK * BLOCK; left > 0; at += BLOCK) {
        const uint8_t *found = distances;

        if (block_distances(distances, book, at, code, mask) != d->distance)
            continue;
        while ((found = memchr(found, d->distance,
                               (size_t)(distances + BLOCK - found))) != NULL) {
            uint32_t c = at + (uint32_t)(found - distances);
            double value = score(book->codes[c], margins, book->bits, mask);

            if (best == DECODE_NONE || value > highest) {
                best = c;
                highest = value;
            }
            left--;
            found++;
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

/* Puts a class in its place among the `used` so far; returns their number. */
static size_t rank(struct decode_rank *out, size_t used, size_t count,
                   const struct codebook *book, uint32_t c, int distance,
                   const int8_t *margins)
{
    struct decode_rank new = {c, distance, 0};
    size_t at;

    if (margins != NULL)
        new.score = (int32_t)score_quantised(book->codes[c], margins,
                                             book->bits, code_mask(book->bits));
    if (used < count)
        used++;
    else if (!before(&new, &out[used - 1]))
        return used;
    for (at = used - 1; at > 0 && before(&new, &out[at - 1]); at--)
        out[at] = out[at - 1];
    out[at] = new;
    return used;
}

size_t decode_nearest(struct decode_rank *out, size_t count,
                      const struct codebook *book, uint64_t code,
                      const int8_t *margins)
{
    size_t used = 0;

    for (uint32_t at = 0; at < book->classes && count > 0; at += BLOCK) {
        uint32_t left = book->classes - at;
        uint8_t distances[BLOCK];
        int least =
            block_distances(distances, book, at, code, code_mask(book->bits));

        for (uint32_t i = 0; i < BLOCK && i < left; i++) {
            if (used == count && (least > out[used - 1].distance ||
                                  distances[i] > out[used - 1].distance))
                continue;
            used = rank(out, used, count, book, at + i, distances[i], margins);
        }
    }
    return used;
}
