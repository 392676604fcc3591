#include <config.h>

#include "store/db.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "store/handle.h"
#include "store/migrate.h"
#include "store/stmt.h"

enum status db_fail(struct db *db, int rc, struct err *err)
{
    const char *text = sqlite3_errmsg(db->handle);
    int number;

    switch (rc & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return err_set(err, ERR_BUSY,
                       "%s is locked by another process: try again", db->path);
    case SQLITE_NOMEM:
        return err_set(err, ERR_NOMEM, "out of memory reading %s", db->path);
    case SQLITE_FULL:
        return err_set(err, ERR_IO, "no space left for %s: make room",
                       db->path);
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return err_set(err, ERR_IO, "%s or its directory can't be written: %s",
                       db->path, text);
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
        number = sqlite3_system_errno(db->handle);
        return err_set(err, ERR_IO, "%s: %s%s%s", db->path, text,
                       number ? ": " : "", number ? strerror(number) : "");
    case SQLITE_CONSTRAINT:
    case SQLITE_TOOBIG:
    case SQLITE_RANGE:
        return err_set(err, ERR_BAD_INPUT, "%s refuses a row: %s", db->path,
                       text);
    case SQLITE_NOTADB:
        return err_set(err, ERR_CATALOGUE,
                       "%s is not a catalogue: it is no SQLite database",
                       db->path);
    default:
        return err_set(err, ERR_CATALOGUE,
                       "%s is damaged: %s; go back to a copy", db->path, text);
    }
}

enum status db_open(struct db **out, const char *path, enum db_mode mode,
                    struct err *err)
{
    return db_open_with(out, path, mode, migration_list, migration_count, err);
}

void db_close(struct db *db)
{
    if (db == NULL)
        return;
    stmt_forget_all(db);
    sqlite3_close(db->handle);
    free(db->path);
    free(db);
}

void db_set_patience(struct db *db, int milliseconds)
{
    sqlite3_busy_timeout(db->handle, milliseconds);
}

enum status db_begin(struct db *db, struct err *err)
{
    return stmt_run(stmt_use(db, Q_DB_BEGIN), err);
}

enum status db_commit(struct db *db, struct err *err)
{
    return stmt_run(stmt_use(db, Q_DB_COMMIT), err);
}

enum status db_snapshot(struct db *db, struct err *err)
{
    return stmt_run(stmt_use(db, Q_DB_SNAPSHOT), err);
}

void db_rollback(struct db *db)
{
    struct err ignored;

    /* It can only fail where SQLite has rolled back on its own already. */
    if (db_in_transaction(db) &&
        stmt_run(stmt_use(db, Q_DB_ROLLBACK), &ignored) != OK)
        return;
}

bool db_in_transaction(const struct db *db)
{
    return !sqlite3_get_autocommit(db->handle);
}

int64_t db_data_version(struct db *db)
{
    struct stmt *q = stmt_use(db, Q_DB_DATA_VERSION);
    int64_t version = stmt_next(q) ? stmt_int(q, 0) : -1;
    struct err ignored;

    return stmt_end(q, &ignored) == OK ? version : -1;
}

int64_t db_last_id(const struct db *db)
{
    return sqlite3_last_insert_rowid(db->handle);
}

int64_t db_changed_rows(const struct db *db)
{
    return sqlite3_changes64(db->handle);
}

const char *db_path(const struct db *db)
{
    return db->path;
}

int db_schema_version(const struct db *db)
{
    return db->version;
}

int db_newest_version(void)
{
    return migration_count;
}

size_t db_row_limit(const struct db *db)
{
    return (size_t)sqlite3_limit(db->handle, SQLITE_LIMIT_LENGTH, -1);
}

enum status db_in_place(const struct db *db, struct err *err)
{
    struct stat st;

    if (stat(db->path, &st) == 0 && st.st_dev == db->device &&
        st.st_ino == db->inode)
        return OK;
    return err_set(err, ERR_CATALOGUE,
                   "%s was removed or replaced: what is done in it is lost",
                   db->path);
}

/* A database that is damaged enough stops the check itself: a finding too. */
static enum status finding(struct str *report, bool *sound, enum status status,
                           struct err *err)
{
    if (status != ERR_CATALOGUE)
        return status;
    str_addf(report, "%s\n", err->text);
    *sound = false;
    return OK;
}

enum status db_integrity(struct db *db, struct str *report, bool *sound,
                         struct err *err)
{
    struct stmt *q = stmt_use(db, Q_DB_INTEGRITY);
    enum status status;
    bool fine = true;

    while (stmt_next(q)) {
        const char *text = stmt_text(q, 0);

        if (strcmp(text, "ok") == 0)
            continue;
        fine = false;
        str_addf(report, "database: %s; go back to a copy\n", text);
    }
    status = finding(report, &fine, stmt_end(q, err), err);
    if (status == OK) {
        q = stmt_use(db, Q_DB_FOREIGN_KEY_CHECK);
        while (stmt_next(q)) {
            fine = false;
            str_addf(report,
                     "table %s, row %lld: refers to a row of %s that is not "
                     "there; go back to a copy\n",
                     stmt_text(q, 0), (long long)stmt_int(q, 1),
                     stmt_text(q, 2));
        }
        status = finding(report, &fine, stmt_end(q, err), err);
    }
    if (status == OK)
        *sound = fine;
    return status;
}
