#ifndef BITGROVE_INDEX_POLES_H
#define BITGROVE_INDEX_POLES_H

/*
 * The images that show what a bit means: the surest on either side of it, and
 * those nearest the boundary. Where the snapshot has no margins all images of
 * a side are equally sure. Any thread.
 */

#include <stddef.h>
#include <stdint.h>

#include "index/near.h"

enum poles {
    POLES_ON,  /* bit set, largest margin first */
    POLES_OFF, /* bit clear, most negative margin first */
    POLES_EDGE /* either side, smallest margin first: 0 and -1 lie equally
                  near, then 1 and -2, and so on (codes/margin.h) */
};

/*
 * Writes the rows of at most `room` images, equal margins by id, and returns
 * how many. splits: bit s set = split s, 0 = all, as in struct near_query.
 * O(n + m room) for the m rows that entered the list on the way.
 */
size_t poles_pick(size_t *rows, size_t room, const struct near_set *set,
                  int bit, enum poles which, uint32_t splits);

#endif
