#include <config.h>

#include "index/nearindex.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "index/nearindex-parts.h"

#define DIRECT_BITS  24   /* widest code that is an address */
#define DIRECT_ROWS  1024 /* fewer are sooner scanned */
#define EVEN         1.5  /* clumping below it is chance */
#define CHUNKED_ROWS 32768

_Static_assert(DIRECT_BITS <= NEARKEYS_CODE_BITS, "keys hold such a code");

struct by_id {
    int64_t id;
    uint32_t row;
};

static int compare_ids(const void *a, const void *b)
{
    const struct by_id *x = a, *y = b;

    return (x->id > y->id) - (x->id < y->id);
}

static bool ascend(const struct near_set *set)
{
    for (size_t i = 1; i < set->count; i++) {
        if (set->ids[i - 1] > set->ids[i])
            return false;
    }
    return true;
}

static bool sort_rows(struct nearindex *index)
{
    const struct near_set *set = index->set;
    struct by_id *list = mem_large(set->count, sizeof(*list));

    index->by_id = mem_large(set->count, sizeof(*index->by_id));
    index->own_codes = mem_large(set->count, sizeof(*index->own_codes));
    if (!list || !index->by_id || !index->own_codes) {
        free(list);
        return false;
    }
    for (size_t i = 0; i < set->count; i++)
        list[i] = (struct by_id){set->ids[i], (uint32_t)i};
    qsort(list, set->count, sizeof(*list), compare_ids);
    for (size_t i = 0; i < set->count; i++) {
        index->by_id[i] = list[i].row;
        index->own_codes[i] = set->codes[list[i].row];
    }
    free(list);
    index->codes = index->own_codes;
    return true;
}

enum status nearindex_bare(struct nearindex *out, const struct near_set *set,
                           struct err *err)
{
    struct nearindex index = {.set = set, .codes = set->codes};

    if (set->count >= NEAR_NOBODY)
        return err_set(err, ERR_BAD_INPUT,
                       "%zu codes; an index holds fewer than 2^32", set->count);
    if (!ascend(set) && !sort_rows(&index)) {
        nearindex_release(&index);
        return err_set(err, ERR_NOMEM, "no memory to search %zu codes",
                       set->count);
    }
    index.in_turn =
        index.by_id == NULL && set->count > 0 &&
        (uint64_t)set->ids[set->count - 1] - (uint64_t)set->ids[0] ==
            set->count - 1;
    *out = index;
    return OK;
}

void nearindex_release(struct nearindex *index)
{
    free(index->by_id);
    free(index->own_codes);
    for (int i = 0; i < index->chunks; i++)
        neartable_release(&index->tables[i]);
}

/* How many chunks, or 0 when tables do not pay. */
static int plan(size_t n, int bits)
{
    int size = (int)log2((double)(n ? n : 1)), chunks;

    if (bits <= DIRECT_BITS && bits <= size + 4)
        return n < DIRECT_ROWS ? 0 : 1;
    if (n < CHUNKED_ROWS)
        return 0;
    chunks = (bits + size - 5) / (size - 4);
    return chunks > NEAR_CHUNKS ? NEAR_CHUNKS : chunks < 2 ? 2 : chunks;
}

static enum status build(struct nearindex *index, struct err *err)
{
    int bits = index->set->bits, chunks = plan(index->set->count, bits);

    if (nearindex_bare(index, index->set, err) != OK)
        return err->status;
    for (int i = 0; i < chunks; i++) {
        int from = bits * i / chunks, to = bits * (i + 1) / chunks;

        index->chunks++;
        if (!neartable_build(&index->tables[i], index->codes, index->set->count,
                             from, to - from, chunks == 1))
            return err_set(err, ERR_NOMEM, "no memory to index %zu codes",
                           index->set->count);
    }
    if (chunks > 0) {
        neartable_measure(&index->costs, index->codes, index->set->count,
                          &index->tables[0]);
        index->even =
            neartable_clumping(&index->tables[0], index->set->count) < EVEN;
    }
    return OK;
}

enum status nearindex_build(struct nearindex **out, const struct near_set *set,
                            struct err *err)
{
    struct nearindex *index = mem_zalloc(1, sizeof(*index));

    index->set = set;
    if (build(index, err) != OK) {
        nearindex_free(index);
        return err->status;
    }
    *out = index;
    return OK;
}

void nearindex_free(struct nearindex *index)
{
    if (index == NULL)
        return;
    nearindex_release(index);
    free(index);
}

const struct near_set *nearindex_set(const struct nearindex *index)
{
    return index->set;
}

size_t nearindex_bytes(const struct nearindex *index)
{
    size_t n = index->set->count, bytes = sizeof(*index);

    if (index->by_id != NULL)
        bytes += n * (sizeof(*index->by_id) + sizeof(*index->own_codes));
    for (int i = 0; i < index->chunks; i++) {
        const struct near_table *t = &index->tables[i];

        bytes += (((size_t)1 << t->width) + 2) * sizeof(*t->starts) +
                 n * sizeof(*t->ranks);
        if (t->codes != NULL)
            bytes += n * sizeof(*t->codes);
    }
    return bytes;
}

size_t nearindex_below(const struct nearindex *index, int64_t id, bool through)
{
    const int64_t *ids = index->set->ids;
    size_t low = 0, high = index->set->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int64_t there = ids[nearindex_row(index, (uint32_t)middle)];

        if (there < id || (through && there == id))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

size_t nearindex_find(const struct nearindex *index, int64_t id)
{
    size_t rank = nearindex_below(index, id, false), row;

    if (rank == index->set->count)
        return SIZE_MAX;
    row = nearindex_row(index, (uint32_t)rank);
    return index->set->ids[row] == id ? row : SIZE_MAX;
}

bool nearindex_try(struct near_ask *ask, enum near_way way)
{
    double scan, cube, least;

    if (ask->list != NULL) {
        nearscan_list(ask);
        return true;
    }
    if (ask->index->chunks == 0 || way == NEAR_SCAN)
        return false;
    if (way == NEAR_BALL && !ask->complete)
        return nearball_all(ask, INFINITY);
    scan = nearscan_cost(ask);
    cube = way == NEAR_CUBE ? 0 : nearcube_cost(ask);
    least = scan < cube ? scan : cube;
    if (way == NEAR_AUTO && !ask->complete) {
        if (nearball_all(ask, least))
            return true;
        nearask_restart(ask);
    }
    if (least < cube)
        return false;
    nearcube_all(ask);
    return true;
}

enum status nearindex_ask(struct near_answer *out,
                          const struct nearindex *index,
                          const struct near_query *query, enum near_way way,
                          struct err *err)
{
    struct near_ask ask;
    enum status status = nearask_init(&ask, index, query, way, err);

    if (status != OK)
        return status;
    if (!nearindex_try(&ask, way))
        nearscan_all(&ask);
    status = nearask_finish(out, &ask, err);
    nearask_release(&ask);
    return status;
}

enum status nearindex_search(struct near_answer *out,
                             const struct nearindex *index,
                             const struct near_query *query, struct err *err)
{
    return nearindex_ask(out, index, query, NEAR_AUTO, err);
}
