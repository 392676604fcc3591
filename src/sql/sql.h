#ifndef BITGROVE_SQL_SQL_H
#define BITGROVE_SQL_SQL_H

/*
 * Codes in SQL, described in bitgrove-catalogue(5): the functions hamming(),
 * popcount(), code_text() and code_parse(), and near(), which answers with the
 * neighbours of a code. Used by the front end and, as a module, by whoever
 * loads bitgrove.so (store/extension.h).
 */

#include "base/err.h"
#include "store/db.h"

/* Adds them to a connection, in its thread. */
MUST_USE enum status sql_install(struct db *db, struct err *err);

#endif
