#ifndef BITGROVE_CODES_CODE_H
#define BITGROVE_CODES_CODE_H

/*
 * A binary code: a uint64_t of which the low k bits are used, k = 1..64.
 *
 *     bit      0   1   2   3  ...  k-1   k ... 63
 *     word   2^0 2^1 2^2 2^3     2^k-1   always 0
 *     text     0   1   1   0  ...    1            bit 0 first
 *
 * Bit i set means +1, clear means -1. sign(0) = +1, so a bit is set when its
 * margin is >= 0 (-0.0 included; a NaN counts as negative). In SQLite a code
 * is an INTEGER: cast to int64_t and back, no bit is lost.
 * Pure functions over values. Any thread, any process.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

#define CODE_BITS_MAX 64

/* The k low bits set. bits in 1..64. */
static inline uint64_t code_mask(int bits)
{
    return bits >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << bits) - 1;
}

/* True if bits is in 1..64 and no unused bit of the code is set. */
static inline bool code_fits(uint64_t code, int bits)
{
    return bits >= 1 && bits <= CODE_BITS_MAX && (code & ~code_mask(bits)) == 0;
}

/* Hamming distance, 0..64. */
static inline int code_distance(uint64_t a, uint64_t b)
{
    return __builtin_popcountll(a ^ b);
}

static inline bool code_bit(uint64_t code, int bit)
{
    return code >> bit & 1;
}

/* sign(margins): (k) float to a code. */
uint64_t code_from_margins(const float *margins, int bits);

/* Appends `bits` digits, bit 0 first: "0110", or grouped: "0110 1100 01". */
enum code_style { CODE_PLAIN, CODE_GROUPED };
void code_text(struct str *out, uint64_t code, int bits, enum code_style style);

/*
 * Reads exactly `bits` digits 0 and 1, bit 0 first; blanks and '_' between
 * them are skipped. ERR_BAD_INPUT says which character, counted from 1, is
 * wrong, or how many digits are missing or too many.
 */
MUST_USE enum status code_parse(uint64_t *out, const char *text, int bits,
                                struct err *err);

/*
 * The reader under code_parse() and pattern_parse(): sets the bits that are
 * '1' in *value, and the bits that are '*' in *free_bits; when free_bits is
 * NULL a '*' is an error.
 */
MUST_USE enum status code_read(uint64_t *value, uint64_t *free_bits,
                               const char *text, int bits, struct err *err);

#endif
