#ifndef BITGROVE_CLI_ONEBIT_H
#define BITGROVE_CLI_ONEBIT_H

/* The page of one bit. Main thread. */

#include "cli/evaluate.h"

/*
 * Prints it as text, or as JSON: {bit, caption, report, on, off, turn {path,
 * classes}, pairs [{off, on}], most_on, most_off, boundary}, the last three
 * [{id, class, margin}]. codes may be NULL, which leaves the images out.
 */
enum status onebit_print(struct subject *s, const struct bit_facts *facts,
                         const struct image_codes *codes, int bit,
                         enum format format, struct err *err) MUST_USE;

#endif
