#ifndef BITGROVE_CODES_PATTERN_H
#define BITGROVE_CODES_PATTERN_H

/*
 * A pattern of bits, some of them free: the subcube of all codes that agree
 * with it, written bit 0 first as "01**1". Invariants: value has no bit
 * outside fixed, and fixed none outside the k used bits; so a code matches
 * when its fixed bits equal value. A value without memory of its own. Any
 * thread.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "codes/code.h"

struct pattern {
    uint64_t fixed; /* bits that must agree */
    uint64_t value; /* what they must be */
    int bits;       /* k, 1..64 */
};

static inline bool pattern_match(const struct pattern *p, uint64_t code)
{
    return ((code ^ p->value) & p->fixed) == 0;
}

/* How many bits are free; the pattern holds two to that power codes. */
static inline int pattern_free(const struct pattern *p)
{
    return p->bits - __builtin_popcountll(p->fixed);
}

/*
 * Reads exactly `bits` of '0', '1' and '*', bit 0 first; blanks and '_'
 * between them are skipped. ERR_BAD_INPUT names the character, from 1.
 */
MUST_USE enum status pattern_parse(struct pattern *out, const char *text,
                                   int bits, struct err *err);

/* Appends the pattern as pattern_parse() reads it. */
void pattern_text(struct str *out, const struct pattern *p,
                  enum code_style style);

#endif
