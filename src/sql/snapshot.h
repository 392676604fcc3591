#ifndef BITGROVE_SQL_SNAPSHOT_H
#define BITGROVE_SQL_SNAPSHOT_H

/*
 * The codes of a model with an index over them, read once a connection and
 * kept while nothing changes: two numbers that SQLite has at hand say so
 * (struct db_mark), and when these differ, a look at the stamp of the codes
 * (struct image_codes_stamp). One thread, that of the connection.
 */

#include "catalogue/codestore.h"
#include "catalogue/dataset.h"
#include "index/nearindex.h"
#include "store/function.h"

struct snapshot {
    int references;
    int64_t model;
    struct image_codes codes;
    struct class_list classes;
    int32_t *labels; /* (codes.n) places in classes */
    struct near_set set;
    struct nearindex *index;
    struct image_codes_stamp stamp;
};

struct snapshots; /* those of a connection */

/* db: of the connection. */
struct snapshots *snapshots_new(struct db *db);
void snapshots_free(struct snapshots *all);

/* The catalogue, for questions of the same moment; call snapshots_rest() when
 * they are answered. */
struct catalogue *snapshots_catalogue(struct snapshots *all);
void snapshots_rest(struct snapshots *all);

/*
 * That of a model by name (or number when name is NULL, 0: the newest), as it
 * is now. The caller owns a reference: snapshot_drop(). ERR_CATALOGUE when the
 * database is none that this program knows; ERR_NOT_FOUND.
 */
MUST_USE enum status snapshots_get(struct snapshots *all, const char *name,
                                   int64_t id, struct snapshot **out,
                                   struct err *err);
void snapshot_drop(struct snapshot *snapshot);

#endif
