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
    if (!world->model)
        return;
    if (target->kind == TARGET_IMAGE && world->has_images)
        take_image(query, world);
    if (target->kind == TARGET_CODE) {
        query->known = true;
        query->own = target->key;
        query->freed |= target->freed;
        query->target.freed = 0; /* from now on the switchboard says */
    }
    index = target->kind == TARGET_CLASS
                ? class_index(&world->classes, target->id)
                : -1;
    if (index >= 0 && world->has_codes && index < world->codes.classes) {
        query->known = true;
        query->own = world->codes.codes[index];
    }
}

enum status query_run(struct query *query, const struct world *world,
                      struct err *err)
{
    int8_t margins[CODE_BITS_MAX];
    const int8_t *given = query->has_margins ? margins : NULL;
    uint64_t mask;
    struct near_query ask;

    near_answer_release(&query->answer);
    if (!query->known)
        return OK;
    for (int bit = 0; bit < CODE_BITS_MAX; bit++)
        margins[bit] = code_bit(query->flipped, bit)
                           ? (int8_t)(-1 - query->margins[bit])
                           : query->margins[bit];
    mask = code_mask(world->model->bits) & ~query->freed;
    if (world->has_codes && world->codes.bits == world->model->bits)
        query->decoded =
            decode_masked(&world->book, query_code(query), given, mask);
    if (!world->has_images)
        return OK;
    near_query_init(&ask, query_code(query), QUERY_ANSWERS);
    ask.margins = given;
    ask.ignore = query->freed;
    ask.skip = query->target.kind == TARGET_IMAGE;
    ask.skip_id = query->target.id;
    return nearindex_search(&query->answer, world->index, &ask, err);
}
