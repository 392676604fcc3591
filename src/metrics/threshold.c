#include <config.h>

#include "metrics/threshold.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/rng.h"

size_t threshold_samples(size_t in, size_t out)
{
    size_t least = in < out ? in : out;
    size_t most = THRESHOLD_SAMPLES / 2;

    return least / 2 < most ? least / 2 : most;
}

void threshold_hold(bool *held, size_t n, size_t samples, int side,
                    uint64_t seed)
{
    uint32_t *order = mem_zalloc(n + 1, sizeof(*order));
    struct rng rng;

    rng_init(&rng, seed, (uint64_t)side);
    rng_permute(&rng, order, (uint32_t)n);
    for (size_t i = 0; i < n; i++)
        held[i] = false;
    for (size_t i = 0; i < samples; i++)
        held[order[i]] = true;
    free(order);
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

double threshold_auroc(double *in, size_t n_in, double *out, size_t n_out)
{
    size_t below = 0, upto = 0;
    double wins = 0;

    qsort(in, n_in, sizeof(*in), ascending);
    qsort(out, n_out, sizeof(*out), ascending);
    for (size_t i = 0; i < n_out; i++) {
        while (below < n_in && in[below] < out[i])
            below++;
        while (upto < n_in && in[upto] <= out[i])
            upto++;
        wins += (double)(below + upto) / 2;
    }
    return n_in > 0 && n_out > 0 ? wins / ((double)n_in * (double)n_out) : 0;
}

/* The scores of one side that are held out, or that are not: sorted, owned. */
static double *pick(const double *scores, const bool *held, size_t n,
                    bool which, size_t *count)
{
    double *list = mem_zalloc(n + 1, sizeof(*list));

    *count = 0;
    for (size_t i = 0; i < n; i++)
        if (held[i] == which)
            list[(*count)++] = scores[i];
    qsort(list, *count, sizeof(*list), ascending);
    return list;
}

/* Both sides sorted: the threshold from the lowest up. */
static void tune(struct threshold *t, const double *in, size_t n_in,
                 const double *out, size_t n_out)
{
    size_t i = 0, j = 0, best = n_out; /* below all: all are called OOD */
    double all = (double)(n_in + n_out), last = 0;
    bool first = true;

    while (i < n_in || j < n_out) {
        double next =
            j == n_out || (i < n_in && in[i] < out[j]) ? in[i] : out[j];

        if (first)
            t->at = next - 1;
        else if (i + n_out - j > best) {
            best = i + n_out - j;
            t->at = last + (next - last) / 2;
        }
        first = false;
        last = next;
        while (i < n_in && in[i] == next)
            i++;
        while (j < n_out && out[j] == next)
            j++;
    }
    if (i > best) {
        best = i;
        t->at = last;
    }
    t->samples = n_in + n_out;
    t->accuracy = all > 0 ? (double)best / all : 0;
}

struct threshold threshold_tune(const double *in, const bool *in_held,
                                size_t n_in, const double *out,
                                const bool *out_held, size_t n_out)
{
    struct threshold t = {0};
    size_t in_samples, out_samples, in_rest, out_rest, caught = 0,
                                                       false_alarms = 0;
    double *a = pick(in, in_held, n_in, true, &in_samples);
    double *b = pick(out, out_held, n_out, true, &out_samples);
    double *c = pick(in, in_held, n_in, false, &in_rest);
    double *d = pick(out, out_held, n_out, false, &out_rest);

    tune(&t, a, in_samples, b, out_samples);
    for (size_t i = 0; i < in_rest; i++)
        false_alarms += c[i] > t.at;
    for (size_t i = 0; i < out_rest; i++)
        caught += d[i] > t.at;
    t.rest = ood_rates(in_rest, out_rest, false_alarms, caught,
                       threshold_auroc(c, in_rest, d, out_rest));
    free(a);
    free(b);
    free(c);
    free(d);
    return t;
}
