#include <config.h>

#include "metrics/bitreport.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "codes/decode.h"
#include "codes/hamming.h"
#include "codes/margin.h"

#define CANCEL_EVERY 100 /* milliseconds between two questions to cancel */

/* Word b holds bit b of up to 64 codes. */
static void transpose(uint64_t *words, const uint64_t *codes, size_t n,
                      int bits)
{
    for (int b = 0; b < bits; b++) {
        words[b] = 0;
        for (size_t i = 0; i < n; i++)
            words[b] |= (codes[i] >> b & 1) << i;
    }
}

static double entropy(double p)
{
    if (p <= 0 || p >= 1)
        return 0;
    return -p * log2(p) - (1 - p) * log2(1 - p);
}

void bitreport_side(struct bitreport_side *out, const uint64_t *codes, size_t n,
                    int bits)
{
    size_t both[CODE_BITS_MAX][CODE_BITS_MAX] = {{0}};
    uint64_t words[CODE_BITS_MAX];

    for (size_t at = 0; at < n; at += 64) {
        transpose(words, codes + at, n - at < 64 ? n - at : 64, bits);
        for (int i = 0; i < bits; i++) {
            for (int j = 0; j <= i; j++)
                both[i][j] += (size_t)__builtin_popcountll(words[i] & words[j]);
        }
    }
    memset(out, 0, sizeof(*out));
    out->count = n;
    for (int i = 0; i < bits; i++) {
        out->set[i] = both[i][i];
        out->balance[i] = n ? (double)both[i][i] / (double)n : 0;
        out->entropy[i] = entropy(out->balance[i]);
    }
    for (int i = 0; i < bits; i++) {
        for (int j = 0; j <= i; j++) {
            double p = out->balance[i], q = out->balance[j];
            double spread = sqrt(p * (1 - p)) * sqrt(q * (1 - q));
            double shared = n ? (double)both[i][j] / (double)n : 0;

            if (spread > 0)
                out->correlation[i][j] = i == j ? 1 : (shared - p * q) / spread;
            out->correlation[j][i] = out->correlation[i][j];
        }
    }
}

/*
 * The classes that may be nearest once one bit is flipped or masked: a
 * distance moves by one at most, so they are within two of the least. In the
 * order of the codebook, so that ties fall as they do there; codes: (L).
 * Returns how many there are, and in *at where the image's own class is among
 * them, or DECODE_NONE.
 */
static uint32_t contenders(uint64_t *codes, uint8_t *distances, uint32_t *at,
                           const struct codebook *book, uint64_t code,
                           uint32_t label)
{
    uint32_t count = 0;
    int within = decode_code(book, code).distance + 2;

    *at = DECODE_NONE;
    hamming_scan(distances, book->codes, book->classes, code, UINT64_MAX);
    for (uint32_t c = 0; c < book->classes; c++) {
        if (distances[c] > within)
            continue;
        if (c == label)
            *at = count;
        codes[count++] = book->codes[c];
    }
    return count;
}

/* Room for one image's contenders, (L) each. */
struct ring {
    uint64_t *codes;
    uint8_t *distances;
};

/* MHD of one image: as it is, and with each bit flipped and masked. */
static void price(struct bitreport_loss *loss, const struct ring *ring,
                  const struct codebook *book, const int8_t *margins,
                  uint32_t label)
{
    uint64_t code = margin_code(margins, book->bits);
    uint64_t mask = code_mask(book->bits);
    int8_t changed[CODE_BITS_MAX];
    struct codebook near = {.bits = book->bits, .codes = ring->codes};
    uint32_t own;

    near.classes =
        contenders(ring->codes, ring->distances, &own, book, code, label);
    loss->images++;
    if (own == DECODE_NONE)
        return;
    memcpy(changed, margins, (size_t)book->bits);
    loss->right += decode_masked(&near, code, margins, mask).nearest == own;
    for (int i = 0; i < book->bits; i++) {
        uint64_t bit = UINT64_C(1) << i;
        struct decode d = decode_masked(&near, code, margins, mask & ~bit);

        loss->masked[i] += d.nearest == own;
        changed[i] = (int8_t)(margins[i] ? -margins[i] : -1);
        d = decode_masked(&near, code ^ bit, changed, mask);
        changed[i] = margins[i];
        loss->flipped[i] += d.nearest == own;
    }
}

enum status bitreport_loss(struct bitreport_loss *out,
                           const struct codebook *book, const int8_t *margins,
                           const int32_t *labels, size_t n,
                           bool (*cancel)(void *context), void *context,
                           struct err *err)
{
    struct bitreport_loss loss = {0};
    struct ring ring = {mem_zalloc(book->classes, sizeof(*ring.codes)),
                        mem_zalloc(book->classes, 1)};
    int64_t asked = clock_monotonic();
    bool cancelled = false;

    for (size_t i = 0; i < n && !cancelled; i++) {
        if (labels[i] >= 0 && (uint32_t)labels[i] < book->classes)
            price(&loss, &ring, book, margins + i * (size_t)book->bits,
                  (uint32_t)labels[i]);
        if (cancel == NULL || clock_monotonic() - asked < CANCEL_EVERY)
            continue;
        asked = clock_monotonic();
        cancelled = cancel(context);
    }
    free(ring.codes);
    free(ring.distances);
    if (cancelled)
        return err_set(err, ERR_CANCELLED, "bit report cancelled");
    *out = loss;
    return OK;
}

static int compare_pairs(const void *a, const void *b)
{
    const struct bitreport_pair *x = a, *y = b;

    if (x->bit != y->bit)
        return x->bit - y->bit;
    if (x->off != y->off)
        return x->off < y->off ? -1 : 1;
    return (x->on > y->on) - (x->on < y->on);
}

size_t bitreport_pairs(struct bitreport_pair **pairs,
                       const struct codebook *book)
{
    struct codebook_pair *near;
    size_t count = codebook_pairs(&near, book, 1), used = 0;
    struct bitreport_pair *list = NULL;

    if (count > 0)
        list = mem_zalloc(count, sizeof(*list));
    for (size_t i = 0; i < count; i++) {
        uint64_t differ = book->codes[near[i].a] ^ book->codes[near[i].b];
        struct bitreport_pair pair = {0, near[i].a, near[i].b};

        if (differ == 0)
            continue;
        pair.bit = __builtin_ctzll(differ);
        if (code_bit(book->codes[pair.off], pair.bit)) {
            pair.off = near[i].b;
            pair.on = near[i].a;
        }
        list[used++] = pair;
    }
    free(near);
    if (used == 0) {
        free(list);
        list = NULL;
    } else {
        qsort(list, used, sizeof(*list), compare_pairs);
    }
    *pairs = list;
    return used;
}
