#ifndef BITGROVE_UI_TREELOAD_H
#define BITGROVE_UI_TREELOAD_H

/*
 * The tree over a model's class codes: the one that learning stored, or else
 * one that a thread clusters from them, since that of many thousand classes
 * takes a while. The thread borrows nothing: it has a copy of the codes. The
 * user interface's thread.
 */

#include <stdbool.h>
#include <stdint.h>

#include "catalogue/codestore.h"
#include "taxonomy/dendro.h"

struct catalogue;
struct model_row;
struct treeload;

/* The linkage of the trees that were stored while it was learnt. */
enum linkage treeload_linkage(const struct model_row *model);

/* The stored tree of the step of the codes. ERR_NOT_FOUND when there is none
 * of this linkage. */
MUST_USE enum status treeload_read(struct dendro *out, struct catalogue *cat,
                                   int64_t model,
                                   const struct class_codes *codes,
                                   enum linkage linkage, struct err *err);

/* Clusters them in a thread. */
MUST_USE enum status treeload_start(struct treeload **out,
                                    const struct class_codes *codes,
                                    enum linkage linkage, struct err *err);

bool treeload_done(const struct treeload *load);

/* The part that is done, 0..1. */
double treeload_part(const struct treeload *load);

/* Waits for the end if need be, hands the tree over, and frees the load. On
 * failure *out is untouched. */
MUST_USE enum status treeload_take(struct treeload *load, struct dendro *out,
                                   enum linkage *linkage, struct err *err);

/* Stops it and forgets the result; NULL is fine. */
void treeload_drop(struct treeload *load);

#endif
