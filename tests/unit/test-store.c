#include <config.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/clock.h"
#include "base/mem.h"
#include "store/db.h"
#include "store/migrate.h"
#include "store/stmt.h"

#include "tap.h"

static char dir[] = "/tmp/bitgrove-store-XXXXXX";
static char path[256];

static const char *in_dir(const char *name)
{
    snprintf(path, sizeof(path), "%s/%s", dir, name);
    return path;
}

static void empty_dir(void)
{
    char name[600];
    struct dirent *entry;
    DIR *d = opendir(dir);

    while ((entry = readdir(d)) != NULL) {
        snprintf(name, sizeof(name), "%s/%s", dir, entry->d_name);
        if (entry->d_name[0] != '.')
            unlink(name);
    }
    closedir(d);
}

static void write_file(const char *name, const void *bytes, size_t size)
{
    FILE *f = fopen(name, "wb");

    if (f == NULL || fwrite(bytes, 1, size, f) != size || fclose(f) != 0)
        perror(name);
}

static char *read_file(const char *name, size_t *size)
{
    FILE *f = fopen(name, "rb");
    struct stat st;
    char *bytes;

    if (f == NULL || fstat(fileno(f), &st) != 0)
        return NULL;
    bytes = mem_alloc((size_t)st.st_size + 1);
    *size = fread(bytes, 1, (size_t)st.st_size, f);
    fclose(f);
    return bytes;
}

/* SQL of the test's own, through a connection that is not ours. */
static void foreign(const char *name, const char *sql)
{
    sqlite3 *handle;

    if (sqlite3_open(name, &handle) != SQLITE_OK ||
        sqlite3_exec(handle, sql, NULL, NULL, NULL) != SQLITE_OK)
        printf("# %s: %s\n", name, sqlite3_errmsg(handle));
    sqlite3_close(handle);
}

static void refused(const char *name, enum db_mode mode, enum status want,
                    const char *part)
{
    struct db *db = NULL;
    struct err err = {OK, ""};

    tap_int(db_open(&db, name, mode, &err), want, "refused: %s", part);
    tap_ok(strstr(err.text, part) != NULL, "says: %s", err.text);
    tap_ok(db == NULL, "out is untouched");
    db_close(db);
}

static void test_open(void)
{
    struct db *db, *second;
    struct err err;
    int64_t before;

    in_dir("new?#%.bg");
    refused(path, DB_READ, ERR_CATALOGUE, "no such catalogue");
    refused(path, DB_WRITE, ERR_CATALOGUE, "no such catalogue");
    tap_int(db_open(&db, path, DB_CREATE, &err), OK, "made");
    tap_str(db_path(db), path, "its path");
    tap_int(db_schema_version(db), db_newest_version(), "is the newest");
    tap_int(db_open(&second, path, DB_READ, &err), OK, "read beside it");
    before = db_data_version(second);
    tap_int(db_data_version(second), before, "nothing has changed");

    tap_int(db_begin(db, &err), OK, "begin");
    tap_ok(db_in_transaction(db), "in a transaction");
    tap_int(db_commit(db, &err), OK, "commit");
    db_rollback(db);
    tap_ok(!db_in_transaction(db), "rollback outside does nothing");
    db_close(second);

    tap_int(db_open(&second, path, DB_CREATE, &err), OK, "made again: opened");
    db_set_patience(second, 20);
    tap_int(db_begin(db, &err), OK, "one writes");
    tap_int(db_begin(second, &err), ERR_BUSY, "the other waits, then is told");
    tap_ok(strstr(err.text, "try again") != NULL, "and how: %s", err.text);
    db_rollback(db);
    tap_int(db_begin(second, &err), OK, "free again");
    db_rollback(second);
    db_close(second);
    db_close(db);
    db_close(NULL);
}

static void test_refusals(void)
{
    static char noise[8192];
    size_t size;
    char *bytes;
    struct db *db;
    struct err err;

    refused("", DB_READ, ERR_BAD_INPUT, "empty");
    refused(dir, DB_READ, ERR_BAD_INPUT, "is a directory");
    refused("/dev/null", DB_READ, ERR_CATALOGUE, "not a regular file");
    refused("/nowhere/at/all", DB_CREATE, ERR_CATALOGUE, "No such file");

    write_file(in_dir("empty"), "", 0);
    refused(path, DB_WRITE, ERR_CATALOGUE, "it is empty");

    for (size_t i = 0; i < sizeof(noise); i++)
        noise[i] = (char)(i * 7 + 1);
    write_file(in_dir("noise"), noise, sizeof(noise));
    refused(path, DB_READ, ERR_CATALOGUE, "no SQLite database");
    refused(path, DB_CREATE, ERR_CATALOGUE, "no SQLite database");
    bytes = read_file(path, &size);
    tap_ok(size == sizeof(noise) && memcmp(bytes, noise, size) == 0,
           "and it is as it was");
    free(bytes);

    foreign(in_dir("other"), "CREATE TABLE t (x)");
    refused(path, DB_CREATE, ERR_CATALOGUE, "another program's");
    refused(path, DB_READ, ERR_CATALOGUE, "another program's");

    tap_int(db_open(&db, in_dir("newer"), DB_CREATE, &err), OK, "made");
    db_close(db);
    foreign(path, "PRAGMA user_version = 99");
    refused(path, DB_READ, ERR_CATALOGUE, "version 99");
    refused(path, DB_WRITE, ERR_CATALOGUE, "use a newer bitgrove");

    tap_int(db_open(&db, in_dir("cut"), DB_CREATE, &err), OK, "made");
    db_close(db);
    tap_int(truncate(path, 8192), 0, "and cut");
    refused(path, DB_READ, ERR_CATALOGUE, "damaged");
    refused(path, DB_WRITE, ERR_CATALOGUE, "damaged");

    tap_int(db_open(&db, in_dir("partial"), DB_CREATE, &err), OK, "made");
    db_close(db);
    foreign(path, "DROP TABLE job_log");
    tap_int(db_open(&db, path, DB_WRITE, &err), OK, "a table short");
    tap_int(db_begin(db, &err), OK, "what does not need it works");
    db_close(db);
    if (geteuid() != 0) {
        chmod(path, 0);
        refused(path, DB_READ, ERR_CATALOGUE, "can't be read");
        chmod(path, 0444);
        refused(path, DB_WRITE, ERR_IO, "can't be written");
    }
}

static const struct migration history[] = {
    {1, "0001-one",
     "CREATE TABLE a (x INTEGER PRIMARY KEY);"
     "INSERT INTO a VALUES (7);"
     "PRAGMA application_id = 1114063713; PRAGMA user_version = 1;"},
    {2, "0002-two",
     "CREATE TABLE b (y); INSERT INTO b SELECT x * 2 FROM a; DROP TABLE a;"
     "PRAGMA user_version = 2;"},
    {3, "0003-broken",
     "DROP TABLE b; CREATE TABLE c (z); INSERT INTO nowhere VALUES (1);"
     "PRAGMA user_version = 3;"},
};

/* The first column of the first row, -1 without one, -2 for an error. */
static long long ask(const char *name, const char *sql)
{
    sqlite3 *handle;
    sqlite3_stmt *stmt = NULL;
    long long value = -2;

    if (sqlite3_open(name, &handle) == SQLITE_OK &&
        sqlite3_prepare_v2(handle, sql, -1, &stmt, NULL) == SQLITE_OK)
        value = sqlite3_step(stmt) == SQLITE_ROW ? sqlite3_column_int64(stmt, 0)
                                                 : -1;
    sqlite3_finalize(stmt);
    sqlite3_close(handle);
    return value;
}

static void test_migrate(void)
{
    struct db *db, *reader;
    struct err err;
    char old[256], name[300];

    snprintf(old, sizeof(old), "%s", in_dir("old.bg"));
    tap_int(db_open_with(&db, old, DB_CREATE, history, 1, &err), OK, "v1");
    tap_int(db_schema_version(db), 1, "is version 1");
    snprintf(name, sizeof(name), "%s.v0.bak", old);
    tap_ok(access(name, F_OK) != 0, "a new file leaves no copy");
    db_close(db);

    tap_int(db_open_with(&db, old, DB_READ, history, 2, &err), ERR_CATALOGUE,
            "reading does not migrate");
    tap_ok(strstr(err.text, "bring it up to date") != NULL, "%s", err.text);

    /* Somebody reads, and the log has pages that are not in the file yet. */
    tap_int(db_open_with(&reader, old, DB_READ, history, 1, &err), OK, "reads");
    foreign(old, "INSERT INTO a VALUES (8)");
    tap_int(db_open_with(&db, old, DB_WRITE, history, 2, &err), OK, "v2");
    tap_int(db_schema_version(db), 2, "is version 2");
    db_close(db);
    db_close(reader);
    tap_int(ask(old, "SELECT sum(y) FROM b"), 30, "its content came along");
    snprintf(name, sizeof(name), "%s.v1.bak", old);
    tap_int(ask(name, "SELECT sum(x) FROM a"), 15, "the copy is the old one");
    tap_int(ask(name, "PRAGMA user_version"), 1, "of version 1");
    snprintf(name, sizeof(name), "%s.v1.bak.tmp", old);
    tap_ok(access(name, F_OK) != 0, "no half copy is left");

    tap_int(db_open_with(&db, old, DB_WRITE, history, 3, &err), ERR_CATALOGUE,
            "a migration that fails");
    tap_ok(strstr(err.text, "0003-broken") != NULL, "is named: %s", err.text);
    tap_int(ask(old, "SELECT sum(y) FROM b"), 30, "leaves everything");
    tap_int(ask(old, "PRAGMA user_version"), 2, "as it was");
    tap_int(ask(old, "SELECT count(*) FROM c"), -2, "without a trace");
    snprintf(name, sizeof(name), "%s.v2.bak", old);
    tap_int(ask(name, "SELECT sum(y) FROM b"), 30, "and a copy was kept");
}

/* Runs a case as somebody who may not write to the directory. */
static void as_reader(void (*run)(void))
{
    pid_t pid;
    int status = 1;

    fflush(stdout);
    chmod(dir, 0555);
    pid = fork();
    if (pid == 0) {
        if (geteuid() == 0 && setuid(65534) != 0)
            _exit(2);
        run();
        _exit(3);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        perror("fork");
    chmod(dir, 0755);
    tap_ok(WIFEXITED(status) && WEXITSTATUS(status) == 0,
           "all of that without write access");
}

/* TAP of the child would be counted twice: it only says what went wrong. */
static void expect(bool pass, const char *what)
{
    if (!pass) {
        printf("# reader: %s\n", what);
        fflush(stdout);
        _exit(1);
    }
}

static void read_frozen(void)
{
    struct db *db;
    struct err err = {OK, "opened"};
    struct stmt *q;

    expect(db_open(&db, in_dir("frozen"), DB_READ, &err) == OK, err.text);
    q = stmt_use(db, Q_DB_SCHEMA_SIZE);
    expect(stmt_next(q) && stmt_int(q, 0) > 10, "reads the schema");
    expect(stmt_end(q, &err) == OK, err.text);
    db_close(db);
    expect(db_open(&db, in_dir("fresh"), DB_CREATE, &err) == ERR_IO, "new");
    expect(strstr(err.text, "fresh can't be made: Permission") != NULL,
           err.text);
    in_dir("frozen");
    expect(db_open(&db, path, DB_WRITE, &err) == ERR_IO, "not to write");
    expect(strstr(err.text, "can't be written") != NULL, err.text);
    expect(db_open(&db, in_dir("torn"), DB_READ, &err) == ERR_CATALOGUE,
           "a log that can't be merged");
    expect(strstr(err.text, "torn-wal holds changes") != NULL, err.text);
    expect(db_open(&db, in_dir("live"), DB_READ, &err) == OK, err.text);
    q = stmt_use(db, Q_DB_SCHEMA_SIZE);
    expect(stmt_next(q) && stmt_int(q, 0) > 10, "reads beside a writer");
    expect(stmt_end(q, &err) == OK, err.text);
    db_close(db);
    _exit(0);
}

static void copy_file(const char *from, const char *to)
{
    char name[300], other[300], *bytes;
    size_t size = 0;

    snprintf(name, sizeof(name), "%s/%s", dir, from);
    snprintf(other, sizeof(other), "%s/%s", dir, to);
    bytes = read_file(name, &size);
    write_file(other, bytes, size);
    free(bytes);
}

static void test_read_only(void)
{
    struct db *db, *live;
    struct err err;

    tap_int(db_open(&db, in_dir("frozen"), DB_CREATE, &err), OK, "made");
    db_close(db);
    tap_int(db_open(&live, in_dir("live"), DB_CREATE, &err), OK, "in use");
    copy_file("live", "torn");
    copy_file("live-wal", "torn-wal");
    as_reader(read_frozen);
    db_close(live);
}

static void test_statements(void)
{
    struct db *db;
    struct stmt *q;
    struct err err;
    size_t size;

    tap_int(db_open(&db, in_dir("stmt"), DB_CREATE, &err), OK, "made");
    q = stmt_use(db, Q_DB_SCHEMA_SIZE);
    tap_ok(stmt_next(q), "a row");
    tap_ok(stmt_int(q, 0) > 10, "with a number");
    tap_ok(!stmt_is_null(q, 0), "that is not null");
    tap_ok(stmt_blob(q, 0, &size) != NULL && size > 0, "as bytes");
    tap_ok(!stmt_next(q), "no second row");
    tap_ok(!stmt_next(q), "nor does asking again start over");
    tap_int(stmt_end(q, &err), OK, "end");
    q = stmt_use(db, Q_DB_SCHEMA_SIZE);
    tap_ok(stmt_next(q), "used again");
    tap_int(stmt_end(q, &err), OK, "ended before its last row");
    tap_str(stmt_name(Q_DB_SCHEMA_SIZE), "db-schema-size", "its name");
    tap_ok(strstr(stmt_sql(Q_DB_SCHEMA_SIZE), "sqlite_schema") != NULL,
           "its text");

    tap_int(db_begin(db, &err), OK, "begin");
    tap_int(db_begin(db, &err), ERR_CATALOGUE, "transactions do not nest");
    tap_ok(db_in_transaction(db), "and the first one stands");
    db_rollback(db);
    db_close(db);
}

static void test_integrity(void)
{
    struct db *db;
    struct err err;
    struct str report = STR_INIT;
    bool sound = false;
    char name[256], *bytes;
    size_t size = 0;
    long long page;

    snprintf(name, sizeof(name), "%s", in_dir("sound"));
    tap_int(db_open(&db, name, DB_CREATE, &err), OK, "made");
    tap_int(db_integrity(db, &report, &sound, &err), OK, "looked at");
    tap_ok(sound && report.length == 0, "a new one is sound");
    db_close(db);

    foreign(name, "INSERT INTO class VALUES (1, 99, 0, 'a', '', '')");
    tap_int(db_open(&db, name, DB_READ, &err), OK, "opened");
    tap_int(db_integrity(db, &report, &sound, &err), OK, "looked at");
    tap_ok(!sound, "a class of no data set is seen");
    tap_ok(strstr(report.text, "table class") != NULL, "and named");
    db_close(db);

    bytes = read_file(name, &size);
    page = ask(name, "SELECT rootpage FROM sqlite_schema "
                     "WHERE name = 'job_log'");
    memset(bytes + (page - 1) * 4096, 0x5a, 4096);
    write_file(name, bytes, size);
    free(bytes);
    str_clear(&report);
    sound = true;
    tap_int(db_open(&db, name, DB_READ, &err), OK, "opened with a bad page");
    tap_int(db_integrity(db, &report, &sound, &err), OK, "looked at");
    tap_ok(!sound && report.length > 0, "a bad page is seen");
    db_close(db);
    str_release(&report);
}

/* Four processes make the same catalogue at one moment. */
static void test_made_at_once(void)
{
    for (int round = 0; round < 5; round++) {
        int bad = 0, status;

        snprintf(path, sizeof(path), "%s/at-once-%d", dir, round);
        fflush(stdout);
        for (int i = 0; i < 4; i++) {
            if (fork() == 0) {
                struct db *db;
                struct err err;

                if (db_open(&db, path, DB_CREATE, &err) == OK &&
                    db_schema_version(db) == db_newest_version() &&
                    db_begin(db, &err) == OK && db_commit(db, &err) == OK)
                    _exit(0);
                fprintf(stderr, "# %s\n", err.text);
                _exit(1);
            }
        }
        while (wait(&status) > 0)
            bad += !WIFEXITED(status) || WEXITSTATUS(status) != 0;
        tap_int(bad, 0, "made by four at once");
        tap_int(ask(path, "SELECT count(*) FROM dataset"), 0, "and whole");
    }
}

int main(void)
{
    umask(022);
    if (mkdtemp(dir) == NULL)
        tap_skip_all("no temporary directory");
    test_open();
    test_refusals();
    test_migrate();
    test_read_only();
    test_made_at_once();
    test_statements();
    test_integrity();
    empty_dir();
    rmdir(dir);
    return tap_done();
}
