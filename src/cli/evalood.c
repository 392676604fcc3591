#include <config.h>

/* Outliers in an evaluation: by the rule of codes, and by the tuned threshold
 * of an ordinary classifier. */

#include <stdlib.h>

#include "base/mem.h"
#include "catalogue/answers.h"
#include "cli/evaluate.h"

/* Which images of the two sides are held out; in and out of them. */
struct draw {
    bool *in, *out;
    size_t samples; /* of each side */
};

static struct draw draw_held(size_t in, size_t out)
{
    struct draw d = {mem_zalloc(in + 1, sizeof(bool)),
                     mem_zalloc(out + 1, sizeof(bool)),
                     threshold_samples(in, out)};

    threshold_hold(d.in, in, d.samples, 0, THRESHOLD_SEED);
    threshold_hold(d.out, out, d.samples, 1, THRESHOLD_SEED);
    return d;
}

static void draw_release(struct draw *d)
{
    free(d->in);
    free(d->out);
}

void evaluation_outliers(struct evaluation *out, const struct subject *s,
                         const struct image_codes *codes)
{
    struct ood *all = mem_zalloc(1, sizeof(*all));
    struct ood *rest = mem_zalloc(1, sizeof(*rest));
    size_t in = 0, foreign = 0;
    struct draw draw;

    for (int64_t i = 0; i < codes->n; i++) {
        in += codes->split[i] == SPLIT_TEST;
        foreign += codes->split[i] == SPLIT_OOD;
    }
    draw = draw_held(in, foreign);
    in = foreign = 0;
    for (int64_t i = 0; i < codes->n; i++) {
        const int8_t *margins = codes->margins + i * codes->bits;

        if (codes->split[i] == SPLIT_OOD) {
            ood_add_out(all, &s->book, margins, 1);
            if (!draw.out[foreign++])
                ood_add_out(rest, &s->book, margins, 1);
        } else if (codes->split[i] == SPLIT_TEST) {
            ood_add_in(all, &s->book, margins, 1);
            if (!draw.in[in++])
                ood_add_in(rest, &s->book, margins, 1);
        }
    }
    out->ood = ood_evaluate(all);
    out->ood_rest = ood_evaluate(rest);
    out->ood_held = 2 * draw.samples;
    draw_release(&draw);
    free(all);
    free(rest);
}

/* One side's scores, in the order of the images. Owned. */
static double *scores_of(const struct answer_list *answers, enum split split,
                         size_t *count)
{
    double *scores = mem_zalloc((size_t)answers->count + 1, sizeof(*scores));

    *count = 0;
    for (int i = 0; i < answers->count; i++)
        if (answers->items[i].split == split)
            scores[(*count)++] = 1 - answers->items[i].confidence;
    return scores;
}

enum status evaluation_answers(struct evaluation *out, struct subject *s,
                               struct err *err)
{
    struct answer_list answers;
    double *in, *foreign;
    size_t in_count, foreign_count;
    struct threshold tuned;
    struct draw draw;
    enum status status = answers_load(s->cat, s->model.id, &answers, err);

    if (status != OK)
        return status;
    in = scores_of(&answers, SPLIT_TEST, &in_count);
    foreign = scores_of(&answers, SPLIT_OOD, &foreign_count);
    draw = draw_held(in_count, foreign_count);
    if (draw.samples > 0) {
        tuned = threshold_tune(in, draw.in, in_count, foreign, draw.out,
                               foreign_count);
        out->ood_rest = tuned.rest;
        out->ood_held = tuned.samples;
        out->threshold = 1 - tuned.at;
    }
    draw_release(&draw);
    free(in);
    free(foreign);
    answer_list_release(&answers);
    return OK;
}
