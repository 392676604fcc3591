#ifndef BITGROVE_CLI_EXPLORE_H
#define BITGROVE_CLI_EXPLORE_H

/*
 * Opens a catalogue in the explorer and remembers it as the one last opened.
 * args, whose --theme, --goto, --ascii and --readonly count, may be NULL.
 */

#include "base/err.h"

struct args;

enum status explore(const char *path, const struct args *args,
                    struct err *err) MUST_USE;

/* Prints what is wrong or clashes in bitgroverc; ERR_BAD_INPUT if anything. */
enum status explore_check_keys(struct err *err) MUST_USE;

/* ERR_BAD_INPUT unless there is a terminal (or a script that plays one). */
enum status explore_possible(struct err *err) MUST_USE;

#endif
