#include <config.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "cli/baselines.h"
#include "cli/bitrows.h"
#include "cli/console.h"
#include "cli/evaluate.h"
#include "cli/jsonout.h"
#include "cli/tabular.h"

#define TIE_RULE "largest B[c].z, then lowest class"

static const char *epochs_state(const struct subject *s)
{
    return s->model.state == MODEL_READY ? "ready" : "learning";
}

bool evaluation_retrieved(const struct evaluation *e)
{
    return e->coded && e->retrieval.queries > 0 && e->retrieval.database > 0;
}

static double when(bool known, double value)
{
    return known ? value : NAN;
}

static json_t *bits_json(const struct evaluation *e, const struct subject *s)
{
    json_t *rows = json_array();

    for (int bit = 0; bit < s->book.bits; bit++)
        json_array_append_new(
            rows, bitrows_json(&e->bits, e->coded, bit, s->book.bits));
    return rows;
}

static json_t *protocol_json(const struct evaluation *e,
                             const struct subject *s, size_t r)
{
    json_t *p = json_pack(
        "{s:s, s:I, s:s, s:s, s:I, s:s, s:s, s:s, s:i, s:I, s:s, s:s, s:s, "
        "s:i, s:i}",
        "split", "test", "tested", (json_int_t)e->tested, "queries", "test",
        "database", "train", "r", (json_int_t)r, "tie_rule", TIE_RULE,
        "retrieval_ties", "expected average precision", "ood_rule",
        isnan(e->threshold) ? "code of no class" : "tuned threshold", "bits",
        s->model.bits, "seed", (json_int_t)s->model.seed, "recipe",
        s->model.recipe, "encoder", s->model.encoder, "state", epochs_state(s),
        "epoch", s->model.step, "epochs", s->model.steps);

    json_object_set_new(p, "ood_tuning",
                        json_pack("{s:I, s:i, s:s}", "held_out",
                                  (json_int_t)e->ood_held, "seed",
                                  THRESHOLD_SEED, "for", "largest accuracy"));
    json_object_set_new(p, "shuffled_trees", json_integer(e->shuffles));
    return p;
}

static json_t *ood_json(const struct ood_result *ood)
{
    bool found = ood->in > 0 && ood->out > 0;

    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:I, s:I}", "precision",
                     jsonout_real(when(found, ood->precision)), "recall",
                     jsonout_real(when(found, ood->recall)), "f1",
                     jsonout_real(when(found, ood->f1)), "accuracy",
                     jsonout_real(when(found, ood->accuracy)), "auroc",
                     jsonout_real(when(found, ood->auroc)), "in",
                     (json_int_t)ood->in, "out", (json_int_t)ood->out);
}

/* Precision and recall of all queries together, at every radius. */
static json_t *radius_json(const struct retrieval *q)
{
    json_t *list = json_array();

    for (int d = 0; d <= q->bits; d++)
        json_array_append_new(list, json_pack("{s:i, s:f, s:f}", "radius", d,
                                              "precision", q->precision[d],
                                              "recall", q->recall[d]));
    return list;
}

static json_t *retrieval_json(const struct evaluation *e, size_t r)
{
    const struct retrieval *q = &e->retrieval;
    bool found = evaluation_retrieved(e);

    return json_pack(
        "{s:o, s:o, s:I, s:I, s:I, s:o, s:o, s:o}", "map",
        jsonout_real(when(found, q->map)), "map_cosine",
        jsonout_real(e->cosine), "r", (json_int_t)r, "queries",
        (json_int_t)q->queries, "database", (json_int_t)q->database,
        "precision_radius2", jsonout_real(when(found, q->precision_radius2)),
        "empty_radius2",
        found ? json_integer((json_int_t)q->empty_radius2) : json_null(),
        "by_radius", found ? radius_json(q) : json_array());
}

json_t *evaluation_json(const struct evaluation *e, const struct subject *s,
                        size_t r)
{
    json_t *whole = json_pack(
        "{s:o, s:s, s:i, s:{s:o, s:o}, s:{s:o, s:o, s:o}}", "model",
        jsonout_text(s->model.name), "baseline",
        s->model.baseline[0] ? s->model.baseline : "none", "bits",
        s->model.bits, "class_code", "top1", jsonout_real(e->top1), "top5",
        jsonout_real(e->top5), "instance", "mhd", jsonout_real(e->mhd), "ed",
        jsonout_real(e->ed), "ties", jsonout_real(e->ties));
    json_t *ood = ood_json(&e->ood);

    json_object_set_new(ood, "rest", ood_json(&e->ood_rest));
    json_object_set_new(ood, "threshold", jsonout_real(e->threshold));
    json_object_set_new(whole, "retrieval", retrieval_json(e, r));
    json_object_set_new(whole, "ood", ood);
    json_object_set_new(
        whole, "tree",
        json_pack("{s:o, s:o, s:o, s:o, s:o}", "purity",
                  jsonout_real(e->purity), "purity_shuffled",
                  jsonout_real(e->purity_shuffled), "cophenetic",
                  jsonout_real(e->cophenetic), "cophenetic_shuffled",
                  jsonout_real(e->cophenetic_shuffled), "cophenetic_codes",
                  jsonout_real(e->cophenetic_codes)));
    json_object_set_new(
        whole, "codebook",
        json_pack("{s:I, s:I, s:o}", "classes", (json_int_t)s->book.classes,
                  "distinct", (json_int_t)e->distinct, "distance_min",
                  e->distance_min >= 0 ? json_integer(e->distance_min)
                                       : json_null()));
    json_object_set_new(whole, "bits_report", bits_json(e, s));
    json_object_set_new(whole, "protocol", protocol_json(e, s, r));
    return whole;
}

static void print_json(const struct evaluation *e, const struct subject *s,
                       size_t r, const struct baselines *baselines,
                       enum format format)
{
    json_t *whole = evaluation_json(e, s, r);

    if (baselines != NULL) {
        struct str equal = STR_INIT;

        baselines_protocol(&equal, s, e, r);
        json_object_set_new(json_object_get(whole, "protocol"), "compared",
                            json_string(equal.text));
        json_object_set_new(whole, "baselines",
                            baselines_json(baselines, e, s));
        str_release(&equal);
    }
    jsonout_print_as(whole, format);
}

static void print_line(const char *head, const char *text)
{
    console_entry(head, 13, text);
}

static void add_rate(struct str *line, const char *name, double rate)
{
    str_addf(line, "%s%s ", line->length ? ", " : "", name);
    tabular_percent(line, rate);
}

static void print_accuracy(const struct evaluation *e)
{
    struct str line = STR_INIT;

    add_rate(&line, "top-1", e->top1);
    add_rate(&line, "top-5", e->top5);
    print_line("class codes", line.text);
    str_clear(&line);
    add_rate(&line, "MHD", e->mhd);
    add_rate(&line, "ED", e->ed);
    add_rate(&line, "decided by the tie rule", e->ties);
    if (e->coded)
        str_addf(&line, "; %zu test images", e->tested);
    print_line("images", line.text);
    str_release(&line);
}

static void print_retrieval(const struct evaluation *e, size_t r)
{
    const struct retrieval *q = &e->retrieval;
    struct str line = STR_INIT;

    if (!evaluation_retrieved(e)) {
        str_add(&line, "- (needs coded images of train and test)");
        print_line("retrieval", line.text);
        str_release(&line);
        return;
    }
    str_addf(&line, "MAP@%zu %.4f, ", r, q->map);
    if (!isnan(e->cosine))
        str_addf(&line, "by the cosine of margins %.4f, ", e->cosine);
    str_addf(&line,
             "precision within radius 2 %.4f (%zu queries have nothing "
             "there); %zu queries (test), %zu images (train)",
             q->precision_radius2, q->empty_radius2, q->queries, q->database);
    print_line("retrieval", line.text);
    str_clear(&line);
    str_add(&line, "precision, recall");
    for (int d = 0; d <= q->bits && (d == 0 || q->recall[d - 1] < 0.995); d++)
        str_addf(&line, "%s %d: %.2f, %.2f", d ? ";" : "", d, q->precision[d],
                 q->recall[d]);
    print_line("by radius", line.text);
    str_release(&line);
}

static void print_ood(const struct evaluation *e)
{
    struct str line = STR_INIT;

    if (!e->coded || e->ood.in == 0 || e->ood.out == 0) {
        str_add(&line, "- (needs coded images of test and ood)");
    } else {
        add_rate(&line, "precision", e->ood.precision);
        add_rate(&line, "recall", e->ood.recall);
        str_addf(&line, ", F1 %.3f", e->ood.f1);
        add_rate(&line, "accuracy", e->ood.accuracy);
        str_addf(&line, ", AUROC %.3f; %zu ood against %zu test images",
                 e->ood.auroc, e->ood.out, e->ood.in);
    }
    print_line("outliers", line.text);
    str_release(&line);
}

static void print_structure(const struct evaluation *e, const struct subject *s)
{
    struct str line = STR_INIT;

    if (isnan(e->purity))
        str_add(&line, "- (no tree, or no reference paths)");
    else
        str_addf(&line,
                 "dendrogram purity %.3f (its leaves shuffled %.3f), "
                 "cophenetic correlation with the paths %.3f (%.3f), with the "
                 "codes %.3f; means of %d shuffles",
                 e->purity, e->purity_shuffled, e->cophenetic,
                 e->cophenetic_shuffled, e->cophenetic_codes, e->shuffles);
    print_line("tree", line.text);
    str_clear(&line);
    str_addf(&line, "%u different codes of %u classes", e->distinct,
             s->book.classes);
    if (e->distance_min >= 0)
        str_addf(&line, ", smallest distance %d", e->distance_min);
    print_line("codebook", line.text);
    str_release(&line);
}

static void print_text(const struct evaluation *e, const struct subject *s,
                       size_t r, const struct baselines *baselines)
{
    struct str line = STR_INIT, name = STR_INIT;

    utf8_escape(&name, s->model.name);
    str_addf(&line, "%s: %s, %d bits, %s after epoch %d of %d", name.text,
             s->model.encoder, s->model.bits, epochs_state(s), s->model.step,
             s->model.steps);
    print_line("model", line.text);
    print_accuracy(e);
    print_retrieval(e, r);
    print_ood(e);
    print_structure(e, s);
    str_clear(&line);
    str_addf(&line,
             "recipe %s, seed %lld; accuracy on test; ties by %s; retrieval "
             "ties in expectation; outlier: code of no class",
             s->model.recipe, (long long)s->model.seed, TIE_RULE);
    print_line("protocol", line.text);
    if (!e->coded)
        print_line("next", s->model.state == MODEL_LEARNING
                               ? "images get their codes when learning ends"
                               : "bitgrove encode CATALOGUE");
    if (baselines != NULL) {
        putchar('\n');
        baselines_print(baselines, e, s, r);
    }
    putchar('\n');
    bitrows_print(&e->bits, e->coded, NULL, s->book.bits, FORMAT_TABLE);
    str_release(&line);
    str_release(&name);
}

void evaluation_print(const struct evaluation *e, const struct subject *s,
                      size_t r, const struct baselines *baselines,
                      enum format format)
{
    if (format != FORMAT_TABLE)
        print_json(e, s, r, baselines, format);
    else
        print_text(e, s, r, baselines);
}
