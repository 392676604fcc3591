#include <config.h>

#include "store/stmt.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"
#include "store/handle.h"

struct stmt {
    struct db *db;
    sqlite3_stmt *handle; /* NULL when it could not be prepared */
    enum query query;
    bool used;
    bool done;
    struct err err; /* status OK until something fails */
};

static void fail(struct stmt *q, int rc)
{
    /* Only what points at a fault of the file or the program needs a place. */
    if (db_fail(q->db, rc, &q->err) == ERR_CATALOGUE)
        err_wrap(&q->err, "%s", query_names[q->query]);
}

struct stmt *stmt_use(struct db *db, enum query query)
{
    struct stmt *q = db->stmts[query];
    int rc;

    if (q == NULL) {
        q = db->stmts[query] = mem_zalloc(1, sizeof(*q));
        q->db = db;
        q->query = query;
    }
    assert(!q->used);
    q->used = true;
    q->done = false;
    q->err.status = OK;
    if (q->handle == NULL) {
        rc = sqlite3_prepare_v3(db->handle, query_texts[query], -1,
                                SQLITE_PREPARE_PERSISTENT, &q->handle, NULL);
        if (rc != SQLITE_OK)
            fail(q, rc);
    }
    return q;
}

/* The place of a parameter, or 0 when the statement has failed already. */
static int place(struct stmt *q, const char *name)
{
    int i;

    if (q->err.status != OK)
        return 0;
    i = sqlite3_bind_parameter_index(q->handle, name);
    assert(i > 0);
    return i;
}

static void bound(struct stmt *q, int rc)
{
    if (rc != SQLITE_OK)
        fail(q, rc);
}

void stmt_bind_int(struct stmt *q, const char *name, int64_t value)
{
    int i = place(q, name);

    if (i > 0)
        bound(q, sqlite3_bind_int64(q->handle, i, value));
}

void stmt_bind_real(struct stmt *q, const char *name, double value)
{
    int i = place(q, name);

    if (i > 0)
        bound(q, sqlite3_bind_double(q->handle, i, value));
}

void stmt_bind_null(struct stmt *q, const char *name)
{
    int i = place(q, name);

    if (i > 0)
        bound(q, sqlite3_bind_null(q->handle, i));
}

void stmt_bind_text(struct stmt *q, const char *name, const char *value)
{
    int i = place(q, name);

    if (i > 0)
        bound(q, sqlite3_bind_text(q->handle, i, value, -1, SQLITE_STATIC));
}

void stmt_bind_blob(struct stmt *q, const char *name, const void *bytes,
                    size_t size)
{
    int i = place(q, name);

    if (i == 0)
        return;
    if (size == 0)
        bound(q, sqlite3_bind_zeroblob(q->handle, i, 0));
    else
        bound(q, sqlite3_bind_blob64(q->handle, i, bytes, size, SQLITE_STATIC));
}

bool stmt_next(struct stmt *q)
{
    int rc;

    if (q->err.status != OK || q->done)
        return false;
    rc = sqlite3_step(q->handle);
    if (rc == SQLITE_ROW)
        return true;
    q->done = true;
    if (rc != SQLITE_DONE)
        fail(q, rc);
    return false;
}

bool stmt_is_null(struct stmt *q, int column)
{
    return sqlite3_column_type(q->handle, column) == SQLITE_NULL;
}

int64_t stmt_int(struct stmt *q, int column)
{
    return sqlite3_column_int64(q->handle, column);
}

double stmt_real(struct stmt *q, int column)
{
    return sqlite3_column_double(q->handle, column);
}

const char *stmt_text(struct stmt *q, int column)
{
    const char *text = (const char *)sqlite3_column_text(q->handle, column);

    return text != NULL ? text : "";
}

const void *stmt_blob(struct stmt *q, int column, size_t *size)
{
    const void *bytes = sqlite3_column_blob(q->handle, column);

    *size = bytes ? (size_t)sqlite3_column_bytes(q->handle, column) : 0;
    return bytes;
}

enum status stmt_end(struct stmt *q, struct err *err)
{
    assert(q->used);
    q->used = false;
    if (q->handle != NULL) {
        sqlite3_reset(q->handle);
        sqlite3_clear_bindings(q->handle);
    }
    if (q->err.status != OK)
        *err = q->err;
    return q->err.status;
}

enum status stmt_number(struct stmt *q, int64_t *out, struct err *err)
{
    int64_t value = stmt_next(q) ? stmt_int(q, 0) : 0;
    enum status status = stmt_end(q, err);

    if (status == OK)
        *out = value;
    return status;
}

enum status stmt_run(struct stmt *q, struct err *err)
{
    while (stmt_next(q))
        ;
    return stmt_end(q, err);
}

void stmt_again(struct stmt *q)
{
    while (stmt_next(q))
        ;
    if (q->handle != NULL)
        sqlite3_reset(q->handle);
    q->done = false;
}

const char *stmt_sql(enum query query)
{
    return query_texts[query];
}

const char *stmt_name(enum query query)
{
    return query_names[query];
}

void stmt_forget_all(struct db *db)
{
    for (int i = 0; i < Q_COUNT; i++) {
        if (db->stmts[i] == NULL)
            continue;
        sqlite3_finalize(db->stmts[i]->handle);
        free(db->stmts[i]);
        db->stmts[i] = NULL;
    }
}
