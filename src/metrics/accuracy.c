#include <config.h>

#include "metrics/accuracy.h"

#include "codes/decode.h"

void accuracy_add(struct accuracy *acc, const struct codebook *book,
                  const int8_t *margins, const int32_t *labels, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct decode d;

        if (labels[i] < 0 || (uint32_t)labels[i] >= book->classes)
            continue;
        d = decode_quantised(book, margins + i * (size_t)book->bits);
        acc->images++;
        acc->mhd += d.nearest == (uint32_t)labels[i];
        acc->ed += decode_exact(&d) == (uint32_t)labels[i];
        acc->undecided += d.distance != 0;
        acc->ties += d.tied > 1;
    }
}
