#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/report.h"
#include "codes/margin.h"

/* Of each class, bit and side the surest image: a position in the codes, or
 * -1. (classes, bits, 2) */
struct surest {
    int64_t *row;
    int classes, bits;
};

static int64_t *surest_at(const struct surest *t, int class, int bit, bool on)
{
    return &t->row[2 * ((int64_t) class * t->bits + bit) + on];
}

static int size_of(const struct image_codes *codes, int64_t row, int bit)
{
    return abs(codes->margins[row * codes->bits + bit]);
}

static void look_at(struct report *p, struct surest *t, int64_t row, int class)
{
    const struct image_codes *codes = &p->codes;
    struct report_class *of = &p->classes[class];
    int64_t score = margin_sum(codes->margins + row * codes->bits, codes->bits,
                               p->s->book.codes[class], code_mask(codes->bits));

    if (codes->split[row] == SPLIT_TEST) {
        of->tested++;
        of->right += codes->decoded[row] == p->s->coded.items[class].id;
    }
    if (of->typical == 0 || score > of->score) {
        of->typical = codes->ids[row];
        of->score = score;
    }
    for (int bit = 0; bit < t->bits; bit++) {
        bool on = codes->margins[row * codes->bits + bit] >= 0;
        int64_t *best = surest_at(t, class, bit, on);

        if (*best < 0 || size_of(codes, row, bit) > size_of(codes, *best, bit))
            *best = row;
    }
}

static void rank(struct report *p, const struct surest *t)
{
    for (int bit = 0; bit < t->bits; bit++)
        for (int on = 0; on < 2; on++) {
            struct ranking *r = &p->sure[bit][on];

            ranking_init(r, p->bounds.images);
            for (int c = 0; c < t->classes; c++) {
                int64_t row = *surest_at(t, c, bit, on == 1);

                if (row >= 0)
                    ranking_offer(r, p->codes.ids[row],
                                  size_of(&p->codes, row, bit));
            }
        }
}

enum status report_scan(struct report *p, struct err *err)
{
    struct surest t = {NULL, p->s->coded.count, p->codes.bits};
    size_t rooms = (size_t)t.classes * (size_t)t.bits * 2;
    int32_t *labels;

    t.row = mem_large(rooms + 1, sizeof(*t.row));
    if (t.row == NULL)
        return err_set(err, ERR_NOMEM,
                       "no memory to rank the images of %d classes", t.classes);
    memset(t.row, 0xff, rooms * sizeof(*t.row));
    p->sure = mem_zalloc((size_t)t.bits, sizeof(*p->sure));
    p->classes = mem_zalloc((size_t)t.classes + 1, sizeof(*p->classes));
    labels = image_codes_labels(&p->codes, &p->s->coded);
    for (int64_t row = 0; row < p->codes.n; row++)
        if (labels[row] >= 0 && p->codes.split[row] != SPLIT_OOD)
            look_at(p, &t, row, labels[row]);
    rank(p, &t);
    free(labels);
    free(t.row);
    return OK;
}
