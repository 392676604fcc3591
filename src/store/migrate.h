#ifndef BITGROVE_STORE_MIGRATE_H
#define BITGROVE_STORE_MIGRATE_H

/*
 * Migrations: a file of SQL statements each, numbered from 1 without gaps.
 * Each sets user_version to its number, the first application_id as well.
 */

#include "store/db.h"
#include "store/queries.h" /* generated: struct migration, migration_list */

/*
 * Brings a connection to the newest of `count` migrations, in one transaction:
 * all or none. A file that holds an older version is copied to PATH.vN.bak
 * first; what is there under that name is replaced once the copy is whole.
 */
enum status migrate_run(struct db *db, const struct migration *list, int count,
                        struct err *err) MUST_USE;

/* db_open() with another list of migrations. */
enum status db_open_with(struct db **out, const char *path, enum db_mode mode,
                         const struct migration *list, int count,
                         struct err *err) MUST_USE;

#endif
