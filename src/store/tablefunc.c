#include <config.h>

/*
 * Functions of rows (store/function.h) as virtual tables of SQLite that exist
 * without being made.
 */

#include "store/function.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/str.h"
#include "store/handle.h"

struct module {
    const struct db_table_function *function;
    void *context;
};

struct table {
    sqlite3_vtab base; /* first */
    const struct module *module;
};

struct cursor {
    sqlite3_vtab_cursor base; /* first */
    void *rows;
    size_t count, row;
};

static const struct db_table_function *function_of(sqlite3_vtab *base)
{
    return ((const struct table *)base)->module->function;
}

static int connect(sqlite3 *handle, void *context, int argc,
                   const char *const *argv, sqlite3_vtab **out, char **error)
{
    const struct module *module = context;
    struct str text = STR_INIT;
    struct table *table;
    int rc;

    (void)argc;
    (void)argv;
    (void)error;
    str_addf(&text, "CREATE TABLE x (%s)", module->function->columns);
    rc = sqlite3_declare_vtab(handle, text.text);
    str_release(&text);
    if (rc != SQLITE_OK)
        return rc;
    sqlite3_vtab_config(handle, SQLITE_VTAB_INNOCUOUS);
    table = mem_zalloc(1, sizeof(*table));
    table->module = module;
    *out = &table->base;
    return SQLITE_OK;
}

static int disconnect(sqlite3_vtab *base)
{
    free(base);
    return SQLITE_OK;
}

/* Whether the rows come as ORDER BY asks for them. */
static bool in_order(const struct db_table_function *function,
                     const sqlite3_index_info *info)
{
    for (int i = 0; i < info->nOrderBy; i++) {
        if (i >= 4 || function->order[i] < 0 ||
            info->aOrderBy[i].iColumn != function->order[i] ||
            info->aOrderBy[i].desc)
            return false;
    }
    return info->nOrderBy > 0;
}

/* idxNum: a bit for each argument given, whose values follow in that order. */
static int best_index(sqlite3_vtab *base, sqlite3_index_info *info)
{
    const struct db_table_function *function = function_of(base);
    int at[DB_ARGUMENTS_MAX], given = 0;

    for (int i = 0; i < function->arguments; i++)
        at[i] = -1;
    for (int i = 0; i < info->nConstraint; i++) {
        int argument = info->aConstraint[i].iColumn - function->visible;

        if (argument < 0 || argument >= function->arguments ||
            info->aConstraint[i].op != SQLITE_INDEX_CONSTRAINT_EQ)
            continue;
        /* An argument that comes from a table further in: another order. */
        if (!info->aConstraint[i].usable)
            return SQLITE_CONSTRAINT;
        at[argument] = i;
    }
    info->idxNum = 0;
    for (int i = 0; i < function->arguments; i++) {
        if (at[i] < 0)
            continue;
        info->idxNum |= 1 << i;
        info->aConstraintUsage[at[i]].argvIndex = ++given;
        info->aConstraintUsage[at[i]].omit = 1;
    }
    info->estimatedCost = 100;
    info->estimatedRows = 100;
    info->orderByConsumed = in_order(function, info);
    return SQLITE_OK;
}

static int open_cursor(sqlite3_vtab *base, sqlite3_vtab_cursor **out)
{
    struct cursor *cursor = mem_zalloc(1, sizeof(*cursor));

    (void)base;
    *out = &cursor->base;
    return SQLITE_OK;
}

static void forget_rows(struct cursor *cursor)
{
    if (cursor->rows != NULL)
        function_of(cursor->base.pVtab)->done(cursor->rows);
    cursor->rows = NULL;
    cursor->count = cursor->row = 0;
}

static int close_cursor(sqlite3_vtab_cursor *base)
{
    forget_rows((struct cursor *)base);
    free(base);
    return SQLITE_OK;
}

static int filter(sqlite3_vtab_cursor *base, int given, const char *unused,
                  int argc, sqlite3_value **argv)
{
    const struct module *module = ((struct table *)base->pVtab)->module;
    struct cursor *cursor = (struct cursor *)base;
    struct db_value *args[DB_ARGUMENTS_MAX] = {NULL};
    struct err err = {OK, ""};
    int next = 0;

    (void)unused;
    forget_rows(cursor);
    for (int i = 0; i < module->function->arguments; i++) {
        if (given >> i & 1 && next < argc)
            args[i] = (struct db_value *)(void *)argv[next++];
    }
    if (module->function->answer(module->context, args, &cursor->rows,
                                 &cursor->count, &err) == OK)
        return SQLITE_OK;
    sqlite3_free(base->pVtab->zErrMsg);
    base->pVtab->zErrMsg =
        sqlite3_mprintf("%s: %s", module->function->name, err.text);
    return err.status == ERR_NOMEM  ? SQLITE_NOMEM
           : err.status == ERR_BUSY ? SQLITE_BUSY
                                    : SQLITE_ERROR;
}

static int next_row(sqlite3_vtab_cursor *base)
{
    ((struct cursor *)base)->row++;
    return SQLITE_OK;
}

static int at_end(sqlite3_vtab_cursor *base)
{
    const struct cursor *cursor = (const struct cursor *)base;

    return cursor->row >= cursor->count;
}

static int get_column(sqlite3_vtab_cursor *base, sqlite3_context *context,
                      int column)
{
    const struct cursor *cursor = (const struct cursor *)base;
    const struct db_table_function *function = function_of(base->pVtab);

    if (column < function->visible)
        function->column(cursor->rows, cursor->row, column,
                         (struct db_result *)(void *)context);
    return SQLITE_OK;
}

static int get_rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *out)
{
    *out = (sqlite3_int64)((const struct cursor *)base)->row + 1;
    return SQLITE_OK;
}

static void free_module(void *data)
{
    struct module *module = data;

    module->function->release(module->context);
    free(module);
}

enum status db_add_table_function(struct db *db,
                                  const struct db_table_function *function,
                                  void *context, struct err *err)
{
    static const sqlite3_module methods = {.xConnect = connect,
                                           .xBestIndex = best_index,
                                           .xDisconnect = disconnect,
                                           .xOpen = open_cursor,
                                           .xClose = close_cursor,
                                           .xFilter = filter,
                                           .xNext = next_row,
                                           .xEof = at_end,
                                           .xColumn = get_column,
                                           .xRowid = get_rowid};
    struct module *module = mem_zalloc(1, sizeof(*module));
    int rc;

    module->function = function;
    module->context = context;
    rc = sqlite3_create_module_v2(db->handle, function->name, &methods, module,
                                  free_module);
    return rc == SQLITE_OK ? OK : db_fail(db, rc, err);
}
