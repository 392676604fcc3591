#ifndef BITGROVE_CLI_EXPLORE_H
#define BITGROVE_CLI_EXPLORE_H

/* Opens a catalogue in the explorer and remembers it as the one last opened. */

#include "base/err.h"

enum status explore(const char *path, struct err *err) MUST_USE;

#endif
