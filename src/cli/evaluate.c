#include <config.h>

#include "cli/evaluate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/baselines.h"
#include "cli/follow.h"
#include "cli/taxon.h"
#include "taxonomy/cophenetic.h"
#include "taxonomy/purity.h"
#include "taxonomy/shuffled.h"

/* The labels of one split's images, -1 for all others. Owned. */
static int32_t *split_labels(const struct image_codes *codes,
                             const int32_t *labels, enum split split)
{
    int32_t *only = mem_zalloc((size_t)codes->n + 1, sizeof(*only));

    for (int64_t i = 0; i < codes->n; i++)
        only[i] = codes->split[i] == split ? labels[i] : -1;
    return only;
}

enum status bit_facts_make(struct bit_facts *out, const struct subject *s,
                           const struct image_codes *codes, struct err *err)
{
    int32_t *labels, *test;
    enum status status;

    memset(out, 0, sizeof(*out));
    bitreport_side(&out->classes, s->book.codes, s->book.classes, s->book.bits);
    out->pairs_count = bitreport_pairs(&out->pairs, &s->book);
    if (codes == NULL)
        return OK;
    bitreport_side(&out->images, codes->codes, (size_t)codes->n, codes->bits);
    labels = image_codes_labels(codes, &s->coded);
    test = split_labels(codes, labels, SPLIT_TEST);
    status = bitreport_loss(&out->loss, &s->book, codes->margins, test,
                            (size_t)codes->n, follow_interrupted, NULL, err);
    free(labels);
    free(test);
    return status;
}

void bit_facts_release(struct bit_facts *facts)
{
    free(facts->pairs);
    facts->pairs = NULL;
    facts->pairs_count = 0;
}

static double lost(const struct bit_facts *facts, size_t right)
{
    if (facts->loss.images == 0)
        return NAN;
    return ((double)facts->loss.right - (double)right) /
           (double)facts->loss.images;
}

double bit_facts_flipped(const struct bit_facts *facts, int bit)
{
    return lost(facts, facts->loss.flipped[bit]);
}

double bit_facts_masked(const struct bit_facts *facts, int bit)
{
    return lost(facts, facts->loss.masked[bit]);
}

size_t bit_facts_pairs(const struct bit_facts *facts, int bit)
{
    size_t count = 0;

    for (size_t i = 0; i < facts->pairs_count; i++)
        count += facts->pairs[i].bit == bit;
    return count;
}

static enum status class_code_accuracy(struct evaluation *out,
                                       struct subject *s, struct err *err)
{
    struct history_list history = {NULL, 0, 0};
    enum status status = history_all(s->cat, s->model.id, &history, err);

    if (status == OK) {
        const struct history_row *row = history_classes(&history, &s->model);

        out->top1 = row != NULL ? row->top1 : NAN;
        out->top5 = row != NULL ? row->top5 : NAN;
    }
    history_list_release(&history);
    return status;
}

static void instance_accuracy(struct evaluation *out, const struct subject *s,
                              const struct image_codes *codes,
                              const int32_t *labels)
{
    struct accuracy acc = ACCURACY_INIT;
    int32_t *test = split_labels(codes, labels, SPLIT_TEST);

    accuracy_add(&acc, &s->book, codes->margins, test, (size_t)codes->n);
    free(test);
    out->tested = acc.images;
    if (acc.images == 0)
        return;
    out->mhd = accuracy_rate(acc.mhd, acc.images);
    out->ed = accuracy_rate(acc.ed, acc.images);
    out->ties = accuracy_rate(acc.ties, acc.images);
}

/* One side of retrieval: codes and labels of a split's labelled images. */
static struct retrieval_items side(const struct image_codes *codes,
                                   const int32_t *labels, enum split split,
                                   uint64_t *code_room, int32_t *label_room)
{
    struct retrieval_items items = {code_room, label_room, 0};

    for (int64_t i = 0; i < codes->n; i++)
        if (codes->split[i] == split && labels[i] >= 0) {
            code_room[items.count] = codes->codes[i];
            label_room[items.count++] = labels[i];
        }
    return items;
}

static enum status retrieve(struct evaluation *out,
                            const struct image_codes *codes,
                            const int32_t *labels, size_t r, struct err *err)
{
    size_t n = (size_t)codes->n + 1;
    uint64_t *room = mem_zalloc(2 * n, sizeof(*room));
    int32_t *label_room = mem_zalloc(2 * n, sizeof(*label_room));
    struct retrieval_items queries =
        side(codes, labels, SPLIT_TEST, room, label_room);
    struct retrieval_items database =
        side(codes, labels, SPLIT_TRAIN, room + n, label_room + n);
    enum status status =
        retrieval_run(&out->retrieval, &queries, &database, codes->bits, r,
                      follow_interrupted, NULL, err);

    free(room);
    free(label_room);
    return status;
}

/* A baseline of real values: these rank, and not their signs. */
static enum status retrieve_real(struct evaluation *out,
                                 const struct image_codes *codes,
                                 const int32_t *labels, size_t r,
                                 struct err *err)
{
    size_t n = (size_t)codes->n + 1, k = (size_t)codes->bits;
    int8_t *margins[2] = {mem_large(n, k), mem_large(n, k)};
    int32_t *label_room = mem_zalloc(2 * n, sizeof(*label_room));
    struct cosine_items items[2] = {{margins[0], label_room, 0},
                                    {margins[1], label_room + n, 0}};
    struct cosine cosine;
    enum status status = OK;

    if (margins[0] == NULL || margins[1] == NULL)
        status = err_set(err, ERR_NOMEM, "no memory to rank %zu vectors", n);
    for (size_t i = 0; i + 1 < n && status == OK; i++) {
        int which = codes->split[i] == SPLIT_TEST ? 0 : 1;
        size_t at = items[which].count;

        if (labels[i] < 0 || codes->split[i] == SPLIT_OOD)
            continue;
        memcpy(margins[which] + at * k, codes->margins + i * k, k);
        label_room[(size_t)which * n + at] = labels[i];
        items[which].count++;
    }
    if (status == OK)
        status = cosine_run(&cosine, &items[0], &items[1], codes->bits, r,
                            follow_interrupted, NULL, err);
    if (status == OK && items[0].count > 0 && items[1].count > 0)
        out->cosine = cosine.map;
    free(margins[0]);
    free(margins[1]);
    free(label_room);
    return status;
}

static enum status tree_agreement(struct evaluation *out, struct subject *s,
                                  struct err *err)
{
    struct taxon tree;
    struct purity purity;
    struct cophenetic cophenetic;
    struct shuffled shuffled;
    enum status status = taxon_load(&tree, s, 0, LINKAGE_AVERAGE, err);

    if (status == OK) {
        purity = purity_dendrogram(&tree.dendro, tree.paths);
        cophenetic = cophenetic_reference(&tree.dendro, tree.paths);
        shuffled = shuffled_reference(&tree.dendro, tree.paths);
        out->shuffles = shuffled.trees;
        if (purity.pairs > 0) {
            out->purity = purity.value;
            out->purity_shuffled = shuffled.purity;
        }
        if (cophenetic.pairs > 1) {
            out->cophenetic = cophenetic.value;
            out->cophenetic_shuffled = shuffled.cophenetic;
        }
        cophenetic = cophenetic_codes(&tree.dendro, s->book.codes);
        if (cophenetic.pairs > 1 && tree.dendro.leaves == s->book.classes)
            out->cophenetic_codes = cophenetic.value;
    }
    taxon_release(&tree);
    return status == ERR_NOT_FOUND ? OK : status;
}

static enum status from_codes(struct evaluation *out, struct subject *s,
                              const struct image_codes *codes,
                              const int32_t *labels, size_t r, struct err *err)
{
    enum status status;

    out->coded = true;
    instance_accuracy(out, s, codes, labels);
    evaluation_outliers(out, s, codes);
    status = retrieve(out, codes, labels, r, err);
    if (status == OK && strcmp(s->model.baseline, "real") == 0)
        status = retrieve_real(out, codes, labels, r, err);
    return status;
}

static void begin(struct evaluation *out)
{
    memset(out, 0, sizeof(*out));
    out->top1 = out->top5 = out->mhd = out->ed = out->ties = NAN;
    out->cosine = out->threshold = NAN;
    out->purity = out->cophenetic = out->cophenetic_codes = NAN;
    out->purity_shuffled = out->cophenetic_shuffled = NAN;
    out->distance_min = -1;
}

enum status evaluation_make(struct evaluation *out, struct subject *s, size_t r,
                            struct err *err)
{
    struct image_codes codes;
    int32_t *labels;
    enum status status;

    begin(out);
    out->distinct = codebook_distinct(&s->book);
    out->distance_min = codebook_distance_min(&s->book);
    status = class_code_accuracy(out, s, err);
    if (status == OK)
        status = tree_agreement(out, s, err);
    if (status != OK)
        return status;
    status = subject_codes(s, &codes, err);
    if (status == ERR_NOT_FOUND)
        return bit_facts_make(&out->bits, s, NULL, err);
    if (status != OK)
        return status;
    follow_catch();
    labels = image_codes_labels(&codes, &s->coded);
    status = from_codes(out, s, &codes, labels, r, err);
    free(labels);
    if (status == OK)
        status = bit_facts_make(&out->bits, s, &codes, err);
    image_codes_release(&codes);
    return status;
}

enum status evaluation_brief(struct evaluation *out, struct subject *s,
                             size_t r, struct err *err)
{
    struct image_codes codes;
    int32_t *labels;
    enum status status;

    begin(out);
    status = class_code_accuracy(out, s, err);
    if (status == OK && !model_has_codes(&s->model))
        return evaluation_answers(out, s, err);
    if (status != OK)
        return status;
    status = subject_codes(s, &codes, err);
    if (status == ERR_NOT_FOUND)
        return OK;
    if (status != OK)
        return status;
    follow_catch();
    labels = image_codes_labels(&codes, &s->coded);
    status = from_codes(out, s, &codes, labels, r, err);
    free(labels);
    image_codes_release(&codes);
    return status;
}

void evaluation_release(struct evaluation *e)
{
    bit_facts_release(&e->bits);
}

enum status evaluate(struct subject *s, size_t r, bool baselines,
                     enum format format, struct err *err)
{
    struct evaluation *e = mem_zalloc(1, sizeof(*e));
    struct baselines found = {0};
    enum status status = evaluation_make(e, s, r, err);

    if (status == OK && baselines)
        status = baselines_find(&found, s, r, err);
    if (status == OK)
        evaluation_print(e, s, r, baselines ? &found : NULL, format);
    baselines_release(&found);
    evaluation_release(e);
    free(e);
    return status;
}
