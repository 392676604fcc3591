#ifndef BITGROVE_STORE_HANDLE_H
#define BITGROVE_STORE_HANDLE_H

/* What the files of this room share: the connection itself. */

#include <sys/types.h>

/* In the module of store/extension.h, calls go to the SQLite that loads it. */
#ifdef BG_EXTENSION
#include <sqlite3ext.h>
SQLITE_EXTENSION_INIT3
#else
#include <sqlite3.h>
#endif

#include "store/db.h"
#include "store/function.h"
#include "store/queries.h"

struct stmt;

struct db {
    sqlite3 *handle;
    char *path; /* absolute */
    dev_t device;
    ino_t inode; /* of the file that was opened */
    enum db_mode mode;
    int version; /* user_version */
    struct stmt *stmts[Q_COUNT];
};

/*
 * Fills *err from a result code of SQLite and the connection's own message:
 * who holds the lock, what is damaged, what is full.
 */
enum status db_fail(struct db *db, int rc, struct err *err);

/* The type that SQLite names by a number, SQLITE_INTEGER and its kin. */
enum db_type handle_type(int sqlite);

/* Finalizes every cached statement. */
void stmt_forget_all(struct db *db);

#endif
