#ifndef BITGROVE_CLI_NEIGHBOURS_H
#define BITGROVE_CLI_NEIGHBOURS_H

/*
 * Answers of the index as `bitgrove near` and `export` write them: one as a page that says
 * where it was cut and how to go on, or many, one after the other, without all
 * of them in memory (but for a table, which needs its widths). Main thread.
 */

#include <stdio.h>

#include "cli/question.h"

/*
 * Asks and writes; many queries over all cores. One query with FORMAT_TABLE
 * has a head and a foot, on standard output. ERR_NOT_FOUND when nothing
 * matches, ERR_CANCELLED after Ctrl-C once follow_catch() was called.
 */
enum status neighbours_write(struct question *q, FILE *to, enum format format,
                             struct err *err) MUST_USE;

#endif
