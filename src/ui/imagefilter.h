#ifndef BITGROVE_UI_IMAGEFILTER_H
#define BITGROVE_UI_IMAGEFILTER_H

/*
 * Which images are shown, and in what order, as it is typed after `f`, stands
 * in a link and is told on the screen:
 *
 *     test class=/^b tag=odd code=01** distance>1 wrong sort=-margin
 *
 * A value with strings of its own: imagefilter_init() or imagefilter_parse()
 * first, imagefilter_release() last. Any thread.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

/* What images are ordered by, and bounded by but for the class. */
enum image_measure {
    MEASURE_ID,
    MEASURE_CLASS,      /* its name */
    MEASURE_DISTANCE,   /* bits to the code of the class decoded to */
    MEASURE_LABEL,      /* bits to the code of its own class */
    MEASURE_AWAY,       /* bits to the code of `from` */
    MEASURE_MARGIN,     /* its smallest margin, without sign */
    MEASURE_CONFIDENCE, /* see imagepick_confidence() */
    MEASURES
};

/* From low to high; over, under: without low, high themselves. */
struct image_bounds {
    double low, high;
    bool over, under;
};

struct imagefilter {
    uint32_t splits; /* bit s: split s; 0: any */
    char *classes;   /* words of names and paths, /REGEX; NULL: any */
    bool exact;      /* `classes` is the whole of a name */
    char *node;      /* the address of a group of the tree, or NULL */
    char *tag;       /* or NULL */
    char *code;      /* a pattern of bits, or NULL */
    char *from;      /* a place that has a code, or NULL */
    int verdict;     /* 0 any, 1 decoded right, 2 decoded wrong */
    bool unknown;    /* no class has their code */
    struct image_bounds bounds[MEASURES];
    enum image_measure order;
    bool falling;
};

void imagefilter_init(struct imagefilter *filter); /* all, by id */
void imagefilter_release(struct imagefilter *filter);

/*
 * Words that are no term are the class's, as in the tree's filter; a term with
 * blanks stands in quotes: tag="to do". ERR_BAD_INPUT says which term is none.
 * With `from` alone the order is by what is away from it.
 */
MUST_USE enum status imagefilter_parse(struct imagefilter *out,
                                       const char *text, struct err *err);

/* Appends it as imagefilter_parse() reads it; nothing for all images by id. */
void imagefilter_text(const struct imagefilter *filter, struct str *out);

/* The same without the order. */
void imagefilter_terms(const struct imagefilter *filter, struct str *out);

/* True if it asks what only images with a code can answer. */
bool imagefilter_of_codes(const struct imagefilter *filter);

const char *image_measure_name(enum image_measure measure); /* "distance" */

/* The terms, for help and the manual; *count of them. Static. */
struct imagefilter_term {
    const char *term, *help;
};
const struct imagefilter_term *imagefilter_table(int *count);

#endif
