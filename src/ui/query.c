#include <config.h>

#include "ui/query.h"

#include <string.h>

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

static void take_image(struct query *query, const struct world *world)
{
    int64_t row = image_codes_find(&world->images, query->target.id);
    int bits = world->images.bits;

    if (row < 0)
        return;
    query->known = query->has_margins = true;
    query->own = world->images.codes[row];
    memcpy(query->margins, &world->images.margins[row * bits], (size_t)bits);
}

void query_start(struct query *query, const struct world *world,
                 const struct target *target)
{
    int index;

    query->target = *target;
    query->known = query->has_margins = false;
    if (!world->model || !model_has_codes(world->model))
        return;
    if (target->kind == TARGET_IMAGE && world->has_images)
        take_image(query, world);
    if (target->kind == TARGET_CODE &&
        code_fits(target->key | target->freed, world->model->bits)) {
        query->known = true;
        query->own = target->key;
    }
    index = target->kind == TARGET_CLASS
                ? class_index(&world->classes, target->id)
                : -1;
    if (index >= 0 && world->has_codes && index < world->codes.classes) {
        query->known = true;
        query->own = world->codes.codes[index];
    }
}

void query_reset(struct query *query)
{
    query->flipped = 0;
    query->freed = query->target.kind == TARGET_CODE ? query->target.freed : 0;
}

/* B[c].z over the bits of the mask. */
static int32_t score_of(uint64_t code, const int8_t *margins, int bits,
                        uint64_t mask)
{
    int32_t score = 0;

    for (int bit = 0; margins && bit < bits; bit++)
        if (code_bit(mask, bit))
            score += code_bit(code, bit) ? margins[bit] : -margins[bit];
    return score;
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
        at.score = score_of(book->codes[c], margins, book->bits, mask);
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
