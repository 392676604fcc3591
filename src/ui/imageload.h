#ifndef BITGROVE_UI_IMAGELOAD_H
#define BITGROVE_UI_IMAGELOAD_H

/*
 * Reads the codes of all images of a model, and indexes them, in a thread with
 * a connection of its own, so that a million rows never hold up a key. The thread touches
 * nothing but its own struct; the user interface's thread starts it, asks
 * whether it is done, and takes the result.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "catalogue/codestore.h"
#include "index/nearindex.h"

struct imageload;

/* The codes, and what searches them: no index when there are no codes. */
struct imageload_codes {
    struct image_codes codes;
    struct near_set *set;    /* borrows the arrays of codes; `classes` is NULL
                             until the owner sets it between two queries */
    struct nearindex *index; /* of set */
};
void imageload_release(struct imageload_codes *codes);

/* path: of the catalogue; copied. ERR_IO when no thread could be started. */
MUST_USE enum status imageload_start(struct imageload **out, const char *path,
                                     int64_t model, struct err *err);

bool imageload_done(const struct imageload *load);

/*
 * Waits for the end if need be, hands the codes over to the caller, and frees
 * the load. On failure *out is untouched.
 */
MUST_USE enum status imageload_take(struct imageload *load,
                                    struct imageload_codes *out,
                                    struct err *err);

/* Waits for the end and forgets the result; NULL is fine. */
void imageload_drop(struct imageload *load);

#endif
