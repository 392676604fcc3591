#ifndef BITGROVE_CLI_BASELINES_H
#define BITGROVE_CLI_BASELINES_H

/*
 * The baselines of a model that its catalogue holds: the same data set,
 * encoder, width, epochs in all and seed, and as many bits where there are
 * codes (docs/method.md, "Baselines"). Of those that are missing, the command
 * that learns them. Main thread.
 */

#include "cli/evaluate.h"
#include "cli/jsonout.h"

#define BASELINES 7

struct baseline {
    const char *kind;           /* "ordinary", ... */
    char *model;                /* NULL: none is ready; owned */
    double top1, top5, mhd, ed; /* NAN: not to be had */
    double map;                 /* by codes, of real by cosines */
    double ood, auroc;          /* evaluation.ood_rest */
    char *command;              /* what leads to one; NULL: it is there */
};

struct baselines {
    struct baseline rows[BASELINES];
};

/* r: the cut of MAP. */
enum status baselines_find(struct baselines *out, struct subject *s, size_t r,
                           struct err *err) MUST_USE;
void baselines_release(struct baselines *b); /* zeroed is fine */

/* An array, the model first. New reference. */
json_t *baselines_json(const struct baselines *b, const struct evaluation *e,
                       const struct subject *s);

/* What the comparison keeps equal, in a few words: appended. */
void baselines_protocol(struct str *out, const struct subject *s,
                        const struct evaluation *e, size_t r);

/* A table with the model first, and the commands below it. */
void baselines_print(const struct baselines *b, const struct evaluation *e,
                     const struct subject *s, size_t r);

#endif
