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
#include "metrics/ood.h"
#include "metrics/retrieval.h"

/* Where the classes of coded images (n) stand in a list, -1: not in it. Owned.
 */
int32_t *evaluate_labels(const struct class_list *classes,
                         const struct image_codes *codes);

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
    struct ood_result ood; /* out 0: there is no ood split */
    double purity, cophenetic;
    uint32_t distinct; /* different class codes */
    int distance_min;  /* between two classes */
    struct bit_facts bits;
};

/* r: the cut of MAP. The subject is of SUBJECT_CODEBOOK. */
enum status evaluation_make(struct evaluation *out, struct subject *s, size_t r,
                            struct err *err) MUST_USE;
void evaluation_release(struct evaluation *e);

/*
 * The accuracy alone: top1, top5, tested, mhd, ed, ties; nothing to release.
 * Without codes the subject is of SUBJECT_MODEL.
 */
enum status evaluation_accuracy(struct evaluation *out, struct subject *s,
                                struct err *err) MUST_USE;

/* Prints it; r as given to evaluation_make(), baselines: NULL, or beside it. */
struct baselines;
void evaluation_print(const struct evaluation *e, const struct subject *s,
                      size_t r, const struct baselines *baselines,
                      enum format format);

/* evaluation_make() and evaluation_print() of the command's model. */
enum status evaluate(struct subject *s, size_t r, bool baselines,
                     enum format format, struct err *err) MUST_USE;

#endif
