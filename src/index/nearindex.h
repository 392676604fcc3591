#ifndef BITGROVE_INDEX_NEARINDEX_H
#define BITGROVE_INDEX_NEARINDEX_H

/*
 * An index of a snapshot (index/near.h): exact neighbours without looking at
 * every code. Codes of k bits are cut into m chunks of adjacent bits, and for
 * each chunk there is a table of buckets, addressed by the chunk itself:
 *
 *     starts   2^b + 1 of 4 bytes    where each bucket begins
 *     ranks    n of 4 bytes          rows, by bucket, ascending by id within
 *     codes    n of 8 bytes          their codes beside them, when m > 1
 *
 * m = 1 where 2^k <= 16 n and k <= 24: every code is an address, a bucket
 * holds the items of one code and nothing else, and is taken whole. Otherwise
 * m is 2 to 4 with chunks of about log2 n - 4 bits (multi-index hashing:
 * Norouzi, Punjani and Fleet, "Fast Search in Hamming Space with Multi-Index
 * Hashing", CVPR 2012). There is no table at all below 1024 rows for m = 1,
 * 32768 for m > 1. So the index takes 4 to 68 bytes a row at m = 1, of which 4
 * as soon as rows outnumber codes, and 12 m and little more otherwise; 12
 * bytes more where rows do not ascend by id.
 *
 * Ways to an answer, all of them exact; the cheapest is taken:
 *
 *     ball   buckets of chunks within a growing distance of the query's, until
 *            nothing unseen can be near enough (loc. cit., section 3)
 *     cube   all buckets of one chunk that agree with the pattern: all that
 *            matches is seen, hence counted
 *     list   the rows of a small set of ids, one by one
 *     scan   all codes, by the widest vector instructions there are
 *
 * The cost model: nanoseconds for a code scanned, a bucket looked up and a code
 * within a bucket, measured in less than a millisecond when the index is built.
 * The ball goes on while what it has spent and what it is expected to need,
 * extrapolated from the counts so far, stay below 70 % of the other way; 15 %
 * while none of the clusters that there are was met; 2 % are spent without
 * asking.
 *
 * An index does not change once built, borrows the snapshot, which must outlive
 * it, and answers any number of threads at once. To follow changes build
 * another and swap the pointer.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "index/near.h"

struct nearindex;

/*
 * *out is owned by the caller: nearindex_free(). ERR_BAD_INPUT when there are
 * 2^32 rows or more, ERR_NOMEM. One pass over the codes and two for each table.
 */
MUST_USE enum status nearindex_build(struct nearindex **out,
                                     const struct near_set *set,
                                     struct err *err);

/* NULL is fine. The snapshot is left alone. */
void nearindex_free(struct nearindex *index);

/* The snapshot it was built from. Borrowed. */
const struct near_set *nearindex_set(const struct nearindex *index);

/* Bytes it holds beside the snapshot. */
size_t nearindex_bytes(const struct nearindex *index);

/* The row with this id, or SIZE_MAX. O(log n). */
size_t nearindex_find(const struct nearindex *index, int64_t id);

/*
 * Answers as near_search() does, item by item; *out and errors likewise. The
 * histogram of all distances costs a pass over all codes unless a pattern
 * narrows them down: ask briefly when nobody will look at it.
 */
MUST_USE enum status nearindex_search(struct near_answer *out,
                                      const struct nearindex *index,
                                      const struct near_query *query,
                                      struct err *err);

/*
 * Answers `count` queries, out->each[i] as nearindex_search() would. *out is
 * NEAR_ANSWERS_INIT or has other answers, which go; their memory is used again,
 * as new pages cost as much as the answers. threads: how many may work, 0 = one
 * for each processor. On failure the error is that of the first query that
 * failed, and *out is empty.
 */
MUST_USE enum status nearindex_batch(struct near_answers *out,
                                     const struct nearindex *index,
                                     const struct near_query *queries,
                                     size_t count, int threads,
                                     struct err *err);

#endif
