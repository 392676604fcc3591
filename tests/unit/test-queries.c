#include <config.h>

/*
 * Every query prepares on a fresh schema, and none walks through a whole table
 * unless its file says why in a line `-- scan: REASON`.
 */

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "base/str.h"
#include "store/queries.h"

#include "tap.h"

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql, const char *name)
{
    sqlite3_stmt *stmt = NULL;
    const char *rest = "";

    if (sqlite3_prepare_v2(db, sql, -1, &stmt, &rest) != SQLITE_OK)
        tap_note("%s: %s", name, sqlite3_errmsg(db));
    while (isspace((unsigned char)*rest) || *rest == ';')
        rest++;
    if (*rest != '\0') {
        tap_note("%s: more than one statement: %s", name, rest);
        sqlite3_finalize(stmt);
        return NULL;
    }
    return stmt;
}

/* The steps of the plan that walk through a whole table or index. */
static int scans(sqlite3 *db, const char *sql, const char *name)
{
    struct str text = STR_INIT;
    sqlite3_stmt *plan;
    int count = 0;

    str_addf(&text, "EXPLAIN QUERY PLAN %s", sql);
    plan = prepare(db, text.text, name);
    while (plan != NULL && sqlite3_step(plan) == SQLITE_ROW) {
        const char *step = (const char *)sqlite3_column_text(plan, 3);

        if (str_starts(step, "SCAN ") && strstr(step, "CONSTANT ROW") == NULL &&
            strstr(step, "VIRTUAL TABLE") == NULL) {
            tap_note("%s: %s", name, step);
            count++;
        }
    }
    sqlite3_finalize(plan);
    str_release(&text);
    return count;
}

static void test_query(sqlite3 *db, int i)
{
    const char *sql = query_texts[i], *name = query_names[i];
    sqlite3_stmt *stmt = prepare(db, sql, name);
    bool pragma = strstr(sql, "\nPRAGMA ") != NULL, meant, walks;
    int parameters = stmt ? sqlite3_bind_parameter_count(stmt) : 0;

    tap_ok(stmt != NULL, "%s is a statement", name);
    for (int p = 1; p <= parameters; p++) {
        const char *bind = sqlite3_bind_parameter_name(stmt, p);

        if (bind == NULL || bind[0] != ':')
            tap_ok(false, "%s: parameter %d has a name", name, p);
    }
    sqlite3_finalize(stmt);
    tap_ok(str_starts(sql, "-- "), "%s starts with a comment", name);
    if (pragma)
        return;
    meant = strstr(sql, "\n-- scan: ") != NULL;
    walks = scans(db, sql, name) > 0;
    tap_ok(walks == meant, "%s %s", name,
           meant ? "scans, as it says" : "searches by key");
}

int main(void)
{
    sqlite3 *db;

    if (sqlite3_open(":memory:", &db) != SQLITE_OK)
        return 1;
    tap_ok(migration_count >= 1, "there are migrations");
    for (int i = 0; i < migration_count; i++) {
        char *why = NULL;

        tap_int(migration_list[i].version, i + 1, "numbered without gaps");
        tap_int(sqlite3_exec(db, migration_list[i].sql, NULL, NULL, &why),
                SQLITE_OK, "%s", migration_list[i].name);
        sqlite3_free(why);
    }
    /* Names and texts come from two lists of the same files. */
    tap_str(query_names[Q_DB_COMMIT], "db-commit", "the enum fits the names");
    tap_ok(strstr(query_texts[Q_DB_COMMIT], "\nCOMMIT\n") != NULL,
           "and the texts");
    tap_int(scans(db, "SELECT count(*) FROM job_log WHERE text = 'x'", "(try)"),
            1, "a scan is noticed");
    for (int i = 0; i < Q_COUNT; i++)
        test_query(db, i);
    sqlite3_close(db);
    return tap_done();
}
