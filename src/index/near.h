#ifndef BITGROVE_INDEX_NEAR_H
#define BITGROVE_INDEX_NEAR_H

/*
 * Exact neighbours under Hamming distance, from a snapshot in memory: what is
 * asked, what is answered, and the plain scan. A snapshot that is asked more
 * than once is better indexed (index/nearindex.h): the same answers, sooner.
 *
 * Order of the answers: by distance, then by margin distance, then by id.
 * Nothing else enters, so the same snapshot and query give the same list.
 *
 * Margin distance is the sum over bits of |a_i - b_i| for the quantised
 * margins a of the query and b of the item (codes/margin.h): an integer,
 * 0..64 * 254. A bare code, without margins, stands for the corner of the
 * cube it names, a_i = +-127; its margin distance is then 127 k - B.b, so
 * that items rank by B.b from large to small: the tie rule of decoding
 * (codes/decode.h) seen from the other side, the most typical items first.
 * It is 0 throughout when the snapshot has no margins. Bits that the query
 * ignores count in neither distance.
 *
 * Ties at the cut are never hidden: the answer says how many items there are
 * in all at the distance of its last one (struct near_ties).
 *
 * Paging: a query may go on after a place in that order, so that pages of k
 * follow each other without gap or repetition, whatever was cut between.
 *
 * A snapshot does not change once built: any number of threads may query it
 * at once, and it must outlive their answers only where an answer's rows are
 * looked up in it.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "codes/code.h"
#include "codes/pattern.h"

#define NEAR_NO_CLASS (-1)
#define NEAR_SPLITS   32

/*
 * The snapshot: n rows in columns. Whoever fills it owns the arrays; they may
 * be borrowed from elsewhere, in which case near_set_release() isn't called.
 * Rows are best in ascending id, but need not be.
 */
struct near_set {
    size_t count;     /* n */
    int bits;         /* k, 1..64 */
    int64_t *ids;     /* (n) unique */
    uint64_t *codes;  /* (n) */
    int8_t *margins;  /* (n, k) row-major, or NULL */
    int32_t *classes; /* (n) the caller's numbers, NEAR_NO_CLASS for none; or
                         NULL when unknown */
    uint8_t *splits;  /* (n) the caller's numbers < NEAR_SPLITS; or NULL */
};

#define NEAR_SET_INIT                      \
    {                                      \
        0, 0, NULL, NULL, NULL, NULL, NULL \
    }

/*
 * Arrays for n rows, zeroed, all columns, margins only if asked for. *out
 * must own nothing. ERR_BAD_INPUT when bits is not 1..64, ERR_NOMEM.
 */
MUST_USE enum status near_set_init(struct near_set *out, size_t count, int bits,
                                   bool margins, struct err *err);

/* Frees the arrays and makes it empty. */
void near_set_release(struct near_set *set);

/* The row with this id, or SIZE_MAX. O(n); see nearindex_find(). */
size_t near_set_find(const struct near_set *set, int64_t id);

/* A place in the order of the answers; it need not be that of an item. */
struct near_place {
    int distance;
    int32_t margin;
    int64_t id;
};

/* What is asked. Start from near_query_init(), then change what you need. */
struct near_query {
    uint64_t code;
    const int8_t *margins; /* (k) borrowed, or NULL: a bare code */
    size_t k;              /* answers wanted; 0 = as many as there are */
    int radius;            /* largest distance; -1 = any */
    bool all_ties;         /* beyond k, give every item as near as the last */
    uint64_t ignore;       /* bits that do not count in distances */
    bool brief;            /* the histogram may end at the last answer, which
                              spares a pass over all rows */
    bool resume;           /* only answers after `after` */
    struct near_place after;

    /*
     * Filters; a row must pass them all to be counted anywhere. One on a
     * column that the snapshot lacks lets everything pass.
     */
    const struct pattern *pattern; /* borrowed; NULL = any code */
    uint32_t splits;               /* bit s set = split s; 0 = all */
    bool in_class;                 /* only rows of class_id */
    int32_t class_id;
    bool skip; /* leave out the row with id skip_id (the query itself) */
    int64_t skip_id;
    const uint64_t *rows; /* bit r % 64 of rows[r / 64] set = row r may answer;
                             ((n + 63) / 64) borrowed; NULL = all */
    const int64_t *ids;   /* (id_count) ascending, borrowed: only these may
                             answer; NULL = all */
    size_t id_count;
    bool (*keep)(const struct near_set *set, size_t row, void *context);
    void *context; /* for keep; keep may be NULL. Every thread that answers
                      the query may call it, any number of times a row */
};

/* A bare code, k as given, no radius, no filter. */
void near_query_init(struct near_query *query, uint64_t code, size_t k);

struct near_item {
    int64_t id;
    uint64_t code;
    uint32_t row;     /* in the snapshot */
    int32_t class_id; /* NEAR_NO_CLASS when unknown */
    int32_t margin;   /* margin distance */
    int8_t distance;
    int8_t split; /* -1 when unknown */
};

/*
 * "k = 10, 14 at distance <= 3": distance 3, given 10, in_all 14. in_all
 * counts from the nearest on, also when the query resumes after a place.
 */
struct near_ties {
    int distance;  /* of the last item given; -1 when there is none */
    size_t given;  /* items given */
    size_t in_all; /* rows at distance <= that, filters applied */
};

struct near_answer {
    struct near_item *items; /* (count) owned, in order */
    size_t count;
    struct near_ties ties;
    size_t considered;                   /* rows that pass the filters */
    size_t histogram[CODE_BITS_MAX + 1]; /* of their distances, radius, k and
                                            place left aside; sum = considered.
                                            Brief: up to ties.distance only */
};

#define NEAR_ANSWER_INIT        \
    {                           \
        NULL, 0, {-1, 0, 0}, 0, \
        {                       \
            0                   \
        }                       \
    }

/* Answers to many queries, in their order. */
struct near_answers {
    struct near_answer *each; /* (count of room) owned, released at once */
    size_t count, room;
    struct near_item *items; /* (items_room) owned, where those of most lie */
    size_t items_room;
};

#define NEAR_ANSWERS_INIT   \
    {                       \
        NULL, 0, 0, NULL, 0 \
    }

/*
 * Answers the query by one pass over the codes. *out must own nothing (NEAR_ANSWER_INIT or released). An
 * empty list is OK, not an error. ERR_BAD_INPUT when code, pattern or ignore
 * do not fit the snapshot's bits, or there are 2^32 rows or more; ERR_NOMEM. Rows
 * that do not ascend by id are sorted first: O(n log n) instead of O(n).
 */
MUST_USE enum status near_search(struct near_answer *out,
                                 const struct near_set *set,
                                 const struct near_query *query,
                                 struct err *err);

/* Frees the items and makes it empty; safe on NEAR_ANSWER_INIT. */
void near_answer_release(struct near_answer *answer);

/* The same of NEAR_ANSWERS_INIT and what nearindex_batch() gave. */
void near_answers_release(struct near_answers *answers);

/* Makes it empty, but keeps its memory for other answers. */
void near_answers_clear(struct near_answers *answers);

#endif
