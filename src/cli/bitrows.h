#ifndef BITGROVE_CLI_BITROWS_H
#define BITGROVE_CLI_BITROWS_H

/* A row for each bit, for `eval` and `bits`. Main thread. */

#include <jansson.h>

#include "catalogue/notes.h"
#include "cli/evaluate.h"

/*
 * {bit, balance, entropy, image_balance, image_entropy, flipped, masked,
 * pairs, correlated, correlation}; figures of images are null when `coded` is
 * false. correlated: the bit that goes with it most over the class codes, null
 * when there is none. New reference.
 */
json_t *bitrows_json(const struct bit_facts *facts, bool coded, int bit,
                     int bits);

/* Table or CSV of all bits. captions may be NULL. */
void bitrows_print(const struct bit_facts *facts, bool coded,
                   const struct caption_list *captions, int bits,
                   enum format format);

/* The bit whose class-code correlation with `bit` is largest in size, or -1
 * when there is no other bit. */
int bitrows_partner(const struct bit_facts *facts, int bit, int bits);

#endif
