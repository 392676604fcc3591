#include <config.h>

#include "ui/survey.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "metrics/alike.h"
#include "metrics/duplicate.h"
#include "metrics/verdict.h"

static const char *const names[SURVEY_KINDS] = {
    "unknown", "mistakes", "duplicates", "classes", "confused"};

const char *survey_name(enum survey_kind kind)
{
    return names[kind];
}

enum status survey_parse(enum survey_kind *out, const char *name,
                         struct err *err)
{
    for (int i = 0; i < SURVEY_KINDS; i++) {
        if (strcmp(names[i], name) == 0) {
            *out = (enum survey_kind)i;
            return OK;
        }
    }
    return err_set(err, ERR_BAD_INPUT,
                   "'%s' is no kind: unknown, mistakes, duplicates, classes, "
                   "confused",
                   name);
}

void survey_list_release(struct survey_list *list)
{
    free(list->image);
    free(list->pair);
    *list = (struct survey_list){0};
}

void survey_options_init(struct survey_options *options)
{
    *options = (struct survey_options){.radius = DUPLICATE_RADIUS,
                                       .tolerance = DUPLICATE_TOLERANCE};
}

/* ---- images as rows of the codebook ---- */

struct columns {
    const struct image_codes *images;
    const struct class_codes *classes;
    const struct survey_options *options;
    struct codebook book; /* borrows the arrays of classes */
    struct verdict_images rows;
    struct verdicts verdicts;
    int32_t *labels;
    uint8_t *keep;
    uint32_t pair_splits; /* confusions are counted over these */
};

struct class_at {
    int64_t id;
    int32_t row;
};

static int by_id(const void *a, const void *b)
{
    const struct class_at *x = a, *y = b;

    return x->id < y->id ? -1 : x->id > y->id;
}

static int32_t row_of(const struct class_at *sorted, int count, int64_t id)
{
    const struct class_at key = {id, 0};
    const struct class_at *found =
        bsearch(&key, sorted, (size_t)count, sizeof(key), by_id);

    return found ? found->row : -1;
}

static void fill(struct columns *c)
{
    const struct survey_options *o = c->options;
    int count = c->classes->classes;
    struct class_at *sorted = mem_zalloc((size_t)count + 1, sizeof(*sorted));

    for (int i = 0; i < count; i++)
        sorted[i] = (struct class_at){c->classes->class_ids[i], i};
    qsort(sorted, (size_t)count, sizeof(*sorted), by_id);
    for (int64_t i = 0; i < c->images->n; i++) {
        int64_t id = c->images->class_ids[i];
        unsigned split = c->images->split[i];

        c->labels[i] = i > 0 && id == c->images->class_ids[i - 1]
                           ? c->labels[i - 1]
                           : row_of(sorted, count, id);
        c->keep[i] = (!o->splits || o->splits >> split & 1) &&
                     (!o->class_id || id == o->class_id);
        if (!o->splits && split == SPLIT_TEST && id != 0)
            c->pair_splits = 1u << SPLIT_TEST;
    }
    free(sorted);
}

static void release_columns(struct columns *c)
{
    free(c->labels);
    free(c->keep);
    verdicts_release(&c->verdicts);
}

static enum status fill_columns(struct columns *c, struct err *err)
{
    size_t n = (size_t)c->images->n;

    c->labels = mem_large(n + 1, sizeof(*c->labels));
    c->keep = mem_large(n + 1, sizeof(*c->keep));
    if (!c->labels || !c->keep)
        return err_set(err, ERR_NOMEM, "no memory to look at %zu images", n);
    c->pair_splits = c->options->splits;
    fill(c);
    c->book.classes = (uint32_t)c->classes->classes;
    c->book.bits = c->classes->bits;
    c->book.codes = c->classes->codes;
    c->rows = (struct verdict_images){
        n,         c->images->bits, c->images->codes, c->images->margins,
        c->labels, c->keep};
    return verdicts_make(&c->verdicts, &c->rows, &c->book, c->options->cancel,
                         c->options->context, err);
}

/* ---- lists ---- */

static int64_t class_of(const struct columns *c, int32_t row)
{
    return row < 0 ? 0 : c->classes->class_ids[row];
}

static struct survey_image image_at(const struct columns *c, uint32_t row)
{
    return (struct survey_image){
        .id = c->images->ids[row],
        .class_id = c->images->class_ids[row],
        .decoded = class_of(c, c->verdicts.nearest[row]),
        .code = c->images->codes[row],
        .split = (enum split)c->images->split[row],
        .coded = true,
        .distance = c->verdicts.distance[row],
    };
}

static size_t kept(const struct columns *c)
{
    size_t count = 0;

    for (size_t i = 0; i < c->rows.count; i++)
        count += c->keep[i];
    return count;
}

static void list_unknown(struct survey_list *out, const struct columns *c)
{
    struct unknown *found;
    struct survey_list list = {.looked = kept(c)};

    list.count = unknown_list(&found, &list.total, &c->rows, &c->verdicts,
                              c->options->most);
    list.image = mem_zalloc(list.count + 1, sizeof(*list.image));
    for (size_t i = 0; i < list.count; i++) {
        struct survey_image *image = &list.image[i];

        *image = image_at(c, found[i].row);
        image->margin = found[i].margin;
        if (found[i].nearest >= 0)
            image->differ = image->code ^ c->book.codes[found[i].nearest];
    }
    free(found);
    *out = list;
}

static void list_mistakes(struct survey_list *out, const struct columns *c)
{
    struct mistake *found;
    struct survey_list list = {.looked = kept(c)};

    list.count = mistake_list(&found, &list.total, &c->rows, &c->verdicts,
                              &c->book, c->options->most);
    list.image = mem_zalloc(list.count + 1, sizeof(*list.image));
    for (size_t i = 0; i < list.count; i++) {
        struct survey_image *image = &list.image[i];

        *image = image_at(c, found[i].row);
        image->lead = found[i].lead;
        image->margin_lead = found[i].margin_lead;
        image->differ = image->code ^ c->book.codes[found[i].label];
    }
    free(found);
    *out = list;
}

/* Pairs of one class alone, when that is asked, and never more than asked. */
static size_t sift(struct alike *found, size_t count, size_t *total,
                   const struct columns *c)
{
    const struct survey_options *o = c->options;
    size_t left = 0;

    if (!o->class_id)
        return count;
    for (size_t i = 0; i < count; i++)
        if (class_of(c, (int32_t)found[i].a) == o->class_id ||
            class_of(c, (int32_t)found[i].b) == o->class_id)
            found[left++] = found[i];
    *total = left;
    return o->most && left > o->most ? o->most : left;
}

struct confusions {
    struct confusion_pair *pairs;
    size_t count, looked;
    size_t *images; /* (L) looked at, by class */
};

static void list_pairs(struct survey_list *out, enum survey_kind kind,
                       const struct columns *c,
                       const struct confusions *confusions)
{
    size_t most = c->options->class_id ? 0 : c->options->most;
    struct survey_list list = {
        .pairs = true, .looked = confusions->looked, .splits = c->pair_splits};
    struct alike *found;

    list.count = (kind == SURVEY_CLASSES ? alike_near : alike_confused)(
        &found, &list.total, &c->book, confusions->pairs, confusions->count,
        most);
    list.count = sift(found, list.count, &list.total, c);
    list.pair = mem_zalloc(list.count + 1, sizeof(*list.pair));
    for (size_t i = 0; i < list.count; i++) {
        const struct alike *x = &found[i];

        list.pair[i] =
            (struct survey_pair){class_of(c, (int32_t)x->a),
                                 class_of(c, (int32_t)x->b),
                                 c->book.codes[x->a] ^ c->book.codes[x->b],
                                 x->distance,
                                 x->a_as_b,
                                 x->b_as_a,
                                 confusions->images[x->a],
                                 confusions->images[x->b]};
    }
    free(found);
    *out = list;
}

static enum status count_confusions(struct confusions *out,
                                    const struct columns *c, struct err *err)
{
    size_t n = c->rows.count;
    int32_t *truth = mem_large(n + 1, sizeof(*truth));

    if (!truth)
        return err_set(err, ERR_NOMEM, "no memory to look at %zu images", n);
    out->images = mem_zalloc((size_t)c->book.classes + 1, sizeof(size_t));
    for (size_t i = 0; i < n; i++) {
        truth[i] = c->labels[i];
        if (c->pair_splits && !(c->pair_splits >> c->images->split[i] & 1))
            truth[i] = -1;
        if (truth[i] < 0)
            continue;
        out->images[truth[i]]++;
        out->looked++;
    }
    out->count = confusion_pairs(&out->pairs, truth, c->verdicts.nearest, n);
    free(truth);
    return OK;
}

enum status survey_codes(struct survey_list *lists,
                         const struct image_codes *images,
                         const struct class_codes *classes,
                         const struct survey_options *options, struct err *err)
{
    struct columns c = {
        .images = images, .classes = classes, .options = options};
    struct confusions confusions = {NULL, 0, 0, NULL};
    enum status status = fill_columns(&c, err);

    if (status == OK)
        status = count_confusions(&confusions, &c, err);
    if (status == OK) {
        list_unknown(&lists[SURVEY_UNKNOWN], &c);
        list_mistakes(&lists[SURVEY_MISTAKES], &c);
        list_pairs(&lists[SURVEY_CLASSES], SURVEY_CLASSES, &c, &confusions);
        list_pairs(&lists[SURVEY_CONFUSED], SURVEY_CONFUSED, &c, &confusions);
    }
    free(confusions.pairs);
    free(confusions.images);
    release_columns(&c);
    return status;
}
