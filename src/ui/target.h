#ifndef BITGROVE_UI_TARGET_H
#define BITGROVE_UI_TARGET_H

/*
 * What a view is about or what stands under its cursor: the thing that jumps,
 * notes and recomputation act on, and that `:goto` names as "class/NAME",
 * "image/ID", "bit/7", "node/KEY", "code/01**", "model/NAME", "job/ID"; a link
 * is the same after "bitgrove:", with what is neither a letter nor a
 * digit nor one of "-._~*" and the slash written as %XX. A value.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "codes/pattern.h"

struct world;

enum target_kind {
    TARGET_NONE,
    TARGET_MODEL,
    TARGET_CLASS,
    TARGET_IMAGE,
    TARGET_BIT,
    TARGET_NODE,
    TARGET_JOB,
    TARGET_TOPIC,
    TARGET_CODE
};

struct target {
    enum target_kind kind;
    int64_t id;            /* row id of model, class, image, job; the bit */
    uint64_t key;          /* of a node, see taxonomy/dendro.h; a code */
    uint64_t freed;        /* the bits of a code that match both 0 and 1 */
    uint32_t lowest, size; /* of a node: where to go when it is gone */
    const char *topic;     /* of help; borrowed */
};

/* True if both are the same thing. */
bool target_same(const struct target *a, const struct target *b);

/* Appends a target's address, as :goto takes it, or its link; nothing for one
 * that has none. */
void target_address(const struct target *target, const struct world *world,
                    struct str *out);
void target_link(const struct target *target, const struct world *world,
                 struct str *out);

/* Reads a place; the message of a failure says what there is. */
MUST_USE enum status target_parse(struct target *out, const char *text,
                                  const struct world *world, struct err *err);

/* As pattern_parse(), but bits that are left out at the end are free. */
MUST_USE enum status target_pattern(struct pattern *out, const char *text,
                                    int bits, struct err *err);

/* The code of a class, an image or a code, as a pattern; false if it has none,
 * or none yet. */
bool target_code(const struct target *target, const struct world *world,
                 struct pattern *out);

/* Appends the addresses that start with text, one a line. */
void target_complete(const char *text, const struct world *world,
                     struct str *out);

#endif
