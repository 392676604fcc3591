#include <config.h>

#include "codes/codebook.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codes/hamming.h"

static enum status no_memory(uint32_t classes, int bits, struct err *err)
{
    return err_set(err, ERR_NOMEM,
                   "no memory for a codebook of %u classes and %d bits",
                   classes, bits);
}

static enum status check_bits(int bits, struct err *err)
{
    if (bits < 1 || bits > CODE_BITS_MAX)
        return err_set(err, ERR_BAD_INPUT,
                       "codebook of %d bits; a code has 1 to %d", bits,
                       CODE_BITS_MAX);
    return OK;
}

enum status codebook_from_weights(struct codebook *out, const float *weights,
                                  uint32_t classes, int bits, struct err *err)
{
    struct codebook book = {classes, bits, NULL, NULL};
    size_t k = (size_t)bits;

    if (check_bits(bits, err) != OK)
        return err->status;
    for (size_t i = 0; i < classes * k; i++) {
        if (!isfinite(weights[i]))
            return err_set(err, ERR_BAD_INPUT,
                           "codebook: class %zu, bit %zu is not a finite "
                           "number (both from 0)",
                           i / k, i % k);
    }
    book.codes = mem_large(classes, sizeof(*book.codes));
    book.weights = mem_large(classes, k * sizeof(*book.weights));
    if (book.codes == NULL || book.weights == NULL) {
        codebook_release(&book);
        return no_memory(classes, bits, err);
    }
    if (classes > 0)
        memcpy(book.weights, weights, classes * k * sizeof(*weights));
    for (uint32_t c = 0; c < classes; c++)
        book.codes[c] = code_from_margins(weights + c * k, bits);
    *out = book;
    return OK;
}

void codebook_release(struct codebook *book)
{
    free(book->codes);
    free(book->weights);
    *book = (struct codebook)CODEBOOK_INIT;
}

static int compare_codes(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

uint32_t codebook_distinct(const struct codebook *book)
{
    uint32_t distinct = 0;
    uint64_t *sorted;

    if (book->classes == 0)
        return 0;
    sorted = mem_alloc(book->classes * sizeof(*sorted));
    memcpy(sorted, book->codes, book->classes * sizeof(*sorted));
    qsort(sorted, book->classes, sizeof(*sorted), compare_codes);
    for (uint32_t i = 0; i < book->classes; i++)
        distinct += i == 0 || sorted[i] != sorted[i - 1];
    free(sorted);
    return distinct;
}

/* The distances of class a to all that follow it: L - 1 - a of them. */
static void scan_rest(uint8_t *distances, const struct codebook *book,
                      uint32_t a)
{
    hamming_scan(distances, book->codes + a + 1, book->classes - a - 1,
                 book->codes[a], UINT64_MAX);
}

int codebook_distance_min(const struct codebook *book)
{
    uint8_t *distances = mem_zalloc(book->classes, 1), least = UINT8_MAX;

    for (uint32_t a = 0; a + 1 < book->classes; a++) {
        scan_rest(distances, book, a);
        for (uint32_t i = 0; i < book->classes - a - 1; i++)
            least = distances[i] < least ? distances[i] : least;
    }
    free(distances);
    return book->classes < 2 ? -1 : least;
}

static int compare_pairs(const void *a, const void *b)
{
    const struct codebook_pair *x = a, *y = b;

    if (x->distance != y->distance)
        return x->distance - y->distance;
    if (x->a != y->a)
        return x->a < y->a ? -1 : 1;
    return (x->b > y->b) - (x->b < y->b);
}

size_t codebook_pairs(struct codebook_pair **pairs, const struct codebook *book,
                      int radius)
{
    struct codebook_pair *list = NULL;
    uint8_t *distances = mem_zalloc(book->classes, 1);
    size_t count = 0, room = 0;

    for (uint32_t a = 0; a + 1 < book->classes; a++) {
        scan_rest(distances, book, a);
        for (uint32_t i = 0; i < book->classes - a - 1; i++) {
            if (distances[i] > radius)
                continue;
            ARRAY_GROW(list, count, room);
            list[count++] = (struct codebook_pair){a, a + 1 + i, distances[i]};
        }
    }
    free(distances);
    if (count > 0)
        qsort(list, count, sizeof(*list), compare_pairs);
    *pairs = list;
    return count;
}
