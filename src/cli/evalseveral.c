#include <config.h>

/* Models side by side: a row a figure, with its protocol, a column a model. */

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "cli/evaluate.h"
#include "cli/jsonout.h"
#include "cli/tabular.h"

struct compared {
    struct subject s;
    struct evaluation e;
};

/* What a row is. An R in the protocol stands for the cut. */
enum kind { TEXT, WHOLE, RATE, REAL };

struct figure {
    const char *key;
    enum kind kind;
    const char *protocol;
};

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
    FIGURES
};

#define RULE "rest of test and ood: code of no class, or tuned threshold"

static const struct figure figures[FIGURES] = {
    [BASELINE] = {"baseline", TEXT, ""},
    [ENCODER] = {"encoder", TEXT, ""},
    [RECIPE] = {"recipe", TEXT, ""},
    [BITS] = {"bits", WHOLE, ""},
    [EPOCHS] = {"epochs", WHOLE, "done, of all phases"},
    [SEED] = {"seed", WHOLE, ""},
    [TESTED] = {"tested", WHOLE, "images of test with codes"},
    [TOP1] = {"top1", RATE,
              "test, logits of the last epoch; paper: of phase 1"},
    [TOP5] = {"top5", RATE, "the same"},
    [MHD] = {"mhd", RATE, "test; ties: largest B[c].z, then lowest class"},
    [ED] = {"ed", RATE, "test"},
    [TIES] = {"ties", RATE, "test, MHD decided by the rule for ties"},
    [QUERIES] = {"queries", WHOLE, "test"},
    [DATABASE] = {"database", WHOLE, "train"},
    [MAP] = {"map", REAL, "MAP@R, Hamming, ties in expectation"},
    [MAP_COSINE] = {"map_cosine", REAL, "MAP@R, cosine of margins, the same"},
    [PRECISION_RADIUS2] = {"precision_radius2", REAL,
                           "mean over queries, empty ones 0"},
    [EMPTY_RADIUS2] = {"empty_radius2", WHOLE, "queries without an answer"},
    [OOD_IN] = {"ood_in", WHOLE, "images of test that are judged"},
    [OOD_OUT] = {"ood_out", WHOLE, "images of ood that are judged"},
    [OOD_HELD] = {"ood_held", WHOLE, "held out to tune the threshold, seed 1"},
    [OOD_PRECISION] = {"ood_precision", RATE, RULE},
    [OOD_RECALL] = {"ood_recall", RATE, "the same"},
    [OOD_F1] = {"ood_f1", REAL, "the same"},
    [OOD_ACCURACY] = {"ood_accuracy", RATE, "the same"},
    [OOD_AUROC] = {"ood_auroc", REAL,
                   "the same images; distance, then margin, or confidence"},
    [PURITY] = {"purity", REAL, "tree of the last epoch, average linkage"},
    [PURITY_SHUFFLED] = {"purity_shuffled", REAL, "its leaves shuffled, mean"},
    [COPHENETIC] = {"cophenetic", REAL, "with the reference paths"},
    [COPHENETIC_SHUFFLED] = {"cophenetic_shuffled", REAL,
                             "its leaves shuffled, mean"},
    [COPHENETIC_CODES] = {"cophenetic_codes", REAL, "with the class codes"},
    [DISTINCT] = {"distinct", WHOLE, "different class codes"},
    [DISTANCE_MIN] = {"distance_min", WHOLE, "between two class codes"},
    [BIT_ENTROPY] = {"bit_entropy", REAL, "mean of the bits, all images"},
    [BIT_FLIPPED] = {"bit_flipped", RATE, "test, MHD lost, mean of the bits"},
    [BIT_MASKED] = {"bit_masked", RATE, "the same, the bit left out"},
};

static const char *text_of(int figure, const struct subject *s)
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

static double model_value(int figure, const struct compared *c)
{
    const struct evaluation *e = &c->e;
    const struct model_row *m = &c->s.model;
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
        return e->coded ? bits_mean(figure, e, c->s.book.bits) : NAN;
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

static double value_of(int figure, const struct compared *c)
{
    const struct evaluation *e = &c->e;

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
        return model_value(figure, c);
    }
}

static void add_cell(struct tabular *t, int figure, const struct compared *c)
{
    double value;

    if (figures[figure].kind == TEXT) {
        tabular_text(t, text_of(figure, &c->s));
        return;
    }
    value = value_of(figure, c);
    if (figures[figure].kind == RATE)
        tabular_rate(t, value);
    else if (isnan(value))
        tabular_text(t, t->format == FORMAT_CSV ? "" : "-");
    else if (figures[figure].kind == WHOLE)
        tabular_int(t, (int64_t)value);
    else
        tabular_real(t, value, t->format == FORMAT_CSV ? 9 : 4);
}

static void add_protocol(struct tabular *t, int figure, size_t r)
{
    const char *text = figures[figure].protocol, *cut = strstr(text, "@R");
    struct str line = STR_INIT;

    if (cut != NULL)
        str_addf(&line, "%.*s@%zu%s", (int)(cut - text), text, r, cut + 2);
    else
        str_add(&line, text);
    tabular_text(t, line.text);
    str_release(&line);
}

static void print_table(const struct compared *list, int count, size_t r,
                        enum format format)
{
    struct column *columns = mem_zalloc((size_t)count + 2, sizeof(*columns));
    char **names = mem_zalloc((size_t)count, sizeof(*names));
    struct tabular t;

    columns[0] = (struct column){"figure", COLUMN_TEXT};
    for (int i = 0; i < count; i++) {
        struct str name = STR_INIT;

        utf8_escape(&name, list[i].s.model.name);
        names[i] = str_take(&name);
        columns[i + 1] = (struct column){names[i], COLUMN_NUMBER};
    }
    columns[count + 1] = (struct column){"protocol", COLUMN_NAME};
    tabular_init(&t, columns, count + 2, format);
    for (int figure = 0; figure < FIGURES; figure++) {
        tabular_text(&t, figures[figure].key);
        for (int i = 0; i < count; i++)
            add_cell(&t, figure, &list[i]);
        add_protocol(&t, figure, r);
    }
    tabular_print(&t);
    tabular_release(&t);
    for (int i = 0; i < count; i++)
        free(names[i]);
    free(names);
    free(columns);
}

static void print_json(const struct compared *list, int count, size_t r)
{
    json_t *models = json_array();

    for (int i = 0; i < count; i++)
        json_array_append_new(models,
                              evaluation_json(&list[i].e, &list[i].s, r));
    jsonout_print(json_pack("{s:o}", "models", models));
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

enum status evaluate_several(const char *path, const char *const *names,
                             int count, size_t r, enum format format,
                             struct err *err)
{
    struct compared *list = mem_zalloc((size_t)count, sizeof(*list));
    enum status status = OK;

    for (int i = 0; i < count && status == OK; i++)
        status = compare_one(&list[i], path, names[i], r, err);
    if (status == OK && format == FORMAT_JSON)
        print_json(list, count, r);
    else if (status == OK)
        print_table(list, count, r, format);
    for (int i = 0; i < count; i++) {
        evaluation_release(&list[i].e);
        subject_close(&list[i].s);
    }
    free(list);
    return status;
}
