#ifndef BITGROVE_CLI_CURVES_H
#define BITGROVE_CLI_CURVES_H

/*
 * Curves over whole numbers as SVG within a page: each is named at its end, in
 * its colour (.c0, .c1, ... of the page's style) and by its dashes, so that it
 * can be told without colour. Main thread.
 */

#include <stdbool.h>

#include "base/str.h"

#define CURVES_MOST 4

struct curves_line {
    const char *name; /* ours */
    const double *y;  /* (count) NAN leaves a gap; borrowed */
};

struct curves_mark {
    int x; /* a rule at x - 1/2, the name to its right */
    const char *name;
};

struct curves {
    const char *id;    /* of the picture, for its title */
    const char *title; /* what it shows, for those who can't see it */
    struct curves_line line[CURVES_MOST];
    int lines;
    int first, count;   /* y[i] is at x = first + i */
    const char *across; /* what x counts */
    double low, high;   /* of y */
    bool percent;
    int height; /* pixels */
    struct curves_mark mark[CURVES_MOST];
    int marks;
};

/* Appends the picture. */
void curves_svg(struct str *out, const struct curves *curves);

#endif
