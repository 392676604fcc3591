#ifndef BITGROVE_CLI_CODELIST_H
#define BITGROVE_CLI_CODELIST_H

/*
 * Codes that come in a file: text, a code a line, bit 0 first, blank lines and
 * those that begin with # left out; or NumPy's .npy, whole numbers (n), of
 * which bit i is bit i of the code, or zeros and ones of a byte each (n, bits),
 * bit 0 first. Main thread.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* path "-": standard input. *codes is owned by the caller. ERR_BAD_INPUT names
 * line or row; ERR_NOMEM. */
enum status codelist_read(uint64_t **codes, size_t *count, const char *path,
                          int bits, struct err *err) MUST_USE;

#endif
