#ifndef BITGROVE_INDEX_NEARINDEX_PARTS_H
#define BITGROVE_INDEX_NEARINDEX_PARTS_H

/*
 * What the files of the index share; nobody else includes it but their tests
 * and benches. A rank is a row's position by id: the row itself where rows
 * ascend by id.
 */

#include "index/nearindex.h"
#include "index/nearkeys.h"

#define NEAR_CHUNKS   4
#define NEAR_BLOCK    4096 /* codes a step of the scan */
#define NEAR_TOGETHER 16   /* queries of a batch that are worked on at once */
#define NEAR_NOBODY   UINT32_MAX /* no rank */
#define NEAR_ALL      SIZE_MAX   /* as many answers as there are */

enum near_way { NEAR_AUTO, NEAR_SCAN, NEAR_LIST, NEAR_CUBE, NEAR_BALL };

struct near_table {
    int shift, width; /* the chunk: bits shift..shift+width-1 */
    uint32_t *starts; /* (2^width + 2), the last unused */
    uint32_t *ranks;  /* (n) */
    uint64_t *codes;  /* (n), or NULL: the address is the code */
};

/* Nanoseconds. */
struct near_costs {
    double scan;  /* a code in a scan */
    double probe; /* a bucket looked up somewhere in a table */
    double code;  /* a code looked at within a bucket */
    double walk;  /* a bucket looked up beside the one before */
};

struct nearindex {
    const struct near_set *set;
    uint32_t *by_id;       /* (n) row of each rank; NULL: the rank itself */
    uint64_t *own_codes;   /* (n) by rank, where by_id is */
    const uint64_t *codes; /* (n) by rank */
    bool in_turn;          /* ids grow by one with each row */
    int chunks;            /* tables in use; 0: the scan alone */
    struct near_table tables[NEAR_CHUNKS];
    struct near_costs costs;
    bool even; /* codes are spread evenly, as far as the first table tells */
};

/*
 * A counting sort of the codes' chunks; direct: the chunk is all of the code,
 * and no codes are kept. False when memory is out.
 */
bool neartable_build(struct near_table *t, const uint64_t *codes, size_t n,
                     int shift, int width, bool direct);
void neartable_release(struct near_table *t);
double neartable_clumping(const struct near_table *t, size_t n);

/* How long things take here. n > 0. Less than a millisecond. */
void neartable_measure(struct near_costs *costs, const uint64_t *codes,
                       size_t n, const struct near_table *t);

/* An index without tables. */
MUST_USE enum status nearindex_bare(struct nearindex *out,
                                    const struct near_set *set,
                                    struct err *err);
void nearindex_release(struct nearindex *index);

/* How many ranks have an id below (or, `through`, up to) this one. */
size_t nearindex_below(const struct nearindex *index, int64_t id, bool through);

static inline size_t nearindex_row(const struct nearindex *index, uint32_t rank)
{
    return index->by_id != NULL ? index->by_id[rank] : rank;
}

static inline int64_t nearindex_id(const struct nearindex *index, size_t row)
{
    const int64_t *ids = index->set->ids;

    return index->in_turn ? ids[0] + (int64_t)row : ids[row];
}

static inline uint64_t near_chunk(const struct near_table *t)
{
    return code_mask(t->width) << t->shift;
}

/* A query being answered; one thread's. */
struct near_ask {
    const struct nearindex *index;
    const struct near_query *query;
    uint64_t counted;              /* bits that count in distances */
    uint64_t fixed, value;         /* the pattern */
    int16_t corner[CODE_BITS_MAX]; /* the query's margins */
    int16_t weight[CODE_BITS_MAX]; /* -1 (all ones) where a bit counts */

    /* filters */
    bool filtered;      /* rows have to be looked at one by one */
    uint32_t skip;      /* rank, or NEAR_NOBODY */
    uint64_t skip_code; /* its code, or UINT64_MAX */
    uint64_t *members;  /* owned bit set over ranks, or NULL */
    uint32_t *list; /* (listed) owned ranks that alone may answer, or NULL */
    size_t listed;

    /* what was found */
    bool apart; /* the scan counts in `histogram`, not row by row */
    size_t histogram[CODE_BITS_MAX + 1];
    bool complete; /* count every row, not only those within the limit */
    bool failed;   /* memory was out */
    bool plain;    /* keys tell distance and rank alone, none before floor */
    bool coded;    /* and the code with them */
    size_t want;   /* answers, or NEAR_ALL */
    bool all_ties;
    int limit;                       /* no row beyond it can be an answer */
    size_t within;                   /* fresh rows up to the limit */
    size_t found[CODE_BITS_MAX + 1]; /* rows seen, by distance; all of them up
                                        to the limit, or if complete */
    size_t fresh[CODE_BITS_MAX + 1]; /* of these, after the query's place */
    uint64_t floor;   /* keys below it come before the query's place */
    uint64_t ceiling; /* keys above it are no answers */
    uint64_t *keys;   /* (used of room) owned candidates, then room to sort */
    size_t used, room;
    int last;               /* the distance of the key that came last */
    bool ordered;           /* distances of keys ascend */
    struct near_item *lent; /* (want or more) borrowed, for the answer; NULL:
                               finish() allocates */
};

/* `way` alone decides whether a list or a bit set is made of filters by id. */
MUST_USE enum status nearask_init(struct near_ask *ask,
                                  const struct nearindex *index,
                                  const struct near_query *query,
                                  enum near_way way, struct err *err);
void nearask_release(struct near_ask *ask);

/* Forgets what was found. */
void nearask_restart(struct near_ask *ask);

/* A row that matches the pattern, at this distance. */
void nearask_row(struct near_ask *ask, uint32_t rank, uint64_t code,
                 int distance);

/* A bucket that holds the items of one code and nothing else. */
struct near_group {
    uint64_t code;
    uint32_t from, count; /* its ranks, ascending */
};

/* Buckets of codes that match the pattern, all of them at this distance. */
void nearask_groups(struct near_ask *ask, const struct near_group *groups,
                    size_t n, const uint32_t *ranks, int distance);

/* Does the row pass the filters, the pattern left aside? */
bool nearask_passes(const struct near_ask *ask, uint32_t rank);

/* Turns what was found into the answer; its items are lent or its own. */
MUST_USE enum status nearask_finish(struct near_answer *out,
                                    struct near_ask *ask, struct err *err);

/*
 * The scan: begun, then given all ranks in blocks from..from+n-1 of at most
 * NEAR_BLOCK, then ended; so that several queries can share a block while it is
 * in the cache.
 */
void nearscan_begin(struct near_ask *ask);
void nearscan_block(struct near_ask *ask, size_t from, size_t n);
void nearscan_end(struct near_ask *ask);
void nearscan_all(struct near_ask *ask);
void nearscan_list(struct near_ask *ask);
double nearscan_cost(const struct near_ask *ask);

/* Everything that matches, through the chunk with the fewest free bits. */
void nearcube_all(struct near_ask *ask);
double nearcube_cost(const struct near_ask *ask);

/*
 * Buckets at growing distances. False when it was given up because it took
 * more than a way that costs `other` (INFINITY: never): the ask is to be
 * restarted.
 */
bool nearball_all(struct near_ask *ask, double other);

/*
 * Fetches what the balls of n <= NEAR_TOGETHER queries begin with, all at once:
 * the first shells hold too few buckets for their misses to overlap.
 */
void nearball_foresee(const struct near_ask *asks, size_t n);

/* Answers but for the scan: true when done, false when it has to be scanned. */
bool nearindex_try(struct near_ask *ask, enum near_way way);

/* nearindex_search() by a way of the caller's choice, as far as it exists. */
MUST_USE enum status nearindex_ask(struct near_answer *out,
                                   const struct nearindex *index,
                                   const struct near_query *query,
                                   enum near_way way, struct err *err);

#endif
