#ifndef BITGROVE_STORE_EXTENSION_H
#define BITGROVE_STORE_EXTENSION_H

/*
 * The module that another program loads into its SQLite: `.load bitgrove` in
 * sqlite3, load_extension() in Python. store/extension.c has the entry point
 * that SQLite looks for in bitgrove.so, and calls extension_install(), which
 * whoever links the module defines. All files of the module are compiled with
 * BG_EXTENSION: then they call the SQLite that loads them, not one of their
 * own (store/handle.h).
 */

#include "base/err.h"
#include "store/db.h"

/* Adds the functions to a connection; db is valid for the call alone. */
MUST_USE enum status extension_install(struct db *db, struct err *err);

#endif
