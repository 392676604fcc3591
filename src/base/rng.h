#ifndef BITGROVE_BASE_RNG_H
#define BITGROVE_BASE_RNG_H

/*
 * Random numbers: xoshiro256** (Blackman and Vigna, "Scrambled linear
 * pseudorandom number generators", 2021), seeded through SplitMix64. The
 * stream is a pure function of (seed, stream): the same on every machine and
 * for any number of threads, so that work taken up again after a crash draws
 * the same numbers. A struct belongs to one thread at a time.
 */

#include <stdint.h>

struct rng {
    uint64_t state[4];
};

/* Independent streams of one seed, e.g. one for every epoch or image. */
void rng_init(struct rng *rng, uint64_t seed, uint64_t stream);

uint64_t rng_next(struct rng *rng);

/* Uniform in [0, bound), without bias (Lemire 2019). bound > 0. */
uint64_t rng_below(struct rng *rng, uint64_t bound);

/* Uniform in [0, 1), 53 bits. */
double rng_uniform(struct rng *rng);

/* Standard normal (Box and Muller 1958), two uniforms a call. */
double rng_normal(struct rng *rng);

/* Fisher-Yates: order[0..n) becomes a random permutation of 0..n-1. */
void rng_permute(struct rng *rng, uint32_t *order, uint32_t n);

#endif
