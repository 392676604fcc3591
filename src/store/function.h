#ifndef BITGROVE_STORE_FUNCTION_H
#define BITGROVE_STORE_FUNCTION_H

/*
 * Functions for SQL, so that who writes one needs not know SQLite: scalar
 * functions, and table-valued ones that are used like
 * `SELECT a, b FROM name(x, y)`. They belong to one connection and are called
 * in its thread, while a statement of it runs.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "store/db.h"

struct db_value;  /* an argument; borrowed for the call */
struct db_result; /* where the answer goes */

enum db_type { DB_NULL, DB_INT, DB_REAL, DB_TEXT, DB_BLOB };

enum db_type db_value_type(struct db_value *value);
const char *db_type_name(enum db_type type); /* as SQL's typeof() */
int64_t db_value_int(struct db_value *value);
const char *db_value_text(struct db_value *value); /* never NULL */
size_t db_value_size(struct db_value *value);      /* bytes of a text */

void db_result_int(struct db_result *out, int64_t value);
void db_result_text(struct db_result *out, const char *text); /* copied */
void db_result_null(struct db_result *out);
void db_result_error(struct db_result *out, const char *text); /* copied */

#define DB_ARGUMENTS_MAX 16

/* The same arguments always have the same answer. */
struct db_function {
    const char *name;
    int arguments;
    void (*call)(struct db_result *out, struct db_value **args);
};
MUST_USE enum status db_add_function(struct db *db,
                                     const struct db_function *function,
                                     struct err *err);

/*
 * A function of rows. `columns` are declared as in CREATE TABLE; the last
 * `arguments` of them are HIDDEN and are what may stand in parentheses, in
 * their order, or in WHERE as `argument = value`. answer() gets NULL for those
 * not given, and makes rows that live until done(). The rows come sorted by
 * the columns `order`, ascending.
 */
struct db_table_function {
    const char *name, *columns;
    int visible, arguments;
    int order[4]; /* columns, -1 behind the last */
    enum status (*answer)(void *context, struct db_value **args, void **rows,
                          size_t *count, struct err *err);
    void (*column)(const void *rows, size_t row, int column,
                   struct db_result *out);
    void (*done)(void *rows);
    void (*release)(void *context); /* with the connection */
};
/* Takes context over, also on failure. The table lives as long as the
 * connection. */
MUST_USE enum status
db_add_table_function(struct db *db, const struct db_table_function *function,
                      void *context, struct err *err);

/*
 * The same connection once more, with statements of its own, for what a
 * function asks while another statement runs. Its statements are to be
 * forgotten (db_twin_rest()) before the function ends: the connection can't
 * be closed while there are any.
 */
struct db *db_twin(struct db *db);
void db_twin_rest(struct db *twin);
void db_twin_free(struct db *twin);

/* What tells whether the database may have changed since it was taken, by
 * whomever; without a statement. */
struct db_mark {
    int64_t file, own;
    bool writing; /* within a transaction that writes: it may be undone */
};
void db_mark(struct db *db, struct db_mark *out);
bool db_mark_same(const struct db_mark *a, const struct db_mark *b);

#endif
