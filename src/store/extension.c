#include <config.h>

#include "store/extension.h"

#include "store/function.h"
#include "store/handle.h"

SQLITE_EXTENSION_INIT1

#define OLDEST 3037000 /* sqlite3_changes64() and total_changes64() */

int sqlite3_bitgrove_init(sqlite3 *handle, char **error,
                          const sqlite3_api_routines *api)
    __attribute__((visibility("default")));

int sqlite3_bitgrove_init(sqlite3 *handle, char **error,
                          const sqlite3_api_routines *api)
{
    char name[] = "";
    struct db host = {.handle = handle, .mode = DB_READ, .path = name};
    struct err err = {OK, ""};
    struct db *db;

    SQLITE_EXTENSION_INIT2(api);
    if (sqlite3_libversion_number() < OLDEST) {
        *error = sqlite3_mprintf("bitgrove wants SQLite 3.37 or newer, this "
                                 "is %s",
                                 sqlite3_libversion());
        return SQLITE_ERROR;
    }
    db = db_twin(&host);
    if (extension_install(db, &err) != OK)
        *error = sqlite3_mprintf("%s", err.text);
    db_twin_free(db);
    return err.status == OK ? SQLITE_OK : SQLITE_ERROR;
}
