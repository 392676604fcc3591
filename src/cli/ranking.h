#ifndef BITGROVE_CLI_RANKING_H
#define BITGROVE_CLI_RANKING_H

/*
 * The first few of many, by a score: what the pages of bits and classes list.
 * Kept in order while items are offered, equal scores by the lower id. Main
 * thread.
 */

#include <stdint.h>

#define RANKING_MOST 32

struct ranking {
    int most; /* how many are kept, up to RANKING_MOST */
    int count;
    int64_t id[RANKING_MOST];
    int64_t score[RANKING_MOST]; /* largest first */
};

void ranking_init(struct ranking *r, int most);
void ranking_offer(struct ranking *r, int64_t id, int64_t score);

#endif
