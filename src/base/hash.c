#include <config.h>

#include "base/hash.h"

#include <string.h>

#define P1 0x9e3779b185ebca87ull
#define P2 0xc2b2ae3d27d4eb4full
#define P3 0x165667b19e3779f9ull
#define P4 0x85ebca77c2b2ae63ull
#define P5 0x27d4eb2f165667c5ull

static uint64_t turn(uint64_t x, int bits)
{
    return x << bits | x >> (64 - bits);
}

/* Little-endian, whatever the machine. */
static uint64_t number(const uint8_t *p, int size)
{
    uint64_t value = 0;

    for (int i = size - 1; i >= 0; i--)
        value = value << 8 | p[i];
    return value;
}

static uint64_t round_of(uint64_t sum, uint64_t lane)
{
    return turn(sum + lane * P2, 31) * P1;
}

static uint64_t merge(uint64_t sum, uint64_t lane)
{
    return (sum ^ round_of(0, lane)) * P1 + P4;
}

static uint64_t stripes(const uint8_t **p, size_t *n, uint64_t seed)
{
    uint64_t v[4] = {seed + P1 + P2, seed + P2, seed, seed - P1}, sum;

    for (; *n >= 32; *p += 32, *n -= 32)
        for (int i = 0; i < 4; i++)
            v[i] = round_of(v[i], number(*p + 8 * i, 8));
    sum = turn(v[0], 1) + turn(v[1], 7) + turn(v[2], 12) + turn(v[3], 18);
    for (int i = 0; i < 4; i++)
        sum = merge(sum, v[i]);
    return sum;
}

uint64_t hash_bytes(const void *bytes, size_t n, uint64_t seed)
{
    const uint8_t *p = bytes;
    uint64_t sum = seed + P5;
    size_t all = n;

    if (n >= 32)
        sum = stripes(&p, &n, seed);
    sum += all;
    for (; n >= 8; p += 8, n -= 8)
        sum = turn(sum ^ round_of(0, number(p, 8)), 27) * P1 + P4;
    if (n >= 4) {
        sum = turn(sum ^ number(p, 4) * P1, 23) * P2 + P3;
        p += 4;
        n -= 4;
    }
    for (; n > 0; p++, n--)
        sum = turn(sum ^ *p * P5, 11) * P1;
    sum = (sum ^ sum >> 33) * P2;
    sum = (sum ^ sum >> 29) * P3;
    return sum ^ sum >> 32;
}
