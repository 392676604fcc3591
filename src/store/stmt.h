#ifndef BITGROVE_STORE_STMT_H
#define BITGROVE_STORE_STMT_H

/*
 * Statements. Each is a file in db/queries/, embedded at build time and named
 * by `enum query` (db/queries/class-list.sql is Q_CLASS_LIST). They are
 * prepared once a connection. Errors stick: binds and steps after one do
 * nothing, and stmt_end() returns it.
 *
 *     struct stmt *q = stmt_use(db, Q_CLASS_LIST);
 *
 *     stmt_bind_int(q, ":dataset", id);
 *     while (stmt_next(q))
 *         add(list, stmt_int(q, 0), stmt_text(q, 1));
 *     return stmt_end(q, err);
 *
 * Between stmt_use() and stmt_end() the same query can't be used again on
 * that connection: an assertion says so. Columns count from 0; text and blobs
 * are borrowed until the next stmt_next() or stmt_end().
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "store/db.h"
#include "store/queries.h" /* generated: enum query */

struct stmt;

struct stmt *stmt_use(struct db *db, enum query query);

void stmt_bind_int(struct stmt *q, const char *name, int64_t value);
void stmt_bind_real(struct stmt *q, const char *name, double value);
void stmt_bind_null(struct stmt *q, const char *name);
/* Text and blobs must live until stmt_end(); NULL text binds NULL. */
void stmt_bind_text(struct stmt *q, const char *name, const char *value);
void stmt_bind_blob(struct stmt *q, const char *name, const void *bytes,
                    size_t size);

bool stmt_next(struct stmt *q); /* true: there is a row */
bool stmt_is_null(struct stmt *q, int column);
int64_t stmt_int(struct stmt *q, int column);
double stmt_real(struct stmt *q, int column);
const char *stmt_text(struct stmt *q, int column); /* never NULL */
const void *stmt_blob(struct stmt *q, int column, size_t *size);

enum status stmt_end(struct stmt *q, struct err *err) MUST_USE;

/* The whole number in the first column of the first row, 0 when there is no
 * row; then ends the statement. */
enum status stmt_number(struct stmt *q, int64_t *out, struct err *err) MUST_USE;

/* Steps once for a statement without rows, then ends it. */
enum status stmt_run(struct stmt *q, struct err *err) MUST_USE;

/* Binds nothing more, steps again with new values: for bulk inserts.
 * Resets the statement after running it, keeping it in use. */
void stmt_again(struct stmt *q);

/* The SQL of a query, and its name as in db/queries/, for tests and `!`. */
const char *stmt_sql(enum query query);
const char *stmt_name(enum query query);

#endif
