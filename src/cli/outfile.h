#ifndef BITGROVE_CLI_OUTFILE_H
#define BITGROVE_CLI_OUTFILE_H

/*
 * Where an export goes: standard output, or a file that appears whole or not
 * at all (written beside its place, synced, renamed). A device or a pipe is
 * written to as it is. Main thread.
 */

#include <stdbool.h>
#include <stdio.h>

#include "base/err.h"

struct outfile {
    FILE *stream;
    const char *path; /* NULL: standard output; borrowed */
    char *temporary;  /* owned, NULL: stream is the end of it */
    char *target;     /* owned: what temporary is to be renamed to */
};

/* path NULL or "-": standard output; binary is refused on a terminal. */
enum status outfile_open(struct outfile *out, const char *path, bool binary,
                         struct err *err) MUST_USE;

/* Ends the file: keep false, or an error, leaves what was there before. */
enum status outfile_close(struct outfile *out, bool keep,
                          struct err *err) MUST_USE;

#endif
