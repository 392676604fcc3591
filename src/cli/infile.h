#ifndef BITGROVE_CLI_INFILE_H
#define BITGROVE_CLI_INFILE_H

/* A file that somebody names, or standard input, read whole. Main thread. */

#include "base/err.h"
#include "base/str.h"

/* "-" is standard input. Any bytes, at most 1 GiB. ERR_BAD_INPUT: there is no
 * such file, or it is longer; ERR_IO. */
enum status infile_read(struct str *out, const char *path,
                        struct err *err) MUST_USE;

#endif
