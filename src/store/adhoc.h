#ifndef BITGROVE_STORE_ADHOC_H
#define BITGROVE_STORE_ADHOC_H

/*
 * Statements that somebody types, to read a catalogue: SELECT, EXPLAIN and the
 * PRAGMAs that tell something. Whatever would write, or open another file, is
 * refused when it is prepared, by SQLite's own account of what a statement
 * does, on any connection; one opened with DB_READ could not write anyway.
 *
 *     adhoc_open(&a, db, text);
 *     while (adhoc_next(a, &more, err) == OK && more)
 *         while (adhoc_step(a, &row, err) == OK && row)
 *             ... adhoc_columns(a), adhoc_type(a, c), ...
 *     adhoc_close(a);
 *
 * The connection's thread.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "store/function.h"

struct adhoc;

/* sql: any number of statements, borrowed until adhoc_close(). */
void adhoc_open(struct adhoc **out, struct db *db, const char *sql);
void adhoc_close(struct adhoc *a); /* NULL is fine */

/*
 * Prepares the next statement; *more false: there is none. ERR_BAD_INPUT says
 * what is wrong and in which line and, where SQLite tells, column, from 1.
 */
enum status adhoc_next(struct adhoc *a, bool *more, struct err *err) MUST_USE;

/* The columns that it gives; 0: none. */
int adhoc_columns(const struct adhoc *a);
const char *adhoc_name(const struct adhoc *a, int column); /* borrowed */

/* *row false: it is done. ERR_BAD_INPUT names the line it begins in. */
enum status adhoc_step(struct adhoc *a, bool *row, struct err *err) MUST_USE;

/* Values of the row; bytes are borrowed until the next step, and of a text
 * with a '\0' behind them. */
enum db_type adhoc_type(const struct adhoc *a, int column);
int64_t adhoc_int(const struct adhoc *a, int column);
double adhoc_real(const struct adhoc *a, int column);
const char *adhoc_bytes(const struct adhoc *a, int column, size_t *size);

#endif
