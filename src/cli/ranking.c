#include <config.h>

#include "cli/ranking.h"

#include <string.h>

void ranking_init(struct ranking *r, int most)
{
    memset(r, 0, sizeof(*r));
    r->most = most < RANKING_MOST ? most : RANKING_MOST;
}

void ranking_offer(struct ranking *r, int64_t id, int64_t score)
{
    int at = r->count;

    while (at > 0 && (r->score[at - 1] < score ||
                      (r->score[at - 1] == score && r->id[at - 1] > id)))
        at--;
    if (at >= r->most)
        return;
    if (r->count < r->most)
        r->count++;
    for (int i = r->count - 1; i > at; i--) {
        r->id[i] = r->id[i - 1];
        r->score[i] = r->score[i - 1];
    }
    r->id[at] = id;
    r->score[at] = score;
}
