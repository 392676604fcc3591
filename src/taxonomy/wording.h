#ifndef BITGROVE_TAXONOMY_WORDING_H
#define BITGROVE_TAXONOMY_WORDING_H

/*
 * What a bit may mean, from what the classes on either side are called. Terms
 * are the words of names (ASCII letters in lower case, at least two bytes),
 * the components of reference paths ("latin/upper" has "latin" and "upper"),
 * and those paths from their second component on ("latin/upper").
 *
 * The score of a term is the difference of its log odds on both sides over its
 * standard error, one half added to each count (Haldane 1955; the z score of
 * Monroe, Colaresi and Quinn, "Fightin' Words", Political Analysis 2008, eq.
 * 16 to 22, with an uninformative prior): of A classes with the bit a have the
 * term, of B without it b,
 *
 *     d = ln (a + 1/2)/(A - a + 1/2) - ln (b + 1/2)/(B - b + 1/2)
 *     s = 1/(a + 1/2) + 1/(A - a + 1/2) + 1/(b + 1/2) + 1/(B - b + 1/2)
 *     score = d / sqrt(s)
 *
 * positive when it speaks for 1. Terms of one class alone are left out: they
 * tell the class, not the bit. Any thread; nothing changes after building.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct wording;

/* names, paths: (classes), raw, NULL in whole or in part; copied as needed. */
struct wording *wording_new(const char *const *names, const char *const *paths,
                            uint32_t classes);
void wording_free(struct wording *wording); /* NULL is fine */

struct wording_term {
    const char *text;   /* raw, in lower case if of a name; borrowed */
    bool path;          /* of the reference paths, else of the names */
    uint32_t on, off;   /* classes with it that have the bit, that lack it */
    uint32_t ons, offs; /* all classes that have the bit, that lack it */
    double score;
};

#define WORDING_SIDE  2    /* terms of a side in a proposal */
#define WORDING_SCORE 1.96 /* least score of a term in it: 5 % by chance */

/* The terms a caption is made of, best first on each side. */
struct wording_proposal {
    struct wording_term on[WORDING_SIDE], off[WORDING_SIDE];
    int on_count, off_count;
};

/*
 * Of terms on one side the best by score, the shorter and then the alphabetic
 * first of equals; a second one when most of its classes are new. codes:
 * (classes).
 */
void wording_propose(struct wording_proposal *out,
                     const struct wording *wording, const uint64_t *codes,
                     int bit);

/* Appends "loop, solid rather than line", "loop" or "not line"; nothing when
 * nothing was found. Raw. */
void wording_text(struct str *out, const struct wording_proposal *proposal);

#endif
