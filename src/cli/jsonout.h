#ifndef BITGROVE_CLI_JSONOUT_H
#define BITGROVE_CLI_JSONOUT_H

/*
 * JSON on standard output. Values are made with jansson; these cover what it
 * leaves open: NAN is null, and text from outside is made harmless. Main
 * thread.
 */

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "base/str.h"
#include "cli/args.h"

/* A number, null for NAN and infinities. New reference. */
json_t *jsonout_real(double value);

/* Text from outside as it is if it is valid UTF-8, else escaped (\xHH). New
 * reference. */
json_t *jsonout_text(const char *text);

/* A code as k digits, bit 0 first. New reference. */
json_t *jsonout_code(uint64_t code, int bits);

/*
 * Appends the value, indented, with a newline at its end. Characters that a
 * terminal would obey stand as \uHHHH, which says the same in JSON.
 */
void jsonout_write(struct str *out, const json_t *value);

/* The same to standard output, and drops the reference. */
void jsonout_print(json_t *value);

/*
 * A list, an element a line, so that it never has to be in memory whole:
 * element number `index`, from 0; then the end behind `count`. The reference
 * is dropped.
 */
void jsonout_element(FILE *to, json_t *value, size_t index);
void jsonout_end(FILE *to, size_t count);

/*
 * FORMAT_JSON: the same. FORMAT_CSV: lines "key,value", the keys of what is
 * inside something else joined by points, counted from 0 in lists:
 * "nearest.0.class".
 */
void jsonout_print_as(json_t *value, enum format format);

#endif
