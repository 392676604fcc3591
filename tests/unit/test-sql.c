#include <config.h>

/*
 * Functions for SQL: their edges, near() beside a scan in C over all widths of
 * arguments, and a catalogue that changes under an open connection.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "base/rng.h"
#include "base/str.h"
#include "catbox.h"
#include "index/near.h"
#include "sql/sql.h"
#include "store/handle.h"

#include "tap.h"

static sqlite3 *handle;

/* All values of all rows, or "error: ...". */
static void run(struct str *out, const char *sql)
{
    sqlite3_stmt *q = NULL;
    int rc = sqlite3_prepare_v2(handle, sql, -1, &q, NULL);

    str_clear(out);
    while (rc == SQLITE_OK && (rc = sqlite3_step(q)) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(q); i++) {
            const char *text = (const char *)sqlite3_column_text(q, i);

            str_addf(out, "%s%s", out->length ? " " : "", text ? text : "NULL");
        }
        rc = SQLITE_OK;
    }
    if (rc != SQLITE_DONE) {
        str_clear(out);
        str_addf(out, "error: %s", sqlite3_errmsg(handle));
    }
    sqlite3_finalize(q);
}

static void gives(const char *sql, const char *want)
{
    struct str got = STR_INIT;

    run(&got, sql);
    tap_str(got.text, want, "%s", sql);
    str_release(&got);
}

static void complains(const char *sql, const char *part)
{
    struct str got = STR_INIT;

    run(&got, sql);
    tap_ok(strncmp(got.text, "error: ", 7) == 0 &&
               strstr(got.text, part) != NULL,
           "%s: %s", sql, got.text);
    str_release(&got);
}

static void test_scalars(void)
{
    gives("SELECT hamming(5, 6), hamming(0, 0), hamming(-1, 0)", "2 0 64");
    gives("SELECT hamming(NULL, 1), hamming(1, NULL), hamming(NULL, 'a')",
          "NULL NULL NULL");
    gives("SELECT hamming(-9223372036854775808, 0), popcount(-2)", "1 63");
    gives("SELECT popcount(0), popcount(255), popcount(NULL)", "0 8 NULL");
    complains("SELECT hamming('1', 2)", "argument 1 is text");
    complains("SELECT hamming(1, 2.0)", "argument 2 is real");
    complains("SELECT popcount(x'01')", "is blob");
    complains("SELECT hamming(1)", "wrong number of arguments");
    gives("SELECT code_text(6, 5), code_text(1, 1)", "01100 1");
    gives("SELECT code_text(-1, 64) = code_text(-1, 64) || ''", "1");
    gives("SELECT length(code_text(-1, 64)), code_text(NULL, 3)", "64 NULL");
    complains("SELECT code_text(8, 3)", "beyond 3");
    complains("SELECT code_text(-1, 63)", "beyond 63");
    complains("SELECT code_text(1, 0)", "0 bits");
    complains("SELECT code_text(1, 65)", "65 bits");
    gives("SELECT code_parse('01100'), code_parse('0110 0_1')", "6 38");
    gives("SELECT code_parse(NULL), code_parse(code_text(-5, 64))", "NULL -5");
    complains("SELECT code_parse('')", "no digits");
    complains("SELECT code_parse(' ')", "no digits");
    complains("SELECT code_parse('012')", "'2' at character 3");
    complains("SELECT code_parse(printf('%065d', 0))", "too many");
    complains("SELECT code_parse(110)", "is integer");
    complains("SELECT code_parse('01' || char(0) || '1')", "NUL");
}

static void test_arguments(const struct catbox *box)
{
    char sql[200];

    gives("SELECT count(*) FROM near(NULL, 1)", "10");
    gives("SELECT count(*) FROM near(NULL, 1, 0)", "0");
    gives("SELECT count(*) FROM near(NULL, NULL, 5)", "0");
    gives("SELECT count(*) FROM near(NULL, 1, 1000)", "60");
    gives("SELECT count(*), max(distance) FROM near(NULL, '10000', NULL, 0)",
          "54 0");
    gives("SELECT count(*) FROM near(NULL, 1) WHERE radius = 1", "60");
    gives("SELECT count(*) FROM near(NULL, 1, 100) WHERE pattern = '1***1'",
          "6");
    gives("SELECT count(*) FROM near(NULL) WHERE pattern = '1***1'", "6");
    gives("SELECT count(*), sum(split <> 'test') FROM near(NULL, 1, 100) "
          "WHERE in_split = 'test'",
          "20 0");
    gives("SELECT count(*) FROM near(NULL, 1, 100) "
          "WHERE in_split = 'test,train'",
          "60");
    snprintf(sql, sizeof(sql),
             "SELECT count(*), count(DISTINCT class) FROM near(NULL, 1, 100) "
             "WHERE in_class = %lld",
             (long long)box->classes[0]);
    gives(sql, "30 1");
    gives("SELECT count(*) FROM near(NULL, 1, 100) WHERE tag = 'none such'",
          "0");
    catbox_sql(box, "INSERT INTO tag VALUES (1, 'odd')");
    gives("SELECT id, distance FROM near(NULL, 1, 100) WHERE tag = 'odd'",
          "1 0");
    gives("SELECT count(*), sum(id = 1), min(distance) FROM near(NULL) "
          "WHERE k = 100 AND image = 1",
          "59 0 0");
    gives("SELECT count(*) FROM near(NULL) WHERE image = 99999", "0");
    gives("SELECT count(*) FROM near(NULL) WHERE image = NULL", "0");
    gives("SELECT a.id = b.id FROM near(NULL, 1, 1) a, near(NULL, a.code, 1) b",
          "1");
    complains("SELECT * FROM near()", "near what?");
    complains("SELECT * FROM near('nobody', 1)", "nobody");
    complains("SELECT * FROM near(0, 1)", "model 0");
    complains("SELECT * FROM near(-1, 1)", "near: ");
    complains("SELECT * FROM near(4711, 1)", "near: ");
    complains("SELECT * FROM near(1.5, 1)", "model is real");
    complains("SELECT * FROM near(NULL, 32)", "beyond the 5");
    complains("SELECT * FROM near(NULL, -1)", "beyond the 5");
    complains("SELECT * FROM near(NULL, 1.0)", "query is real");
    complains("SELECT * FROM near(NULL, '01')", "near: ");
    complains("SELECT * FROM near(NULL, 1, -1)", "k is -1");
    complains("SELECT * FROM near(NULL, 1, 'x')", "k is text");
    complains("SELECT * FROM near(NULL, 1, 1, 65)", "radius is 65");
    complains("SELECT * FROM near(NULL, 1, 1, 1, '1')", "pattern");
    complains("SELECT * FROM near(NULL, 1, 1, 1, 5)", "pattern is integer");
    complains("SELECT * FROM near(NULL, 1) WHERE in_split = 'no'", "no");
    complains("SELECT * FROM near(NULL, 1) WHERE in_class = 'no'", "no");
    complains("SELECT * FROM near(NULL, 1) WHERE in_class = 4711", "4711");
    complains("SELECT * FROM near(NULL, 1) WHERE image = 1", "one of them");
    complains("DELETE FROM near", "may not be modified");
}

/* ids, distances and margins of near() beside those of a scan in C. */
static bool agrees(const struct near_set *set, const struct near_query *query)
{
    struct str got = STR_INIT, want = STR_INIT, sql = STR_INIT,
               pattern = STR_INIT;
    struct near_answer answer = NEAR_ANSWER_INIT;
    struct err err;
    bool same;

    if (near_search(&answer, set, query, &err) != OK)
        return false;
    for (size_t i = 0; i < answer.count; i++)
        str_addf(&want, "%s%lld %d %d", i ? " " : "",
                 (long long)answer.items[i].id, answer.items[i].distance,
                 answer.items[i].margin);
    if (query->pattern != NULL)
        pattern_text(&pattern, query->pattern, CODE_PLAIN);
    str_addf(
        &sql, "SELECT id, distance, margin FROM near(1, %llu, %zu, %s%d%s%s%s)",
        (unsigned long long)query->code, query->k,
        query->radius < 0 ? "NULL + " : "", query->radius,
        query->pattern ? ", '" : "", pattern.text, query->pattern ? "'" : "");
    run(&got, sql.text);
    same = strcmp(got.text, want.text) == 0;
    if (!same)
        tap_note("%s: %s, not %s", sql.text, got.text, want.text);
    str_release(&got);
    str_release(&want);
    str_release(&sql);
    str_release(&pattern);
    near_answer_release(&answer);
    return same;
}

static void test_naive(struct catbox *box)
{
    struct image_codes codes;
    struct near_set set = NEAR_SET_INIT;
    struct err err;
    struct rng rng;
    int wrong = 0;

    rng_init(&rng, 7, 0);
    catbox_sql(box, "UPDATE image_code SET code = (image_id * 7919) % 32, "
                    "margins = randomblob(5)");
    catbox_must(image_codes_load(box->cat, box->model, &codes, &err), &err);
    set.count = (size_t)codes.n;
    set.bits = codes.bits;
    set.ids = codes.ids;
    set.codes = codes.codes;
    set.margins = codes.margins;
    for (int i = 0; i < 300; i++) {
        struct near_query query;
        struct pattern pattern;

        near_query_init(&query, rng_below(&rng, 32), 1 + rng_below(&rng, 70));
        query.radius = (int)rng_below(&rng, 7) - 1;
        pattern.bits = 5;
        pattern.fixed = rng_below(&rng, 32);
        pattern.value = rng_below(&rng, 32) & pattern.fixed;
        if (i % 2)
            query.pattern = &pattern;
        wrong += !agrees(&set, &query);
    }
    tap_int(wrong, 0, "near() as a scan does");
    image_codes_release(&codes);
}

static void test_changes(struct catbox *box)
{
    struct err err;
    int64_t first = INT64_MIN;
    bool more = true;
    static const char ask[] = "SELECT id FROM near(1, 31, 3, 0)";

    catbox_sql(box, "UPDATE image_code SET code = 0");
    gives(ask, "");
    catbox_sql(box, "UPDATE image_code SET code = 31 WHERE image_id = 1");
    gives(ask, "1");
    catbox_must(catalogue_begin(box->cat, &err), &err);
    catbox_must(image_codes_pack(box->cat, box->model, 10, &first, &more, &err),
                &err);
    catbox_must(catalogue_commit(box->cat, &err), &err);
    gives(ask, "1");
    gives(ask, "1");
    catbox_sql(box, "UPDATE image_code SET code = 31 WHERE image_id = "
                    "(SELECT max(image_id) FROM image_code)");
    gives("SELECT count(*) FROM near(1, 31, 3, 0)", "2");
    gives("SELECT max(class) = 'renamed' FROM near(1, 31)", "0");
    catbox_sql(box, "UPDATE class SET name = 'renamed'");
    gives("SELECT max(class) = 'renamed' FROM near(1, 31)", "1");

    /* Changes of its own that are undone. */
    gives("BEGIN", "");
    gives("UPDATE image_code SET code = 31; ", "");
    gives("DELETE FROM code_block", "");
    gives("SELECT count(*) FROM near(1, 31, 100, 0)", "60");
    gives("ROLLBACK", "");
    gives("SELECT count(*) FROM near(1, 31, 100, 0)", "2");
    catbox_sql(box, "DELETE FROM code_block; DELETE FROM image_code");
    gives("SELECT count(*) FROM near(1, 31, 100)", "0");
    catbox_sql(box, "PRAGMA user_version = 99");
    complains("SELECT count(*) FROM near(1, 31, 100)", "version 99");
}

int main(void)
{
    struct catbox box;
    struct err err;

    catbox_new(&box);
    catbox_fill(&box, 30);
    catbox_learn(&box);
    handle = catalogue_db(box.cat)->handle;
    tap_int(sql_install(catalogue_db(box.cat), &err), OK, "installed");
    test_scalars();
    test_arguments(&box);
    test_naive(&box);
    test_changes(&box);
    catbox_free(&box);
    return tap_done();
}
