#ifndef BITGROVE_CLI_EVALUATE_H
#define BITGROVE_CLI_EVALUATE_H

/*
 * The metrics of docs/method.md from what the catalogue stores: class-code
 * accuracy from the history, everything else from class codes, instance codes
 * and the tree, in this process. A figure that can't be had yet is NAN. Main
 * thread; Ctrl-C ends it with ERR_CANCELLED.
 */

#include <stdbool.h>

#include "cli/subject.h"
#include "metrics/accuracy.h"
#include "metrics/bitreport.h"
#include "metrics/cosine.h"
#include "metrics/ood.h"
#include "metrics/retrieval.h"
#include "metrics/threshold.h"

/* What the bits do: over class codes, over all coded images, and their price
 * on the test split. */
struct bit_facts {
    struct bitreport_side classes, images;
    struct bitreport_loss loss; /* images 0: there is no test split */
    struct bitreport_pair *pairs;
    size_t pairs_count;
};
/* codes may be NULL: the class codes alone. */
enum status bit_facts_make(struct bit_facts *out, const struct subject *s,
                           const struct image_codes *codes,
                           struct err *err) MUST_USE;
void bit_facts_release(struct bit_facts *facts);
/* Test images that flipping or leaving out the bit makes wrong, as a share of
 * the test images; NAN without any. */
double bit_facts_flipped(const struct bit_facts *facts, int bit);
double bit_facts_masked(const struct bit_facts *facts, int bit);
/* How many pairs of classes differ in this bit alone. */
size_t bit_facts_pairs(const struct bit_facts *facts, int bit);

struct evaluation {
    double top1, top5; /* of phase 1's last epoch */
    bool coded;        /* there are instance codes */
    size_t tested;
    double mhd, ed, ties;
    struct retrieval retrieval;
    double cosine; /* MAP@R by the cosine of margins, of the baseline real */
    struct ood_result ood;      /* out 0: there is no ood split */
    struct ood_result ood_rest; /* of the images not held out for tuning: by
                                   the same rule, or by the threshold of a
                                   model without codes */
    size_t ood_held;            /* images held out, of both splits */
    double threshold;           /* of confidence; NAN if there are codes */
    double purity, cophenetic;
    double purity_shuffled, cophenetic_shuffled; /* of trees by chance */
    int shuffles;                                /* so many */
    double cophenetic_codes; /* with the distances the tree is made from */
    uint32_t distinct;       /* different class codes */
    int distance_min;        /* between two classes, -1 when there are none */
    struct bit_facts bits;
};

/* r: the cut of MAP. The subject is of SUBJECT_CODEBOOK. */
enum status evaluation_make(struct evaluation *out, struct subject *s, size_t r,
                            struct err *err) MUST_USE;
void evaluation_release(struct evaluation *e);

/*
 * Accuracy, retrieval and outliers alone: tree, codebook and bits are left
 * out. Without codes the subject is of SUBJECT_MODEL, and what there is are
 * top1, top5 and ood_rest.
 */
enum status evaluation_brief(struct evaluation *out, struct subject *s,
                             size_t r, struct err *err) MUST_USE;

/* Parts of these: the outliers by codes, and by a classifier's answers. */
void evaluation_outliers(struct evaluation *out, const struct subject *s,
                         const struct image_codes *codes);
enum status evaluation_answers(struct evaluation *out, struct subject *s,
                               struct err *err) MUST_USE;

/* Prints it; r as given to evaluation_make(), baselines: NULL, or beside it. */
struct baselines;
void evaluation_print(const struct evaluation *e, const struct subject *s,
                      size_t r, const struct baselines *baselines,
                      enum format format);

/* The object that it prints as JSON, baselines left out. New reference. */
struct json_t;
struct json_t *evaluation_json(const struct evaluation *e,
                               const struct subject *s, size_t r) MUST_USE;

/* Whether there was something to search with and something to search in. */
bool evaluation_retrieved(const struct evaluation *e);

/* Several models side by side: names (count), of the catalogue at path. */
enum status evaluate_several(const char *path, const char *const *names,
                             int count, size_t r, enum format format,
                             struct err *err) MUST_USE;

/* evaluation_make() and evaluation_print() of the command's model. */
enum status evaluate(struct subject *s, size_t r, bool baselines,
                     enum format format, struct err *err) MUST_USE;

#endif
