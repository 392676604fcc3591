#ifndef BITGROVE_UI_QUERY_H
#define BITGROVE_UI_QUERY_H

/*
 * A neighbour query on the switchboard: the code of an image or a class, or
 * one as it was typed, of which bits can be flipped or freed, and its answers.
 * With an image's own margins ties are ranked by margin distance; a flipped bit
 * turns its margin over. A value but for `answer` and `margins`.
 */

#include <stdbool.h>
#include <stdint.h>

#include "codes/decode.h"
#include "index/near.h"
#include "ui/target.h"
#include "ui/world.h"

#define QUERY_ANSWERS 200

struct query {
    struct target target; /* an image, a class or a code */
    uint64_t own;         /* its code */
    uint64_t flipped, freed;
    bool known; /* its code is known */
    bool has_margins;
    int8_t margins[CODE_BITS_MAX];
    struct near_answer answer;
    struct decode decoded; /* MHD of the switchboard's code */
};

void query_release(struct query *query);

/* The code as the switches stand; freed bits as they were. */
uint64_t query_code(const struct query *query);

/* Reads the target's code; known says whether there is one. */
void query_start(struct query *query, const struct world *world,
                 const struct target *target);

/* Answers it as the switches stand. */
MUST_USE enum status query_run(struct query *query, const struct world *world,
                               struct err *err);

#endif
