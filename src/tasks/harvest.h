#ifndef BITGROVE_TASKS_HARVEST_H
#define BITGROVE_TASKS_HARVEST_H

/*
 * Picture files read, told apart and made squares, by all threads of a pool. A
 * file that can't be read or decoded is no failure of the harvest: its item
 * says why. What an item becomes does not depend on the threads.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "image/prepare.h"
#include "nn/pool.h"

struct harvest_item {
    const char *path;  /* absolute; borrowed */
    const char *known; /* the digest it had, borrowed; NULL: none */

    char *refused; /* why, owned; NULL: it is there */
    bool same;     /* its digest is the known one, and nothing was decoded */
    int64_t bytes, mtime;
    char digest[17];
    uint32_t width, height; /* of the picture in the file, upright */
    uint8_t *pixels;        /* (channels, size, size), the caller's storage */
};

/*
 * exact: every pixel of a JPEG is decoded, as PyTorch would; otherwise it may
 * be decoded smaller, to no less than twice the side that is wanted.
 */
void harvest_run(struct pool *pool, struct harvest_item *items, int n,
                 const struct prepare *how, bool exact);

/* Frees what items own, but not their pixels. */
void harvest_release(struct harvest_item *items, int n);

#endif
