#include <config.h>

#include "store/adhoc.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "store/handle.h"

struct adhoc {
    struct db *db;
    const char *sql;
    size_t from, to; /* the statement in it */
    sqlite3_stmt *handle;
};

void adhoc_open(struct adhoc **out, struct db *db, const char *sql)
{
    struct adhoc *a = mem_zalloc(1, sizeof(*a));

    a->db = db;
    a->sql = sql;
    *out = a;
}

void adhoc_close(struct adhoc *a)
{
    if (a == NULL)
        return;
    sqlite3_finalize(a->handle);
    free(a);
}

/* ---- what is allowed ---- */

static bool in_list(const char *name, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (sqlite3_stricmp(name, list[i]) == 0)
            return true;
    return false;
}

static bool pragma_tells(const char *name, const char *value)
{
    static const char *const about[] = {
        "table_info", "table_xinfo", "index_list",      "index_info",
        "table_list", "index_xinfo", "foreign_key_list"};
    static const char *const plain[] = {
        "application_id",  "collation_list",    "compile_options",
        "data_version",    "database_list",     "encoding",
        "freelist_count",  "foreign_key_check", "function_list",
        "integrity_check", "journal_mode",      "module_list",
        "page_count",      "page_size",         "pragma_list",
        "quick_check",     "schema_version",    "user_version"};

    return in_list(name, about, ARRAY_SIZE(about)) ||
           (value == NULL && in_list(name, plain, ARRAY_SIZE(plain)));
}

/*
 * What sqlite3_stmt_readonly() lets through, for it changes no database. A
 * table-valued function declares its columns by a CREATE TABLE, so what makes
 * tables can't be told from it here, and is left to sqlite3_stmt_readonly().
 */
static int allow(void *unused, int action, const char *one, const char *two,
                 const char *database, const char *trigger)
{
    (void)unused;
    (void)database;
    (void)trigger;
    switch (action) {
    case SQLITE_ATTACH:
    case SQLITE_DETACH:
    case SQLITE_TRANSACTION:
    case SQLITE_SAVEPOINT:
        return SQLITE_DENY;
    case SQLITE_FUNCTION:
        return sqlite3_stricmp(two, "load_extension") == 0 ? SQLITE_DENY
                                                           : SQLITE_OK;
    case SQLITE_PRAGMA:
        return pragma_tells(one, two) ? SQLITE_OK : SQLITE_DENY;
    default:
        return SQLITE_OK;
    }
}

/* ---- what went wrong, and where ---- */

static size_t line_of(const struct adhoc *a, size_t at, size_t *column)
{
    size_t line = 1;

    *column = 1;
    for (size_t i = 0; i < at; i++) {
        bool end = a->sql[i] == '\n';
        bool inside = ((unsigned char)a->sql[i] & 0xc0) == 0x80;

        line += end;
        *column = end ? 1 : *column + !inside;
    }
    return line;
}

/* The byte of the statement that the last error is about, or -1. */
static int offset_of(struct adhoc *a)
{
#if SQLITE_VERSION_NUMBER >= 3038000
    return sqlite3_error_offset(a->db->handle);
#else
    (void)a;
    return -1;
#endif
}

static enum status at_fault(struct adhoc *a, int rc, struct err *err)
{
    int offset = offset_of(a);
    size_t column, line;

    switch (rc & 0xff) {
    case SQLITE_AUTH:
    case SQLITE_READONLY:
        line = line_of(a, a->from, &column);
        return err_set(err, ERR_BAD_INPUT,
                       "line %zu, column %zu: nothing is written here, and no "
                       "other file opened: only SELECT, EXPLAIN and PRAGMAs "
                       "that tell something",
                       line, column);
    case SQLITE_ERROR:
    case SQLITE_MISMATCH:
    case SQLITE_TOOBIG:
    case SQLITE_RANGE:
    case SQLITE_CONSTRAINT:
        line = line_of(a, a->from + (offset > 0 ? (size_t)offset : 0), &column);
        if (offset < 0)
            return err_set(err, ERR_BAD_INPUT, "line %zu: %s", line,
                           sqlite3_errmsg(a->db->handle));
        return err_set(err, ERR_BAD_INPUT, "line %zu, column %zu: %s", line,
                       column, sqlite3_errmsg(a->db->handle));
    default:
        return db_fail(a->db, rc, err);
    }
}

/* ---- statements ---- */

/* Blanks and comments: SQLite takes them for the beginning of a statement. */
static size_t skip_blanks(const char *sql, size_t at)
{
    for (;;) {
        at += strspn(sql + at, " \t\r\n\f;");
        if (strncmp(sql + at, "--", 2) == 0) {
            at += strcspn(sql + at, "\n");
        } else if (strncmp(sql + at, "/*", 2) == 0) {
            const char *end = strstr(sql + at + 2, "*/");

            if (end == NULL)
                return at + strlen(sql + at);
            at = (size_t)(end - sql) + 2;
        } else {
            return at;
        }
    }
}

enum status adhoc_next(struct adhoc *a, bool *more, struct err *err)
{
    sqlite3 *handle = a->db->handle;
    const char *tail;
    int rc;

    sqlite3_finalize(a->handle);
    a->handle = NULL;
    a->from = skip_blanks(a->sql, a->to);
    *more = a->sql[a->from] != '\0';
    if (!*more)
        return OK;
    sqlite3_set_authorizer(handle, allow, NULL);
    rc = sqlite3_prepare_v3(handle, a->sql + a->from, -1,
                            SQLITE_PREPARE_PERSISTENT, &a->handle, &tail);
    sqlite3_set_authorizer(handle, NULL, NULL);
    if (rc == SQLITE_OK && a->handle != NULL &&
        !sqlite3_stmt_readonly(a->handle))
        rc = SQLITE_READONLY;
    if (rc != SQLITE_OK)
        return at_fault(a, rc, err);
    a->to = (size_t)(tail - a->sql);
    *more = a->handle != NULL;
    return OK;
}

int adhoc_columns(const struct adhoc *a)
{
    return sqlite3_column_count(a->handle);
}

const char *adhoc_name(const struct adhoc *a, int column)
{
    const char *name = sqlite3_column_name(a->handle, column);

    return name != NULL ? name : "";
}

enum status adhoc_step(struct adhoc *a, bool *row, struct err *err)
{
    int rc = sqlite3_step(a->handle);

    *row = rc == SQLITE_ROW;
    return rc == SQLITE_ROW || rc == SQLITE_DONE ? OK : at_fault(a, rc, err);
}

enum db_type adhoc_type(const struct adhoc *a, int column)
{
    return handle_type(sqlite3_column_type(a->handle, column));
}

int64_t adhoc_int(const struct adhoc *a, int column)
{
    return sqlite3_column_int64(a->handle, column);
}

double adhoc_real(const struct adhoc *a, int column)
{
    return sqlite3_column_double(a->handle, column);
}

const char *adhoc_bytes(const struct adhoc *a, int column, size_t *size)
{
    bool blob = adhoc_type(a, column) == DB_BLOB;
    const char *bytes =
        blob ? sqlite3_column_blob(a->handle, column)
             : (const char *)sqlite3_column_text(a->handle, column);

    *size = bytes != NULL ? (size_t)sqlite3_column_bytes(a->handle, column) : 0;
    return bytes != NULL ? bytes : "";
}
