#include <config.h>

#include "store/function.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "store/handle.h"

/* struct db_value and struct db_result are SQLite's own under another name. */
static sqlite3_value *value_of(struct db_value *value)
{
    return (sqlite3_value *)(void *)value;
}

static sqlite3_context *context_of(struct db_result *out)
{
    return (sqlite3_context *)(void *)out;
}

static struct db_value *wrap(sqlite3_value *value)
{
    return (struct db_value *)(void *)value;
}

static struct db_result *result_of(sqlite3_context *context)
{
    return (struct db_result *)(void *)context;
}

enum db_type handle_type(int sqlite)
{
    switch (sqlite) {
    case SQLITE_INTEGER:
        return DB_INT;
    case SQLITE_FLOAT:
        return DB_REAL;
    case SQLITE_TEXT:
        return DB_TEXT;
    case SQLITE_BLOB:
        return DB_BLOB;
    default:
        return DB_NULL;
    }
}

enum db_type db_value_type(struct db_value *value)
{
    return handle_type(sqlite3_value_type(value_of(value)));
}

const char *db_type_name(enum db_type type)
{
    static const char *const names[] = {"null", "integer", "real", "text",
                                        "blob"};

    return names[type];
}

int64_t db_value_int(struct db_value *value)
{
    return sqlite3_value_int64(value_of(value));
}

const char *db_value_text(struct db_value *value)
{
    const unsigned char *text = sqlite3_value_text(value_of(value));

    return text != NULL ? (const char *)text : "";
}

size_t db_value_size(struct db_value *value)
{
    return (size_t)sqlite3_value_bytes(value_of(value));
}

void db_result_int(struct db_result *out, int64_t value)
{
    sqlite3_result_int64(context_of(out), value);
}

void db_result_text(struct db_result *out, const char *text)
{
    sqlite3_result_text(context_of(out), text, -1, SQLITE_TRANSIENT);
}

void db_result_null(struct db_result *out)
{
    sqlite3_result_null(context_of(out));
}

void db_result_error(struct db_result *out, const char *text)
{
    sqlite3_result_error(context_of(out), text, -1);
}

static void call(sqlite3_context *context, int n, sqlite3_value **values)
{
    const struct db_function *function = sqlite3_user_data(context);
    struct db_value *args[DB_ARGUMENTS_MAX];

    for (int i = 0; i < n; i++)
        args[i] = wrap(values[i]);
    function->call(result_of(context), args);
}

enum status db_add_function(struct db *db, const struct db_function *function,
                            struct err *err)
{
    void *data;
    int rc;

    memcpy(&data, &function, sizeof(data));
    rc = sqlite3_create_function_v2(
        db->handle, function->name, function->arguments,
        SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, data, call, NULL,
        NULL, NULL);
    return rc == SQLITE_OK ? OK : db_fail(db, rc, err);
}

struct db *db_twin(struct db *db)
{
    struct db *twin = mem_zalloc(1, sizeof(*twin));

    *twin = (struct db){.handle = db->handle,
                        .path = mem_strdup(db->path),
                        .device = db->device,
                        .inode = db->inode,
                        .mode = db->mode,
                        .version = db->version};
    return twin;
}

void db_twin_rest(struct db *twin)
{
    stmt_forget_all(twin);
}

void db_twin_free(struct db *twin)
{
    stmt_forget_all(twin);
    free(twin->path);
    free(twin);
}

void db_mark(struct db *db, struct db_mark *out)
{
    unsigned int file = 0;

    sqlite3_file_control(db->handle, "main", SQLITE_FCNTL_DATA_VERSION, &file);
    out->file = file;
    out->own = sqlite3_total_changes64(db->handle);
    out->writing = sqlite3_txn_state(db->handle, "main") == SQLITE_TXN_WRITE;
}

bool db_mark_same(const struct db_mark *a, const struct db_mark *b)
{
    return a->file == b->file && a->own == b->own && !a->writing && !b->writing;
}
