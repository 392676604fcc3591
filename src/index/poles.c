#include <config.h>

#include "index/poles.h"

#include <stdlib.h>

/* How well a row fits, larger being better; -1: not at all. */
static int fit(const struct near_set *set, size_t row, int bit,
               enum poles which)
{
    bool on = code_bit(set->codes[row], bit);
    int margin = on ? 0 : -1;

    if (set->margins != NULL)
        margin = set->margins[row * (size_t)set->bits + (size_t)bit];
    switch (which) {
    case POLES_ON:
        return on ? margin : -1;
    case POLES_OFF:
        return on ? -1 : -margin;
    default:
        return 255 - abs(2 * margin + 1);
    }
}

size_t poles_pick(size_t *rows, size_t room, const struct near_set *set,
                  int bit, enum poles which, uint32_t splits)
{
    size_t used = 0;

    for (size_t row = 0; row < set->count; row++) {
        int value = fit(set, row, bit, which);
        size_t at = used;

        if (value < 0 || (splits != 0 && set->splits != NULL &&
                          !(splits >> set->splits[row] & 1)))
            continue;
        while (at > 0) {
            int other = fit(set, rows[at - 1], bit, which);

            if (other > value ||
                (other == value && set->ids[rows[at - 1]] < set->ids[row]))
                break;
            at--;
        }
        if (at == room)
            continue;
        used += used < room;
        for (size_t i = used - 1; i > at; i--)
            rows[i] = rows[i - 1];
        rows[at] = row;
    }
    return used;
}
