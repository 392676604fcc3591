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

struct ood_result ood_evaluate(const struct ood *ood)
{
    struct ood_result r = {0};
    double wins = 0, right;

    for (int s = 0; s < OOD_SCORES; s++) {
        wins += (double)ood->out[s] * ((double)r.in + 0.5 * (double)ood->in[s]);
        r.in += ood->in[s];
        r.out += ood->out[s];
        if (s >= 128) {
            r.false_positive += ood->in[s];
            r.true_positive += ood->out[s];
        }
    }
    right = (double)r.true_positive + (double)(r.in - r.false_positive);
    r.precision = ratio((double)r.true_positive,
                        (double)(r.true_positive + r.false_positive));
    r.recall = ratio((double)r.true_positive, (double)r.out);
    r.f1 = ratio(2 * r.precision * r.recall, r.precision + r.recall);
    r.accuracy = ratio(right, (double)(r.in + r.out));
    r.auroc = ratio(wins, (double)r.in * (double)r.out);
    return r;
}
