/* The half of survey.h that looks for duplicates. */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "catalogue/images.h"
#include "catalogue/pixelscan.h"
#include "metrics/duplicate.h"
#include "ui/survey.h"

/* An image that takes part. */
struct party {
    int64_t id, class_id;
    uint8_t split;
};

struct twins {
    struct catalogue *cat;
    const struct dataset *dataset;
    const struct image_codes *images;
    const struct survey_options *options;
    struct duplicates *finder;
    size_t size; /* bytes of a row */
    struct party *parties;
    size_t count, room;
    uint64_t *codes; /* (count) by party, and whether there is one */
    uint8_t *coded;
    uint8_t *bytes; /* (size) of a vector's row */
};

static bool wanted(const struct twins *t, enum split split)
{
    return !t->options->splits || t->options->splits >> split & 1;
}

static bool stop(void *context)
{
    const struct twins *t = context;

    return t->options->cancel && t->options->cancel(t->options->context);
}

/* Takes part, unless it is of a split that is not asked for. */
static enum status join(struct twins *t, const struct party *party,
                        const uint8_t *bytes, struct err *err)
{
    if (!wanted(t, (enum split)party->split))
        return OK;
    if (t->count % 256 == 0 && stop(t))
        return err_set(err, ERR_CANCELLED, "interrupted");
    if (t->count == t->room)
        return err_set(err, ERR_CATALOGUE,
                       "there are more than %zu images, though they were "
                       "counted: run bitgrove check",
                       t->room);
    t->parties[t->count++] = *party;
    duplicates_add(t->finder, bytes);
    return OK;
}

static enum status join_picture(void *context, const struct image_row *image,
                                const uint8_t *bytes, struct err *err)
{
    struct party party = {image->id, image->class_id, (uint8_t)image->split};

    return join(context, &party, bytes, err);
}

static enum status read_picture(void *context, size_t row, uint8_t *bytes,
                                struct err *err)
{
    struct twins *t = context;

    return image_pixels(t->cat, t->parties[row].id, bytes, t->size, err);
}

/* ---- vectors: their codes and margins ---- */

static void vector_bytes(const struct image_codes *images, int64_t row,
                         uint8_t *bytes)
{
    size_t bits = (size_t)images->bits;

    memcpy(bytes, &images->codes[row], sizeof(uint64_t));
    memcpy(bytes + sizeof(uint64_t), images->margins + (size_t)row * bits,
           bits);
}

static enum status join_vectors(struct twins *t, struct err *err)
{
    enum status status = OK;

    t->bytes = mem_alloc(t->size);
    for (int64_t i = 0; i < t->images->n && status == OK; i++) {
        struct party party = {t->images->ids[i], t->images->class_ids[i],
                              t->images->split[i]};

        vector_bytes(t->images, i, t->bytes);
        status = join(t, &party, t->bytes, err);
    }
    return status;
}

static enum status read_vector(void *context, size_t row, uint8_t *bytes,
                               struct err *err)
{
    struct twins *t = context;
    int64_t at = image_codes_find(t->images, t->parties[row].id);

    (void)err;
    vector_bytes(t->images, at, bytes);
    return OK;
}

/* ---- both ---- */

static bool of_vectors(const struct twins *t)
{
    return t->dataset->kind == DATASET_VECTORS;
}

static enum status start(struct twins *t, struct err *err)
{
    struct duplicate_options options = {
        t->dataset->channels, t->dataset->height, t->dataset->width,
        t->options->radius, t->options->tolerance};
    struct images_query query;
    int64_t count = t->images->n;

    if (of_vectors(t)) {
        options.channels = (int)sizeof(uint64_t) + t->images->bits;
        options.tolerance = 0;
    } else {
        images_query_init(&query);
        query.dataset = t->dataset->id;
        if (images_count(t->cat, &query, &count, err) != OK)
            return err->status;
    }
    t->size = (size_t)options.channels * (size_t)options.height *
              (size_t)options.width;
    t->room = (size_t)count;
    t->parties = mem_large(t->room + 1, sizeof(*t->parties));
    if (!t->parties)
        return err_set(err, ERR_NOMEM, "no memory to look at %zu images",
                       t->room);
    return duplicates_new(&t->finder, &options, t->room, err);
}

/* The codes of all who take part; both lists are in the order of id. */
static enum status match_codes(struct twins *t, struct err *err)
{
    int64_t at = 0;

    t->codes = mem_large(t->count + 1, sizeof(*t->codes));
    t->coded = mem_large(t->count + 1, sizeof(*t->coded));
    if (!t->codes || !t->coded)
        return err_set(err, ERR_NOMEM, "no memory to look at %zu images",
                       t->count);
    for (size_t i = 0; i < t->count; i++) {
        while (at < t->images->n && t->images->ids[at] < t->parties[i].id)
            at++;
        if (at == t->images->n || t->images->ids[at] != t->parties[i].id)
            continue;
        t->codes[i] = t->images->codes[at];
        t->coded[i] = 1;
    }
    return OK;
}

static bool of_class(const struct twins *t, const struct duplicate *d)
{
    int64_t id = t->options->class_id;

    return !id || t->parties[d->row].class_id == id ||
           t->parties[d->of].class_id == id;
}

static void gather(struct survey_list *out, const struct twins *t,
                   const struct duplicate *found, size_t count, size_t crowded)
{
    size_t most = t->options->most ? t->options->most : count, room = 0;
    struct survey_list list = {.looked = t->count, .crowded = crowded};

    for (size_t i = 0; i < count; i++) {
        const struct duplicate *d = &found[i];
        const struct party *a = &t->parties[d->row], *b = &t->parties[d->of];

        if (!of_class(t, d) || list.total++ >= most)
            continue;
        ARRAY_GROW(list.image, list.count, room);
        list.image[list.count++] = (struct survey_image){
            .id = a->id,
            .class_id = a->class_id,
            .twin = b->id,
            .twin_class = b->class_id,
            .code = t->codes[d->row],
            .differ = d->bits < 0 ? 0 : t->codes[d->row] ^ t->codes[d->of],
            .split = (enum split)a->split,
            .twin_split = (enum split)b->split,
            .coded = d->bits >= 0,
            .exact = d->exact,
            .distance = d->bits,
            .pixels = d->pixels,
        };
    }
    *out = list;
}

static enum status find(struct survey_list *out, struct twins *t,
                        struct err *err)
{
    struct duplicate_source source = {
        of_vectors(t) ? read_vector : read_picture, stop, t, NULL, NULL};
    struct duplicate *found;
    size_t count, crowded;

    if ((of_vectors(t)
             ? join_vectors(t, err)
             : pixel_scan(t->cat, t->dataset, join_picture, t, err)) != OK ||
        match_codes(t, err) != OK)
        return err->status;
    source.codes = t->codes;
    source.coded = t->coded;
    if (duplicates_find(&found, &count, &crowded, t->finder, &source, err) !=
        OK)
        return err->status;
    gather(out, t, found, count, crowded);
    free(found);
    return OK;
}

enum status survey_duplicates(struct survey_list *out, struct catalogue *cat,
                              const struct dataset *dataset,
                              const struct image_codes *images,
                              const struct survey_options *options,
                              struct err *err)
{
    struct twins t = {
        .cat = cat, .dataset = dataset, .images = images, .options = options};
    enum status status = catalogue_snapshot(cat, err);

    if (status == OK)
        status = start(&t, err);
    if (status == OK)
        status = find(out, &t, err);
    catalogue_rollback(cat);
    duplicates_free(t.finder);
    free(t.parties);
    free(t.codes);
    free(t.coded);
    free(t.bytes);
    return status;
}
