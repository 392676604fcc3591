#include <config.h>

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/mem.h"
#include "codes/code.h"
#include "learn/learner-parts.h"

/* The codes in use: open addressing, at most half full. */
struct taken {
    uint64_t *codes;
    bool *used;
    size_t mask;
};

/* Adds the code; false if it was there. */
static bool claim(struct taken *taken, uint64_t code)
{
    size_t at = (size_t)(code * 0x9e3779b97f4a7c15u >> 20) & taken->mask;

    for (; taken->used[at]; at = (at + 1) & taken->mask)
        if (taken->codes[at] == code)
            return false;
    taken->used[at] = true;
    taken->codes[at] = code;
    return true;
}

/* order: the bits of a class, the smallest |w| first. */
static void weakest_first(const float *w, int bits, int *order)
{
    for (int i = 0; i < bits; i++) {
        int at = i;

        for (; at > 0 && fabsf(w[order[at - 1]]) > fabsf(w[i]); at--)
            order[at] = order[at - 1];
        order[at] = i;
    }
}

static void turn_bit(float *w)
{
    *w = *w > 0 ? -*w : *w < 0 ? -*w : -1e-6f;
}

/* Turns the weakest bits, few before many, until the code is free. */
static void move(struct taken *taken, float *w, int bits)
{
    int order[LEARN_BITS_MAX];
    uint64_t code = code_from_margins(w, bits);
    uint64_t most = bits < 24 ? UINT64_C(1) << bits : UINT64_C(1) << 24;

    weakest_first(w, bits, order);
    for (uint64_t choice = 1; choice < most; choice++) {
        uint64_t turned = code;

        for (int i = 0; i < bits && choice >> i; i++)
            if (choice >> i & 1)
                turned ^= UINT64_C(1) << order[i];
        if (!claim(taken, turned))
            continue;
        for (int i = 0; i < bits && choice >> i; i++)
            if (choice >> i & 1)
                turn_bit(&w[order[i]]);
        return;
    }
}

uint32_t learner_separate(float *w, uint32_t classes, int bits)
{
    struct taken taken;
    bool *moved;
    size_t k = (size_t)bits, room = 16;
    uint32_t count = 0;

    if (bits < 32 && classes > UINT64_C(1) << bits)
        return 0;
    while (room < 2 * (size_t)classes)
        room *= 2;
    taken.mask = room - 1;
    taken.codes = mem_zalloc(room, sizeof(*taken.codes));
    taken.used = mem_zalloc(room, sizeof(*taken.used));
    moved = mem_zalloc(classes, sizeof(*moved));
    /* who came first keeps its code, and nobody moves onto another's */
    for (uint32_t c = 0; c < classes; c++)
        moved[c] = !claim(&taken, code_from_margins(w + c * k, bits));
    for (uint32_t c = 0; c < classes; c++)
        if (moved[c]) {
            move(&taken, w + c * k, bits);
            count++;
        }
    free(moved);
    free(taken.used);
    free(taken.codes);
    return count;
}
