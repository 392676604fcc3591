#ifndef BITGROVE_SQL_NEARFUNC_H
#define BITGROVE_SQL_NEARFUNC_H

/* The table-valued function near(). */

#include "base/err.h"
#include "store/db.h"

MUST_USE enum status nearfunc_install(struct db *db, struct err *err);

#endif
