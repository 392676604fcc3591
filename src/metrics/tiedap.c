#include <config.h>

#include "metrics/tiedap.h"

#include "base/mem.h"

double *tiedap_harmonic(size_t last)
{
    double *h = mem_large(last + 1, sizeof(*h));

    for (size_t i = 1; h != NULL && i <= last; i++)
        h[i] = h[i - 1] + 1.0 / (double)i;
    return h;
}

/*
 * Up to its m-th item a tie adds, with b = (r - 1)/(n - 1) and i = c + j,
 *     sum over j = 1..m of r/n * (C + 1 + (j - 1) b) / (c + j)
 *     = r/n * (b m + (C + 1 - b (c + 1)) * (H(c + m) - H(c))).
 */
void tiedap_add(struct tiedap *ap, size_t n, size_t r)
{
    size_t c = ap->before, left = c < ap->cut ? ap->cut - c : 0;
    size_t m = n < left ? n : left;

    if (r > 0 && m > 0) {
        double part = (double)r / (double)n;
        double b = n > 1 ? (double)(r - 1) / (double)(n - 1) : 0;

        ap->sum += part * (b * (double)m +
                           (ap->hits + 1 - b * ((double)c + 1)) *
                               (ap->harmonic[c + m] - ap->harmonic[c]));
        ap->expected += part * (double)m;
    }
    ap->hits += (double)r;
    ap->before += n;
}

double tiedap_value(const struct tiedap *ap)
{
    return ap->expected > 0 ? ap->sum / ap->expected : 0;
}
