#include <config.h>

#include "taxonomy/shuffled.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/rng.h"
#include "taxonomy/cophenetic.h"
#include "taxonomy/purity.h"

#define MANY_LEAVES 4096u
#define TREES       20
#define TREES_MANY  3

struct shuffled shuffled_reference(const struct dendro *d,
                                   const char *const *paths)
{
    struct shuffled mean = {.trees =
                                d->leaves > MANY_LEAVES ? TREES_MANY : TREES};
    const char **mixed = mem_zalloc(d->leaves, sizeof(*mixed));
    uint32_t *order = mem_zalloc(d->leaves, sizeof(*order));

    for (int t = 0; t < mean.trees; t++) {
        struct rng rng;

        rng_init(&rng, SHUFFLED_SEED, (uint64_t)t);
        rng_permute(&rng, order, d->leaves);
        for (uint32_t i = 0; i < d->leaves; i++)
            mixed[i] = paths[order[i]];
        mean.purity += purity_dendrogram(d, mixed).value / mean.trees;
        mean.cophenetic += cophenetic_reference(d, mixed).value / mean.trees;
    }
    free(mixed);
    free(order);
    return mean;
}
