#include <config.h>

#include "ui/query.h"

#include <string.h>

#include "codes/margin.h"

void query_release(struct query *query)
{
    near_answer_release(&query->answer);
}

uint64_t query_code(const struct query *query)
{
    return query->own ^ query->flipped;
}

struct pattern query_pattern(const struct query *query, int bits)
{
    uint64_t fixed = code_mask(bits) & ~query->freed;

    return (struct pattern){fixed, query_code(query) & fixed, bits};
}

void query_start(struct query *query, const struct world *world,
                 const struct target *target)
{
    struct pattern pattern;
    int bits = world->images.bits;

    query->target = *target;
    query->known = target_code(target, world, &pattern);
    query->has_margins = query->known && target->kind == TARGET_IMAGE;
    if (query->known)
        query->own = pattern.value;
    if (query->has_margins)
        memcpy(query->margins,
               world->images.margins +
                   image_codes_find(&world->images, target->id) * bits,
               (size_t)bits);
}

void query_reset(struct query *query)
{
    query->flipped = 0;
    query->freed = query->target.kind == TARGET_CODE ? query->target.freed : 0;
}

static bool before(const struct decode_rank *a, const struct decode_rank *b)
{
    if (a->distance != b->distance)
        return a->distance < b->distance;
    return a->score != b->score ? a->score > b->score : a->row < b->row;
}

static void rank_classes(struct query *query, const struct codebook *book,
                         const int8_t *margins, uint64_t mask)
{
    uint64_t code = query_code(query);

    query->class_count = 0;
    for (uint32_t c = 0; c < book->classes; c++) {
        struct decode_rank at = {
            c, code_distance(code & mask, book->codes[c] & mask), 0};
        int i = query->class_count;

        if (i == QUERY_CLASSES && at.distance > query->classes[i - 1].distance)
            continue;
        if (margins)
            at.score = margin_sum(margins, book->bits, book->codes[c], mask);
        if (i == QUERY_CLASSES && !before(&at, &query->classes[--i]))
            continue;
        for (; i > 0 && before(&at, &query->classes[i - 1]); i--)
            query->classes[i] = query->classes[i - 1];
        query->classes[i] = at;
        if (query->class_count < QUERY_CLASSES)
            query->class_count++;
    }
}

enum status query_run(struct query *query, const struct world *world,
                      struct err *err)
{
    int8_t margins[CODE_BITS_MAX];
    const int8_t *given = query->has_margins ? margins : NULL;
    struct near_query ask;

    near_answer_release(&query->answer);
    query->class_count = 0;
    if (!query->known)
        return OK;
    for (int bit = 0; bit < CODE_BITS_MAX; bit++)
        margins[bit] = code_bit(query->flipped, bit)
                           ? (int8_t)(-1 - query->margins[bit])
                           : query->margins[bit];
    if (world->has_codes && world->codes.bits == world->model->bits)
        rank_classes(query, &world->book, given,
                     code_mask(world->model->bits) & ~query->freed);
    if (!world->has_images || world->images.bits != world->model->bits)
        return OK;
    near_query_init(&ask, query_code(query), QUERY_ANSWERS);
    ask.margins = given;
    ask.ignore = query->freed;
    ask.brief = query->brief;
    ask.skip = query->target.kind == TARGET_IMAGE;
    ask.skip_id = query->target.id;
    return nearindex_search(&query->answer, world->index, &ask, err);
}
