#include <config.h>

#include "index/near.h"

#include <stdlib.h>

#include "base/mem.h"
#include "index/nearindex-parts.h"

enum status near_set_init(struct near_set *out, size_t count, int bits,
                          bool margins, struct err *err)
{
    struct near_set set = {.count = count, .bits = bits};

    if (bits < 1 || bits > CODE_BITS_MAX)
        return err_set(err, ERR_BAD_INPUT, "%d bits; a code has 1 to %d", bits,
                       CODE_BITS_MAX);
    if (!(set.ids = mem_large(count, sizeof(*set.ids))) ||
        !(set.codes = mem_large(count, sizeof(*set.codes))) ||
        !(set.classes = mem_large(count, sizeof(*set.classes))) ||
        !(set.splits = mem_large(count, sizeof(*set.splits))) ||
        (margins && !(set.margins = mem_large(count, (size_t)bits)))) {
        near_set_release(&set);
        return err_set(err, ERR_NOMEM, "no memory for %zu codes of %d bits",
                       count, bits);
    }
    *out = set;
    return OK;
}

void near_set_release(struct near_set *set)
{
    free(set->ids);
    free(set->codes);
    free(set->margins);
    free(set->classes);
    free(set->splits);
    *set = (struct near_set)NEAR_SET_INIT;
}

size_t near_set_find(const struct near_set *set, int64_t id)
{
    for (size_t row = 0; row < set->count; row++) {
        if (set->ids[row] == id)
            return row;
    }
    return SIZE_MAX;
}

void near_query_init(struct near_query *query, uint64_t code, size_t k)
{
    *query = (struct near_query){.code = code, .k = k, .radius = -1};
}

void near_answer_release(struct near_answer *answer)
{
    free(answer->items);
    *answer = (struct near_answer)NEAR_ANSWER_INIT;
}

enum status near_search(struct near_answer *out, const struct near_set *set,
                        const struct near_query *query, struct err *err)
{
    struct nearindex index;
    enum status status;

    if (nearindex_bare(&index, set, err) != OK)
        return err->status;
    status = nearindex_ask(out, &index, query, NEAR_AUTO, err);
    nearindex_release(&index);
    return status;
}

/* Are these items among those that the answers share? */
static bool shared(const struct near_answers *answers,
                   const struct near_item *items)
{
    uintptr_t begin = (uintptr_t)answers->items, at = (uintptr_t)items;

    return at >= begin && at - begin < answers->items_room * sizeof(*items);
}

void near_answers_clear(struct near_answers *answers)
{
    for (size_t i = 0; i < answers->count; i++) {
        if (!shared(answers, answers->each[i].items))
            near_answer_release(&answers->each[i]);
    }
    answers->count = 0;
}

void near_answers_release(struct near_answers *answers)
{
    near_answers_clear(answers);
    free(answers->each);
    free(answers->items);
    *answers = (struct near_answers)NEAR_ANSWERS_INIT;
}
