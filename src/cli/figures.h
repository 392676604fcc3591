#ifndef BITGROVE_CLI_FIGURES_H
#define BITGROVE_CLI_FIGURES_H

/*
 * Every figure of an evaluation in one table, with what it is called and the
 * protocol it is measured by, for whatever puts models side by side. Main
 * thread.
 */

#include "cli/evaluate.h"

enum figure_kind {
    FIGURE_TEXT,
    FIGURE_WHOLE,
    FIGURE_RATE, /* a fraction of 1, shown in percent */
    FIGURE_REAL
};

struct figure {
    const char *key;          /* in CSV */
    const char *group, *name; /* for people */
    enum figure_kind kind;
    const char *protocol; /* in both, "@R" stands for the cut: figure_cut() */
};

#define FIGURES 36
extern const struct figure figures[FIGURES]; /* those of a group in a row */

/* Of a FIGURE_TEXT, borrowed from s or static; of another, NAN if it can't be
 * had. */
const char *figure_text(int figure, const struct subject *s);
double figure_value(int figure, const struct subject *s,
                    const struct evaluation *e);

/* Appends a name or a protocol; r: as given to evaluation_make(). */
void figure_cut(struct str *out, const char *text, size_t r);

/* Models of one catalogue, and how good each is. */
struct compared {
    struct subject s;
    struct evaluation e;
};

/* Fills list (count), which is due compared_close() in any case. Of models
 * without codes there is what evaluation_brief() finds. */
enum status compared_open(struct compared *list, const char *path,
                          const char *const *names, int count, size_t r,
                          struct err *err) MUST_USE;
void compared_close(struct compared *list, int count);

#endif
