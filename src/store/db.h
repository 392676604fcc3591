#ifndef BITGROVE_STORE_DB_H
#define BITGROVE_STORE_DB_H

/*
 * A connection to a catalogue file: SQLite in WAL mode, foreign keys on, a
 * busy timeout, application_id "BgCa" and user_version = the number of the
 * newest migration. The only room that knows SQLite.
 *
 * Opening refuses a file that is no catalogue, and one whose user_version is
 * newer than this program's, with ERR_CATALOGUE. An older one is first copied
 * to PATH.vN.bak (N its version; the online backup API) and then migrated in
 * one transaction, unless mode is DB_READ, which asks to run another command.
 *
 * A connection belongs to one thread at a time.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct db;

enum db_mode {
    DB_READ,  /* never writes, not even a migration */
    DB_WRITE, /* must exist */
    DB_CREATE /* made when it does not exist */
};

#define DB_BUSY_MS 5000

/* "BgCa", at byte 68 of the file. */
#define DB_APPLICATION_ID 0x42674361

enum status db_open(struct db **out, const char *path, enum db_mode mode,
                    struct err *err) MUST_USE;
void db_close(struct db *db); /* NULL is fine */

/* How long a write waits for another writer before ERR_BUSY; DB_BUSY_MS. */
void db_set_patience(struct db *db, int milliseconds);

/* A write transaction (BEGIN IMMEDIATE); they do not nest. */
enum status db_begin(struct db *db, struct err *err) MUST_USE;
enum status db_commit(struct db *db, struct err *err) MUST_USE;
void db_rollback(struct db *db); /* does nothing outside a transaction */
/* Until the rollback all that is read is of one moment, and takes no locks
 * of its own, which would cost more than a small query. */
enum status db_snapshot(struct db *db, struct err *err) MUST_USE;
bool db_in_transaction(const struct db *db);

/* A number that changes when another connection has committed. */
int64_t db_data_version(struct db *db);

int64_t db_last_id(const struct db *db);      /* of the last INSERT */
int64_t db_changed_rows(const struct db *db); /* by the last statement */
/* ERR_CATALOGUE once the file was removed, or another stands in its place. */
enum status db_in_place(const struct db *db, struct err *err) MUST_USE;
const char *db_path(const struct db *db); /* borrowed, until db_close() */
int db_schema_version(const struct db *db);
int db_newest_version(void);

/* Bytes a row may take, its other columns included. */
size_t db_row_limit(const struct db *db);

/*
 * PRAGMA integrity_check and foreign_key_check; appends one line a finding to
 * *report. OK means that it could look; *sound says what it saw.
 */
enum status db_integrity(struct db *db, struct str *report, bool *sound,
                         struct err *err) MUST_USE;

#endif
