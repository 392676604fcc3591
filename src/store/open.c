#include <config.h>

#include "store/db.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "store/handle.h"
#include "store/migrate.h"
#include "store/stmt.h"

/*
 * The directory's real path and the last component as given: the same name for
 * a file that is still to be made, and never one that SQLite would take for a
 * URI or a database in memory.
 */
static enum status absolute(char **out, const char *path, struct err *err)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    char *dir = slash == NULL   ? mem_strdup(".")
                : slash == path ? mem_strdup("/")
                                : mem_strndup(path, (size_t)(slash - path));
    char *real = realpath(dir, NULL);
    struct str full = STR_INIT;
    int number = errno;

    free(dir);
    if (real == NULL) {
        err_sys(err, number, "%s", path);
        return err->status = ERR_CATALOGUE;
    }
    str_add(&full, real);
    if (full.length > 1)
        str_add_char(&full, '/');
    str_add(&full, name);
    free(real);
    *out = str_take(&full);
    return OK;
}

/*
 * What can be told from outside. The file is never opened here: closing it
 * would drop the POSIX locks of every connection this process has to it.
 */
static enum status look(const char *path, enum db_mode mode, bool *fresh,
                        struct err *err)
{
    struct stat st;

    *fresh = false;
    if (path[0] == '\0')
        return err_set(err, ERR_BAD_INPUT, "the name of a catalogue is empty");
    if (stat(path, &st) != 0) {
        if (errno == ENOENT && mode == DB_CREATE) {
            *fresh = true;
            return OK;
        }
        if (errno == ENOENT)
            return err_set(err, ERR_CATALOGUE,
                           "%s: there is no such catalogue; make one with "
                           "`bitgrove import %s SOURCE'",
                           path, path);
        err_sys(err, errno, "%s", path);
        return err->status = ERR_CATALOGUE;
    }
    if (S_ISDIR(st.st_mode))
        return err_set(err, ERR_BAD_INPUT,
                       "%s is a directory: name the catalogue's file", path);
    if (!S_ISREG(st.st_mode))
        return err_set(err, ERR_CATALOGUE, "%s is not a regular file", path);
    if (access(path, R_OK) != 0) {
        err_sys(err, errno, "%s can't be read", path);
        return err->status = ERR_CATALOGUE;
    }
    if (mode != DB_READ && access(path, W_OK) != 0) {
        err_sys(err, errno, "%s can't be written", path);
        return err->status;
    }
    *fresh = st.st_size == 0;
    if (*fresh && mode != DB_CREATE)
        return err_set(err, ERR_CATALOGUE, "%s is not a catalogue: it is empty",
                       path);
    return OK;
}

static enum status connect(struct db *db, const char *name, int flags,
                           struct err *err)
{
    int rc = sqlite3_open_v2(
        name, &db->handle, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
        NULL);

    if (db->handle == NULL)
        return err_set(err, ERR_NOMEM, "out of memory opening %s", db->path);
    if (rc != SQLITE_OK)
        return db_fail(db, rc, err);
    sqlite3_busy_timeout(db->handle, DB_BUSY_MS);
    /* A catalogue from elsewhere runs nothing of its own. */
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
    return OK;
}

/*
 * A catalogue on read-only media: SQLite can't make the index of the log
 * beside it, but nobody can write either, so the file is all there is to read.
 * Unless a log with changes lies there, which only a writer can merge.
 */
static enum status connect_frozen(struct db *db, struct err *err)
{
    struct str name = STR_INIT;
    struct stat st;
    enum status status;

    str_addf(&name, "%s-wal", db->path);
    if (stat(name.text, &st) == 0 && st.st_size > 0) {
        status = err_set(err, ERR_CATALOGUE,
                         "%s holds changes that need write access to be read: "
                         "copy the catalogue with it to where you can write",
                         name.text);
        str_release(&name);
        return status;
    }
    stmt_forget_all(db);
    sqlite3_close(db->handle);
    db->handle = NULL;
    str_clear(&name);
    str_add(&name, "file://");
    for (const char *p = db->path; *p != '\0'; p++) {
        if (strchr("%?#", *p) != NULL)
            str_addf(&name, "%%%02x", (unsigned char)*p);
        else
            str_add_char(&name, *p);
    }
    str_add(&name, "?immutable=1");
    status =
        connect(db, name.text, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, err);
    str_release(&name);
    return status;
}

static bool directory_is_writable(const char *path)
{
    char *dir = mem_strndup(path, (size_t)(strrchr(path, '/') - path) + 1);
    bool yes = access(dir, W_OK) == 0;

    free(dir);
    return yes;
}

/* Reads for the first time; falls back where only reading is possible. */
static enum status first_read(struct db *db, struct err *err)
{
    int64_t id;
    enum status status =
        stmt_number(stmt_use(db, Q_DB_APPLICATION_ID), &id, err);

    if (status != ERR_IO || db->mode != DB_READ ||
        directory_is_writable(db->path))
        return status;
    status = connect_frozen(db, err);
    if (status == OK)
        status = stmt_number(stmt_use(db, Q_DB_APPLICATION_ID), &id, err);
    return status;
}

/* Whose database it is, and of which version. Another process may be making
 * it: everything is read at one moment. */
static enum status identify(struct db *db, bool *fresh, struct err *err)
{
    int64_t id = 0, version = 0, tables = 0;
    enum status status = first_read(db, err);

    if (status == OK)
        status = db_snapshot(db, err);
    if (status == OK)
        status = stmt_number(stmt_use(db, Q_DB_APPLICATION_ID), &id, err);
    if (status == OK)
        status = stmt_number(stmt_use(db, Q_DB_USER_VERSION), &version, err);
    if (status == OK)
        status = stmt_number(stmt_use(db, Q_DB_SCHEMA_SIZE), &tables, err);
    db_rollback(db);
    if (status != OK)
        return status;
    if (id == 0 && version == 0 && tables == 0 && db->mode == DB_CREATE) {
        *fresh = true;
        return OK;
    }
    if (id != DB_APPLICATION_ID)
        return err_set(err, ERR_CATALOGUE,
                       "%s is not a catalogue: it is another program's "
                       "SQLite database",
                       db->path);
    db->version = (int)version;
    return OK;
}

static enum status versions(struct db *db, int newest, struct err *err)
{
    if (db->version > newest)
        return err_set(err, ERR_CATALOGUE,
                       "%s has schema version %d, this program knows up to "
                       "%d: use a newer bitgrove",
                       db->path, db->version, newest);
    if (db->version < newest && db->mode == DB_READ)
        return err_set(err, ERR_CATALOGUE,
                       "%s has schema version %d, this program reads %d: run "
                       "`bitgrove jobs %s' once to bring it up to date (a "
                       "copy of the old one is kept)",
                       db->path, db->version, newest, db->path);
    return OK;
}

/* Another process that makes the same catalogue at this moment is waited for,
 * which the busy timeout does not do for a change of the journal mode. */
static enum status use_log(struct db *db, struct err *err)
{
    int64_t until = clock_monotonic() + DB_BUSY_MS;
    enum status status;

    for (;;) {
        status = stmt_run(stmt_use(db, Q_DB_JOURNAL_WAL), err);
        if (status != ERR_BUSY || clock_monotonic() >= until)
            return status;
        clock_sleep(10);
    }
}

static enum status prepare(struct db *db, const struct migration *list,
                           int count, bool fresh, struct err *err)
{
    enum status status = OK;

    if (!fresh || db->mode != DB_CREATE)
        status = identify(db, &fresh, err);
    if (status == OK)
        status = versions(db, count, err);
    if (status == OK)
        status = stmt_run(stmt_use(db, Q_DB_CACHE_SIZE), err);
    if (status == OK)
        status = stmt_run(stmt_use(db, Q_DB_CELL_SIZE_CHECK), err);
    if (status != OK || db->mode == DB_READ)
        return status;
    status = use_log(db, err);
    if (status == OK)
        status = stmt_run(stmt_use(db, Q_DB_SYNCHRONOUS), err);
    if (status == OK && db->version < count)
        status = migrate_run(db, list, count, err);
    /* After the migrations: they may rebuild tables that others refer to. */
    if (status == OK)
        sqlite3_db_config(db->handle, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL);
    return status;
}

enum status db_open_with(struct db **out, const char *path, enum db_mode mode,
                         const struct migration *list, int count,
                         struct err *err)
{
    int flags = mode == DB_READ    ? SQLITE_OPEN_READONLY
                : mode == DB_WRITE ? SQLITE_OPEN_READWRITE
                                   : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    struct db *db;
    struct stat st;
    char *full;
    bool fresh;
    enum status status = look(path, mode, &fresh, err);

    if (status == OK)
        status = absolute(&full, path, err);
    if (status != OK)
        return status;
    db = mem_zalloc(1, sizeof(*db));
    db->path = full;
    db->mode = mode;
    if (fresh && !directory_is_writable(full))
        status = err_sys(err, errno, "%s can't be made", full);
    else
        status = connect(db, full, flags, err);
    if (status == OK)
        status = prepare(db, list, count, fresh, err);
    if (status == OK && stat(full, &st) == 0) {
        db->device = st.st_dev;
        db->inode = st.st_ino;
    }
    if (status != OK) {
        db_close(db);
        return status;
    }
    *out = db;
    return OK;
}
