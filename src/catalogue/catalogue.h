#ifndef BITGROVE_CATALOGUE_CATALOGUE_H
#define BITGROVE_CATALOGUE_CATALOGUE_H

/*
 * The catalogue: one SQLite file with the images, what was learnt from them
 * and what people noted. This room turns rows into structs and back; each
 * header beside this one holds one kind of row. Strings in the structs are
 * owned by the list or struct that the function filled, and freed by its
 * _release. A catalogue belongs to one thread at a time; several processes
 * may have the same file open.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "store/db.h"

struct catalogue;

enum status catalogue_open(struct catalogue **out, const char *path,
                           enum db_mode mode, struct err *err) MUST_USE;
void catalogue_close(struct catalogue *cat);             /* NULL is fine */
const char *catalogue_path(const struct catalogue *cat); /* absolute */

/*
 * A catalogue over a connection that somebody else opened and closes; no other
 * function that opens or closes is for it. catalogue_known() says whether the
 * connection's database is a catalogue of this program's version:
 * ERR_CATALOGUE.
 */
struct catalogue *catalogue_over(struct db *db);
void catalogue_leave(struct catalogue *cat);
enum status catalogue_known(struct catalogue *cat, struct err *err) MUST_USE;

/* The connection, for the rooms queue/, catalogue/ and sql/ only. */
struct db *catalogue_db(const struct catalogue *cat);

/* Write transactions, see db_begin(). Readers need none, but many small
 * queries are faster, and of one moment, after catalogue_snapshot(). */
enum status catalogue_begin(struct catalogue *cat, struct err *err) MUST_USE;
/* Ends a transaction: commits when status is OK, else rolls back and returns
 * it. A commit that fails is rolled back as well. */
enum status catalogue_end(struct catalogue *cat, enum status status,
                          struct err *err) MUST_USE;
enum status catalogue_commit(struct catalogue *cat, struct err *err) MUST_USE;
enum status catalogue_snapshot(struct catalogue *cat, struct err *err) MUST_USE;
void catalogue_rollback(struct catalogue *cat);

/* ERR_CATALOGUE once the file was removed, or another stands in its place. */
enum status catalogue_in_place(const struct catalogue *cat,
                               struct err *err) MUST_USE;

/* True if another process or connection has committed since the last call. */
bool catalogue_changed(struct catalogue *cat);

/* What is inside, for `info` and the title line. */
struct catalogue_info {
    int64_t datasets, classes, images, train, test, ood, unlabelled;
    int64_t models, codes, notes, tags, jobs;
    int64_t file_bytes; /* with the write-ahead log */
    int schema;
};
enum status catalogue_info(struct catalogue *cat, struct catalogue_info *out,
                           struct err *err) MUST_USE;

/*
 * Integrity of the database and of its content (pixels of the size that the
 * data set says, codes without bits beyond the model's length, margins of the
 * right length, complete trees and codebooks, images without pixels, files of
 * features where they were, as large and as old, ...).
 * Appends a line for each finding to *report, with the remedy.
 */
enum status catalogue_check(struct catalogue *cat, struct str *report,
                            bool *sound, struct err *err) MUST_USE;

#endif
