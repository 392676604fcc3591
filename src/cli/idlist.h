#ifndef BITGROVE_CLI_IDLIST_H
#define BITGROVE_CLI_IDLIST_H

/*
 * A set of coded images as somebody writes it: parts joined by commas, each an
 * id, a range of ids "A-B", a split, "all", or "@FILE", a file of ids apart by
 * blanks, commas or newlines. Main thread.
 */

#include <stddef.h>
#include <stdint.h>

#include "catalogue/codestore.h"

/*
 * Bit r % 64 of rows[r / 64] says whether row r of the codes is in the set.
 * *rows is owned by the caller, (n + 63) / 64 words and at least one; *count:
 * rows in the set. ERR_NOT_FOUND names an id that has no code (within a range
 * there may be some), ERR_BAD_INPUT a part that is none.
 */
enum status idlist_read(uint64_t **rows, size_t *count, const char *text,
                        const struct image_codes *codes,
                        struct err *err) MUST_USE;

#endif
