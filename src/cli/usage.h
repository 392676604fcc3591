#ifndef BITGROVE_CLI_USAGE_H
#define BITGROVE_CLI_USAGE_H

/* What bitgrove says about itself, on standard output. Main thread. */

#include "cli/args.h"

void usage_overview(void);
void usage_command(const struct command *command);
void usage_version(bool verbose);

/* Paths, terminal, colours, versions: what a report of a fault should hold. */
void usage_info(void);

#endif
