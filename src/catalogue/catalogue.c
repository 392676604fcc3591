#include <config.h>

#include "catalogue/catalogue.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/str.h"
#include "catalogue/tally.h"
#include "store/stmt.h"

struct catalogue {
    struct db *db;
    int64_t seen; /* the data version that catalogue_changed() saw last */
    struct tally tally;
};

enum status catalogue_open(struct catalogue **out, const char *path,
                           enum db_mode mode, struct err *err)
{
    struct db *db;
    enum status status = db_open(&db, path, mode, err);

    if (status != OK)
        return status;
    *out = mem_zalloc(1, sizeof(**out));
    (*out)->db = db;
    (*out)->seen = db_data_version(db);
    return OK;
}

void catalogue_close(struct catalogue *cat)
{
    if (cat == NULL)
        return;
    tally_forget(&cat->tally);
    db_close(cat->db);
    free(cat);
}

struct catalogue *catalogue_over(struct db *db)
{
    struct catalogue *cat = mem_zalloc(1, sizeof(*cat));

    cat->db = db;
    return cat;
}

void catalogue_leave(struct catalogue *cat)
{
    tally_forget(&cat->tally);
    free(cat);
}

static int64_t first_number(struct catalogue *cat, enum query query)
{
    struct err ignored;
    int64_t value;

    return stmt_number(stmt_use(cat->db, query), &value, &ignored) == OK ? value
                                                                         : 0;
}

enum status catalogue_known(struct catalogue *cat, struct err *err)
{
    int64_t version = first_number(cat, Q_DB_USER_VERSION);

    if (first_number(cat, Q_DB_APPLICATION_ID) != DB_APPLICATION_ID)
        return err_set(err, ERR_CATALOGUE,
                       "the database is not a catalogue of bitgrove");
    if (version != db_newest_version())
        return err_set(err, ERR_CATALOGUE,
                       "the catalogue has schema version %lld, and this is for "
                       "%d: %s",
                       (long long)version, db_newest_version(),
                       version < db_newest_version()
                           ? "run `bitgrove jobs' on it once to bring it up "
                             "to date"
                           : "use a newer bitgrove");
    return OK;
}

const char *catalogue_path(const struct catalogue *cat)
{
    return db_path(cat->db);
}

struct db *catalogue_db(const struct catalogue *cat)
{
    return cat->db;
}

struct tally *catalogue_tally(struct catalogue *cat)
{
    return &cat->tally;
}

enum status catalogue_begin(struct catalogue *cat, struct err *err)
{
    return db_begin(cat->db, err);
}

enum status catalogue_commit(struct catalogue *cat, struct err *err)
{
    enum status status = tally_write(&cat->tally, cat->db, err);

    if (status == OK)
        status = db_commit(cat->db, err);
    if (status == OK)
        tally_forget(&cat->tally);
    return status;
}

enum status catalogue_end(struct catalogue *cat, enum status status,
                          struct err *err)
{
    if (status == OK)
        status = catalogue_commit(cat, err);
    if (status != OK)
        catalogue_rollback(cat);
    return status;
}

enum status catalogue_snapshot(struct catalogue *cat, struct err *err)
{
    return db_snapshot(cat->db, err);
}

enum status catalogue_in_place(const struct catalogue *cat, struct err *err)
{
    return db_in_place(cat->db, err);
}

void catalogue_rollback(struct catalogue *cat)
{
    tally_forget(&cat->tally);
    db_rollback(cat->db);
}

bool catalogue_changed(struct catalogue *cat)
{
    int64_t version = db_data_version(cat->db);
    bool changed = version != cat->seen;

    cat->seen = version;
    return changed;
}

/* The file and its write-ahead log, where a young catalogue has most of it. */
static int64_t bytes_on_disk(const char *path)
{
    struct str log = STR_INIT;
    struct stat st;
    int64_t bytes = 0;

    str_addf(&log, "%s-wal", path);
    if (stat(path, &st) == 0)
        bytes += st.st_size;
    if (stat(log.text, &st) == 0)
        bytes += st.st_size;
    str_release(&log);
    return bytes;
}

enum status catalogue_info(struct catalogue *cat, struct catalogue_info *out,
                           struct err *err)
{
    struct catalogue_info info = {0};
    int64_t *const columns[] = {
        &info.datasets, &info.classes, &info.images,     &info.train,
        &info.test,     &info.ood,     &info.unlabelled, &info.models,
        &info.codes,    &info.notes,   &info.tags,       &info.jobs,
    };
    struct stmt *q = stmt_use(cat->db, Q_INFO);
    enum status status;

    if (stmt_next(q)) {
        for (int i = 0; i < (int)ARRAY_SIZE(columns); i++)
            *columns[i] = stmt_int(q, i);
    }
    status = stmt_end(q, err);
    if (status != OK)
        return status;
    info.file_bytes = bytes_on_disk(db_path(cat->db));
    info.schema = db_schema_version(cat->db);
    *out = info;
    return OK;
}
