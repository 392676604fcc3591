#ifndef BITGROVE_FORMATS_MAPPING_H
#define BITGROVE_FORMATS_MAPPING_H

/*
 * A file mapped into memory, read-only. Whoever reads behind the end of a file
 * that was cut short gets SIGBUS. In a process that called mapping_guard()
 * the handler puts zeros where the file ended and takes note, so that a
 * matrix product goes on, with rows that mean nothing; mapping_whole() then
 * says so, and must be asked before anything that was made of the rows is
 * kept. In other processes the signal ends the process.
 *
 * A mapping belongs to one thread, which closes none while others read;
 * bytes may be read by any that does not block SIGBUS.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct mapping;

/* ERR_NOT_FOUND when there is no such file, ERR_BAD_INPUT when it is no
 * regular file or empty, ERR_IO. */
enum status mapping_open(struct mapping **out, const char *path,
                         struct err *err) MUST_USE;
void mapping_close(struct mapping *mapping); /* NULL is fine */

/* Borrowed, until mapping_close(). */
const unsigned char *mapping_bytes(const struct mapping *mapping);

/* As it was when opened: bytes, and nanoseconds since 1970. */
size_t mapping_size(const struct mapping *mapping);
int64_t mapping_mtime(const struct mapping *mapping);

/* Gives its pages back to the system, which reads them again when needed. */
void mapping_forget(struct mapping *mapping);

/* False once the file was found shorter than it was opened. */
bool mapping_whole(const struct mapping *mapping);

/* Once a process, before there are threads. */
void mapping_guard(void);

#endif
