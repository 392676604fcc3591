#include <config.h>

#include "store/migrate.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/str.h"
#include "store/handle.h"
#include "store/stmt.h"

/* Copies db's committed content to a new file. */
static enum status copy(struct db *db, const char *to, struct err *err)
{
    sqlite3 *from = NULL, *into = NULL;
    sqlite3_backup *backup = NULL;
    int rc;

    rc = sqlite3_open_v2(db->path, &from, SQLITE_OPEN_READONLY, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_open_v2(to, &into,
                             SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);
    if (rc == SQLITE_OK) {
        backup = sqlite3_backup_init(into, "main", from, "main");
        rc = backup != NULL ? sqlite3_backup_step(backup, -1)
                            : sqlite3_errcode(into);
    }
    if (backup != NULL)
        sqlite3_backup_finish(backup);
    sqlite3_close(from);
    sqlite3_close(into);
    if (rc != SQLITE_DONE)
        return err_set(err, ERR_IO,
                       "the copy to keep before bringing %s up to date can't "
                       "be written to %s: %s",
                       db->path, to, sqlite3_errstr(rc));
    return OK;
}

/*
 * The caller holds the write lock, so that what is copied is what is migrated.
 * A connection of its own reads: one inside a write transaction may not be
 * the source of a backup.
 */
static enum status keep_copy(struct db *db, int version, struct err *err)
{
    struct str name = STR_INIT, half = STR_INIT;
    enum status status;

    str_addf(&name, "%s.v%d.bak", db->path, version);
    str_addf(&half, "%s.tmp", name.text);
    unlink(half.text);
    status = copy(db, half.text, err);
    if (status == OK && rename(half.text, name.text) != 0)
        status = err_sys(err, errno, "%s", name.text);
    if (status != OK)
        unlink(half.text);
    str_release(&name);
    str_release(&half);
    return status;
}

static enum status apply(struct db *db, const struct migration *migration,
                         struct err *err)
{
    int64_t version, id;
    enum status status = OK;
    int rc = sqlite3_exec(db->handle, migration->sql, NULL, NULL, NULL);

    if (rc != SQLITE_OK)
        status = db_fail(db, rc, err);
    if (status == OK)
        status = stmt_number(stmt_use(db, Q_DB_USER_VERSION), &version, err);
    if (status == OK)
        status = stmt_number(stmt_use(db, Q_DB_APPLICATION_ID), &id, err);
    if (status == OK &&
        (version != migration->version || id != DB_APPLICATION_ID))
        status = err_set(err, ERR_CATALOGUE,
                         "it leaves application_id %lld and user_version %lld",
                         (long long)id, (long long)version);
    if (status != OK)
        return err_wrap(err, "migration %s", migration->name);
    return OK;
}

static enum status references(struct db *db, struct err *err)
{
    struct stmt *q = stmt_use(db, Q_DB_FOREIGN_KEY_CHECK);
    struct str table = STR_INIT;
    bool broken = stmt_next(q);
    enum status status;

    if (broken)
        str_add(&table, stmt_text(q, 0));
    status = stmt_end(q, err);
    if (status == OK && broken)
        status = err_set(err, ERR_CATALOGUE,
                         "%s: table %s refers to rows that are not there; it "
                         "was left as it was",
                         db->path, table.text);
    str_release(&table);
    return status;
}

/* Within the transaction. Another process may have been faster. */
static enum status migrate(struct db *db, const struct migration *list,
                           int count, struct err *err)
{
    int64_t version = 0;
    enum status status =
        stmt_number(stmt_use(db, Q_DB_USER_VERSION), &version, err);

    if (status == OK && version > 0 && version < count)
        status = keep_copy(db, (int)version, err);
    for (int i = (int)version; status == OK && i < count; i++)
        status = apply(db, &list[i], err);
    if (status == OK)
        status = references(db, err);
    return status;
}

enum status migrate_run(struct db *db, const struct migration *list, int count,
                        struct err *err)
{
    int64_t version;
    enum status status = db_begin(db, err);

    if (status != OK)
        return status;
    status = migrate(db, list, count, err);
    if (status == OK)
        status = db_commit(db, err);
    if (status != OK) {
        db_rollback(db);
        return status;
    }
    status = stmt_number(stmt_use(db, Q_DB_USER_VERSION), &version, err);
    if (status == OK)
        db->version = (int)version;
    return status;
}
