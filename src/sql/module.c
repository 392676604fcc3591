#include <config.h>

#include "sql/sql.h"
#include "store/extension.h"

enum status extension_install(struct db *db, struct err *err)
{
    return sql_install(db, err);
}
