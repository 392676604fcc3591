#include <config.h>

#include "index/nearkeys.h"

#include <stdbool.h>
#include <string.h>

#define FEW        16 /* so many are sorted by insertion */
#define DIGIT_BITS 8

static void insert_all(uint64_t *keys, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        uint64_t key = keys[i];
        size_t at = i;

        for (; at > 0 && keys[at - 1] > key; at--)
            keys[at] = keys[at - 1];
        keys[at] = key;
    }
}

/* One digit of the keys, and where each of its values begins. */
struct digit {
    int shift;
    unsigned values;
    unsigned last; /* the value that the last key asked for has */
    size_t keys;   /* that have this value or a smaller one */
    uint32_t next[1 << DIGIT_BITS]; /* where the next key of a value goes */
};

static unsigned digit_of(const struct digit *digit, uint64_t key)
{
    return (unsigned)(key >> digit->shift) & (digit->values - 1);
}

/* About one key a value. */
static void count(struct digit *digit, const uint64_t *keys, size_t n,
                  size_t first, int bits)
{
    int width = 64 - __builtin_clzll(n);
    size_t at = 0;

    width = width > DIGIT_BITS ? DIGIT_BITS : width;
    width = width > bits ? bits : width;
    digit->shift = bits - width;
    digit->values = 1U << width;
    memset(digit->next, 0, digit->values * sizeof(*digit->next));
    for (size_t i = 0; i < n; i++)
        digit->next[digit_of(digit, keys[i])]++;
    digit->keys = 0;
    for (unsigned v = 0; v < digit->values; v++) {
        uint32_t size = digit->next[v];

        digit->next[v] = (uint32_t)at;
        at += size;
        if (digit->keys < first) {
            digit->last = v;
            digit->keys = at;
        }
    }
}

/* Keys that agree in all but their lower `bits`. */
static void sort(uint64_t *keys, uint64_t *spare, size_t n, size_t first,
                 int bits)
{
    struct digit digit;
    size_t from = 0, end;

    if (n <= FEW) {
        insert_all(keys, n);
        return;
    }
    if (bits == 0)
        return;
    count(&digit, keys, n, first, bits);
    for (size_t i = 0; i < n; i++)
        spare[digit.next[digit_of(&digit, keys[i])]++] = keys[i];
    end = digit.keys;
    memcpy(keys, spare, end * sizeof(*keys));
    for (unsigned v = 0; v <= digit.last; from = digit.next[v++]) {
        size_t size = digit.next[v] - from;

        if (size <= FEW)
            continue;
        sort(keys + from, spare, size, first - from, digit.shift);
        if (from + size > first)
            end = first;
    }
    insert_all(keys, end);
}

/* The lowest bits that hold all differences. */
static int width_of(uint64_t differences)
{
    return differences == 0 ? 0 : 64 - __builtin_clzll(differences);
}

void nearkeys_sort(uint64_t *keys, uint64_t *spare, size_t n, size_t first)
{
    uint64_t differences = 0;

    for (size_t i = 1; i < n; i++)
        differences |= keys[i] ^ keys[0];
    sort(keys, spare, n, first, width_of(differences));
}

void nearkeys_sort_runs(uint64_t *keys, uint64_t *spare, size_t n, size_t first)
{
    for (size_t at = 0, end; at < n && at < first; at = end) {
        uint64_t differences = 0, difference;

        for (end = at + 1; end < n; end++) {
            difference = keys[end] ^ keys[at];
            if (nearkeys_distance(difference) != 0)
                break;
            differences |= difference;
        }
        sort(keys + at, spare, end - at, first - at, width_of(differences));
    }
}
