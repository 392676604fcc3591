#include <config.h>

#include "metrics/ood.h"

#include "codes/decode.h"
#include "codes/margin.h"

int ood_score(const struct codebook *book, const int8_t *margins)
{
    struct decode d = decode_code(book, margin_code(margins, book->bits));

    if (d.nearest == DECODE_NONE)
        return OOD_SCORES - 1;
    return 128 * d.distance + MARGIN_MAX - margin_smallest(margins, book->bits);
}

static void add(size_t *side, const struct codebook *book,
                const int8_t *margins, size_t n)
{
    for (size_t i = 0; i < n; i++)
        side[ood_score(book, margins + i * (size_t)book->bits)]++;
}

void ood_add_in(struct ood *ood, const struct codebook *book,
                const int8_t *margins, size_t n)
{
    add(ood->in, book, margins, n);
}

void ood_add_out(struct ood *ood, const struct codebook *book,
                 const int8_t *margins, size_t n)
{
    add(ood->out, book, margins, n);
}

static double ratio(double part, double whole)
{
    return whole > 0 ? part / whole : 0;
}

struct ood_result ood_rates(size_t in, size_t out, size_t false_positive,
                            size_t true_positive, double auroc)
{
    struct ood_result r = {.in = in,
                           .out = out,
                           .true_positive = true_positive,
                           .false_positive = false_positive,
                           .auroc = auroc};
    double right;

    right = (double)r.true_positive + (double)(r.in - r.false_positive);
    r.precision = ratio((double)r.true_positive,
                        (double)(r.true_positive + r.false_positive));
    r.recall = ratio((double)r.true_positive, (double)r.out);
    r.f1 = ratio(2 * r.precision * r.recall, r.precision + r.recall);
    r.accuracy = ratio(right, (double)(r.in + r.out));
    return r;
}

struct ood_result ood_evaluate(const struct ood *ood)
{
    size_t in = 0, out = 0, false_positive = 0, true_positive = 0;
    double wins = 0;

    for (int s = 0; s < OOD_SCORES; s++) {
        wins += (double)ood->out[s] * ((double)in + 0.5 * (double)ood->in[s]);
        in += ood->in[s];
        out += ood->out[s];
        if (s >= 128) {
            false_positive += ood->in[s];
            true_positive += ood->out[s];
        }
    }
    return ood_rates(in, out, false_positive, true_positive,
                     ratio(wins, (double)in * (double)out));
}
