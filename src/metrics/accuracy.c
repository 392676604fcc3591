#include <config.h>

#include "metrics/accuracy.h"

#include <stdbool.h>

#include "codes/decode.h"

static void count(struct accuracy *acc, const struct decode *d, int32_t label)
{
    acc->images++;
    acc->mhd += d->nearest == (uint32_t)label;
    acc->ed += decode_exact(d) == (uint32_t)label;
    acc->undecided += d->distance != 0;
    acc->ties += d->tied > 1;
}

static bool is_class(const struct codebook *book, int32_t label)
{
    return label >= 0 && (uint32_t)label < book->classes;
}

void accuracy_add(struct accuracy *acc, const struct codebook *book,
                  const float *margins, const int32_t *labels, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct decode d;

        if (!is_class(book, labels[i]))
            continue;
        d = decode_margins(book, margins + i * (size_t)book->bits);
        count(acc, &d, labels[i]);
    }
}

void accuracy_add_quantised(struct accuracy *acc, const struct codebook *book,
                            const int8_t *margins, const int32_t *labels,
                            size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct decode d;

        if (!is_class(book, labels[i]))
            continue;
        d = decode_quantised(book, margins + i * (size_t)book->bits);
        count(acc, &d, labels[i]);
    }
}

/* B[c].z in double, bit 0 first. */
static double logit(const struct codebook *book, uint32_t c, const float *z)
{
    double sum = 0;

    for (int i = 0; i < book->bits; i++)
        sum += code_bit(book->codes[c], i) ? (double)z[i] : -(double)z[i];
    return sum;
}

/* How many classes rank before the label. */
static uint32_t rank(const struct codebook *book, uint32_t label,
                     const float *z)
{
    double own = logit(book, label, z);
    uint32_t before = 0;

    for (uint32_t c = 0; c < book->classes; c++) {
        double other = logit(book, c, z);

        before += other > own || (other == own && c < label);
    }
    return before;
}

void accuracy_top_add(struct accuracy_top *top, const struct codebook *book,
                      const float *margins, const int32_t *labels, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t before;

        if (!is_class(book, labels[i]))
            continue;
        before =
            rank(book, (uint32_t)labels[i], margins + i * (size_t)book->bits);
        top->images++;
        top->top1 += before < 1;
        top->top5 += before < 5;
    }
}
