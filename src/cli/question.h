#ifndef BITGROVE_CLI_QUESTION_H
#define BITGROVE_CLI_QUESTION_H

/*
 * What `bitgrove near` is asked, from the words of the command to queries of
 * the index (index/near.h): one query or many, with the same filters. Main
 * thread.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/subject.h"
#include "index/near.h"

/* One query of those asked. */
struct asked {
    uint64_t code;
    const int8_t *margins; /* borrowed, NULL for a bare code */
    int64_t image;         /* left out of its own answer; 0: none */
};

struct question {
    const struct args *args;
    struct subject *subject;
    struct image_codes codes;
    struct near_set set; /* borrows the columns of codes */
    const char *kind;    /* the option that was given: "image", "codes", ... */
    const char *word;    /* and its value */
    bool several;        /* an option that asks for many at once */
    struct asked *asked; /* (count) owned */
    size_t count;
    struct near_query filter; /* k, radius, place and filters of all of them */
    struct pattern pattern;
    int32_t *labels; /* (n) owned: classes of the set */
    int64_t *tagged; /* owned: images that --tag leaves */
    uint64_t *among; /* owned: rows that --among leaves */
    int8_t *margins; /* owned: of a file */
};

/*
 * Reads it. images: what --images is when nothing is asked, or NULL: then that
 * is refused. *out is to be released in any case; subject, opened as deep as
 * its codebook, and args must outlive it. A file is coded by a worker.
 */
enum status question_read(struct question *out, const struct args *args,
                          struct subject *subject, const char *images,
                          struct err *err) MUST_USE;
void question_release(struct question *q);

/*
 * Query number i, for the index. Where k cuts, one answer more is asked for
 * than was: whether there is one tells if there is a next page.
 */
void question_query(struct near_query *out, const struct question *q, size_t i);

#endif
