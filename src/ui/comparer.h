#ifndef BITGROVE_UI_COMPARER_H
#define BITGROVE_UI_COMPARER_H

/*
 * Two trees beside one another: of two models, or of two epochs of one. Both
 * are read, clustered if need be, and compared in a thread with a connection
 * of its own; what it found stays until another pair was asked for and has
 * come. The user interface's thread.
 */

#include <stdbool.h>
#include <stdint.h>

#include "catalogue/codestore.h"
#include "taxonomy/dendro.h"
#include "taxonomy/treecompare.h"

struct catalogue;
struct compareload;

struct comparer_side {
    int64_t model; /* 0: nothing is wanted */
    int step;      /* 0: the newest */
    enum linkage linkage;
};

struct comparison {
    struct comparer_side asked[2]; /* what for */
    struct class_codes codes[2];
    struct dendro tree[2];
    uint32_t *to[2];          /* (leaves of this) the class in the other */
    struct treecompare found; /* of tree[0] with tree[1] */
    double *moved[2];         /* (leaves) as found.class_moved says */
    const bool *same[2];      /* (nodes) borrowed from found */
};

struct comparer {
    struct comparer_side wanted[2];
    struct comparison *ready; /* or NULL; owned */
    struct compareload *load; /* or NULL */
    bool failed;              /* with what is wanted now; it was said */
};

void comparer_want(struct comparer *c, const struct comparer_side *left,
                   const struct comparer_side *right);

/* The pair that is wanted, or, while that is on its way, another step or
 * linkage of the same two models; NULL when there is none. */
const struct comparison *comparer_ready(const struct comparer *c);

bool comparer_pending(const struct comparer *c);

/* Between frames: begins what is wanted, takes over what has come; *changed
 * then. A failure is said once. */
MUST_USE enum status comparer_poll(struct comparer *c, const char *path,
                                   bool *changed, struct err *err);

void comparer_forget(struct comparer *c);

#endif
