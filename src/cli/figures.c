#include <config.h>

#include "cli/figures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum {
    BASELINE,
    ENCODER,
    RECIPE,
    BITS,
    EPOCHS,
    SEED,
    TESTED,
    TOP1,
    TOP5,
    MHD,
    ED,
    TIES,
    QUERIES,
    DATABASE,
    MAP,
    MAP_COSINE,
    PRECISION_RADIUS2,
    EMPTY_RADIUS2,
    OOD_IN,
    OOD_OUT,
    OOD_HELD,
    OOD_PRECISION,
    OOD_RECALL,
    OOD_F1,
    OOD_ACCURACY,
    OOD_AUROC,
    PURITY,
    PURITY_SHUFFLED,
    COPHENETIC,
    COPHENETIC_SHUFFLED,
    COPHENETIC_CODES,
    DISTINCT,
    DISTANCE_MIN,
    BIT_ENTROPY,
    BIT_FLIPPED,
    BIT_MASKED,
};

_Static_assert(BIT_MASKED + 1 == FIGURES, "FIGURES counts them");

#define RULE "rest of test and ood: code of no class, or tuned threshold"

const struct figure figures[FIGURES] = {
    [BASELINE] = {"baseline", "Model", "baseline", FIGURE_TEXT, ""},
    [ENCODER] = {"encoder", "Model", "encoder", FIGURE_TEXT, ""},
    [RECIPE] = {"recipe", "Model", "recipe", FIGURE_TEXT, ""},
    [BITS] = {"bits", "Model", "bits", FIGURE_WHOLE, ""},
    [EPOCHS] = {"epochs", "Model", "epochs", FIGURE_WHOLE,
                "done, of all phases"},
    [SEED] = {"seed", "Model", "seed", FIGURE_WHOLE, ""},
    [TESTED] = {"tested", "Accuracy", "test images", FIGURE_WHOLE,
                "images of test with codes"},
    [TOP1] = {"top1", "Accuracy", "class codes, top-1", FIGURE_RATE,
              "test, logits of the last epoch; paper: of phase 1"},
    [TOP5] = {"top5", "Accuracy", "class codes, top-5", FIGURE_RATE,
              "the same"},
    [MHD] = {"mhd", "Accuracy", "images, nearest class (MHD)", FIGURE_RATE,
             "test; ties: largest B[c].z, then lowest class"},
    [ED] = {"ed", "Accuracy", "images, exact code (ED)", FIGURE_RATE, "test"},
    [TIES] = {"ties", "Accuracy", "decided by the rule for ties", FIGURE_RATE,
              "test, MHD decided by the rule for ties"},
    [QUERIES] = {"queries", "Retrieval", "queries", FIGURE_WHOLE, "test"},
    [DATABASE] = {"database", "Retrieval", "database", FIGURE_WHOLE, "train"},
    [MAP] = {"map", "Retrieval", "MAP@R", FIGURE_REAL,
             "MAP@R, Hamming, ties in expectation"},
    [MAP_COSINE] = {"map_cosine", "Retrieval", "MAP@R by cosine", FIGURE_REAL,
                    "MAP@R, cosine of margins, the same"},
    [PRECISION_RADIUS2] = {"precision_radius2", "Retrieval",
                           "precision within radius 2", FIGURE_REAL,
                           "mean over queries, empty ones 0"},
    [EMPTY_RADIUS2] = {"empty_radius2", "Retrieval",
                       "queries with nothing there", FIGURE_WHOLE,
                       "queries without an answer"},
    [OOD_IN] = {"ood_in", "Outliers", "inliers", FIGURE_WHOLE,
                "images of test that are judged"},
    [OOD_OUT] = {"ood_out", "Outliers", "outliers", FIGURE_WHOLE,
                 "images of ood that are judged"},
    [OOD_HELD] = {"ood_held", "Outliers", "held out", FIGURE_WHOLE,
                  "held out to tune the threshold, seed 1"},
    [OOD_PRECISION] = {"ood_precision", "Outliers", "precision", FIGURE_RATE,
                       RULE},
    [OOD_RECALL] = {"ood_recall", "Outliers", "recall", FIGURE_RATE,
                    "the same"},
    [OOD_F1] = {"ood_f1", "Outliers", "F1", FIGURE_REAL, "the same"},
    [OOD_ACCURACY] = {"ood_accuracy", "Outliers", "accuracy", FIGURE_RATE,
                      "the same"},
    [OOD_AUROC] = {"ood_auroc", "Outliers", "AUROC", FIGURE_REAL,
                   "the same images; distance, then margin, or confidence"},
    [PURITY] = {"purity", "Tree", "dendrogram purity", FIGURE_REAL,
                "tree of the last epoch, average linkage"},
    [PURITY_SHUFFLED] = {"purity_shuffled", "Tree", "by chance", FIGURE_REAL,
                         "its leaves shuffled, mean"},
    [COPHENETIC] = {"cophenetic", "Tree", "cophenetic correlation, paths",
                    FIGURE_REAL, "with the reference paths"},
    [COPHENETIC_SHUFFLED] = {"cophenetic_shuffled", "Tree", "by chance",
                             FIGURE_REAL, "its leaves shuffled, mean"},
    [COPHENETIC_CODES] = {"cophenetic_codes", "Tree",
                          "cophenetic correlation, codes", FIGURE_REAL,
                          "with the class codes"},
    [DISTINCT] = {"distinct", "Codebook", "different codes", FIGURE_WHOLE,
                  "different class codes"},
    [DISTANCE_MIN] = {"distance_min", "Codebook", "smallest distance",
                      FIGURE_WHOLE, "between two class codes"},
    [BIT_ENTROPY] = {"bit_entropy", "Bits", "entropy", FIGURE_REAL,
                     "mean of the bits, all images"},
    [BIT_FLIPPED] = {"bit_flipped", "Bits", "lost by a flip", FIGURE_RATE,
                     "test, MHD lost, mean of the bits"},
    [BIT_MASKED] = {"bit_masked", "Bits", "lost without it", FIGURE_RATE,
                    "the same, the bit left out"},
};

const char *figure_text(int figure, const struct subject *s)
{
    switch (figure) {
    case BASELINE:
        return s->model.baseline[0] ? s->model.baseline : "none";
    case ENCODER:
        return s->model.encoder;
    default:
        return s->model.recipe;
    }
}

/* The mean over bits of one of the figures of a bit. */
static double bits_mean(int figure, const struct evaluation *e, int bits)
{
    double sum = 0;

    for (int i = 0; i < bits; i++)
        sum += figure == BIT_ENTROPY   ? e->bits.images.entropy[i]
               : figure == BIT_FLIPPED ? bit_facts_flipped(&e->bits, i)
                                       : bit_facts_masked(&e->bits, i);
    return bits > 0 ? sum / bits : NAN;
}

static double model_value(int figure, const struct subject *s,
                          const struct evaluation *e)
{
    const struct model_row *m = &s->model;
    bool codes = model_has_codes(m);

    switch (figure) {
    case BITS:
        return codes ? m->bits : NAN;
    case EPOCHS:
        return m->step;
    case SEED:
        return (double)m->seed;
    case TESTED:
        return codes ? (double)e->tested : NAN;
    case DISTINCT:
        return codes ? e->distinct : NAN;
    case DISTANCE_MIN:
        return e->distance_min >= 0 ? e->distance_min : NAN;
    default:
        return e->coded ? bits_mean(figure, e, s->book.bits) : NAN;
    }
}

static double ood_value(int figure, const struct evaluation *e)
{
    const struct ood_result *ood = &e->ood_rest;

    if (ood->in == 0 || ood->out == 0)
        return NAN;
    switch (figure) {
    case OOD_IN:
        return (double)ood->in;
    case OOD_OUT:
        return (double)ood->out;
    case OOD_HELD:
        return (double)e->ood_held;
    case OOD_PRECISION:
        return ood->precision;
    case OOD_RECALL:
        return ood->recall;
    case OOD_F1:
        return ood->f1;
    case OOD_ACCURACY:
        return ood->accuracy;
    default:
        return ood->auroc;
    }
}

static double retrieval_value(int figure, const struct evaluation *e)
{
    const struct retrieval *q = &e->retrieval;

    if (!evaluation_retrieved(e))
        return NAN;
    switch (figure) {
    case QUERIES:
        return (double)q->queries;
    case DATABASE:
        return (double)q->database;
    case MAP:
        return q->map;
    case MAP_COSINE:
        return e->cosine;
    case PRECISION_RADIUS2:
        return q->precision_radius2;
    default:
        return (double)q->empty_radius2;
    }
}

double figure_value(int figure, const struct subject *s,
                    const struct evaluation *e)
{
    if (figure >= QUERIES && figure <= EMPTY_RADIUS2)
        return retrieval_value(figure, e);
    if (figure >= OOD_IN && figure <= OOD_AUROC)
        return ood_value(figure, e);
    switch (figure) {
    case TOP1:
        return e->top1;
    case TOP5:
        return e->top5;
    case MHD:
        return e->mhd;
    case ED:
        return e->ed;
    case TIES:
        return e->ties;
    case PURITY:
        return e->purity;
    case PURITY_SHUFFLED:
        return e->purity_shuffled;
    case COPHENETIC:
        return e->cophenetic;
    case COPHENETIC_SHUFFLED:
        return e->cophenetic_shuffled;
    case COPHENETIC_CODES:
        return e->cophenetic_codes;
    default:
        return model_value(figure, s, e);
    }
}

void figure_cut(struct str *out, const char *text, size_t r)
{
    const char *cut = strstr(text, "@R");

    if (cut != NULL)
        str_addf(out, "%.*s@%zu%s", (int)(cut - text), text, r, cut + 2);
    else
        str_add(out, text);
}

/* An ordinary classifier has no codebook to open. */
static enum status compare_one(struct compared *c, const char *path,
                               const char *name, size_t r, struct err *err)
{
    struct subject s;
    enum status status =
        subject_open_named(&s, path, name, NULL, SUBJECT_MODEL, err);
    bool codes = status == OK && model_has_codes(&s.model);

    subject_close(&s);
    if (status != OK)
        return status;
    status = subject_open_named(&c->s, path, name, NULL,
                                codes ? SUBJECT_CODEBOOK : SUBJECT_MODEL, err);
    if (status != OK)
        return status;
    return codes ? evaluation_make(&c->e, &c->s, r, err)
                 : evaluation_brief(&c->e, &c->s, r, err);
}

enum status compared_open(struct compared *list, const char *path,
                          const char *const *names, int count, size_t r,
                          struct err *err)
{
    enum status status = OK;

    memset(list, 0, (size_t)count * sizeof(*list));
    for (int i = 0; i < count && status == OK; i++)
        status = compare_one(&list[i], path, names[i], r, err);
    return status;
}

void compared_close(struct compared *list, int count)
{
    for (int i = 0; i < count; i++) {
        evaluation_release(&list[i].e);
        subject_close(&list[i].s);
    }
}
