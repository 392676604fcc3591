#ifndef BITGROVE_UI_QUERY_H
#define BITGROVE_UI_QUERY_H

/*
 * A neighbour query on the switchboard: the code of an image, of a class, or
 * one that was typed, of which bits can be flipped or freed, and its answers:
 * images and classes. With an image's own margins ties are ranked by margin
 * distance; a flipped bit turns its margin over. A value but for `answer`.
 */

#include <stdbool.h>
#include <stdint.h>

#include "codes/decode.h"
#include "index/near.h"
#include "ui/target.h"
#include "ui/world.h"

#define QUERY_ANSWERS 200
#define QUERY_CLASSES 64

struct query {
    struct target target; /* an image, a class or a code */
    uint64_t own;         /* its code */
    uint64_t flipped, freed;
    bool known; /* its code is known */
    bool has_margins;
    int8_t margins[CODE_BITS_MAX];
    bool brief; /* no histogram is looked at: see struct near_query */
    struct near_answer answer;
    /* The nearest classes over the bits that are not free, in MHD's order. */
    struct decode_rank classes[QUERY_CLASSES];
    int class_count;
};

void query_release(struct query *query);

/* The code as the switches stand; freed bits as they were. */
uint64_t query_code(const struct query *query);

/* The same as a pattern: freed bits are free. */
struct pattern query_pattern(const struct query *query, int bits);

/* Reads the target's code; known says whether there is one. */
void query_start(struct query *query, const struct world *world,
                 const struct target *target);

/* All switches as the target has them. */
void query_reset(struct query *query);

/* Answers it as the switches stand. */
MUST_USE enum status query_run(struct query *query, const struct world *world,
                               struct err *err);

#endif
