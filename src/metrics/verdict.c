#include <config.h>

#include "metrics/verdict.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"
#include "codes/decode.h"
#include "codes/margin.h"
#include "metrics/codeplace.h"

#define CANCEL_ROWS 4096 /* images between two questions */

/* ---- decoding ---- */

/* The lowest class that has this code, which is MHD's answer, or
 * VERDICT_NONE. */
static int32_t look_up(const struct codeplace *places, uint32_t count,
                       uint64_t code)
{
    uint32_t at = codeplace_first(places, count, code);

    return at < count && places[at].code == code ? (int32_t)places[at].row
                                                 : VERDICT_NONE;
}

static void decode_row(struct verdicts *out,
                       const struct verdict_images *images,
                       const struct codebook *book, size_t i)
{
    struct decode d =
        images->margins
            ? decode_quantised(book, images->margins + i * (size_t)images->bits)
            : decode_code(book, images->codes[i]);

    out->nearest[i] =
        d.nearest == DECODE_NONE ? VERDICT_NONE : (int32_t)d.nearest;
    out->distance[i] =
        (uint8_t)(d.nearest == DECODE_NONE ? images->bits + 1 : d.distance);
}

enum status verdicts_make(struct verdicts *out,
                          const struct verdict_images *images,
                          const struct codebook *book,
                          bool (*cancel)(void *context), void *context,
                          struct err *err)
{
    struct verdicts made = {images->count, NULL, NULL};
    struct codeplace *places;
    enum status status = OK;

    assert(images->count < UINT32_MAX && images->bits == book->bits);
    made.nearest = mem_large(images->count + 1, sizeof(*made.nearest));
    made.distance = mem_large(images->count + 1, sizeof(*made.distance));
    if (!made.nearest || !made.distance) {
        verdicts_release(&made);
        return err_set(err, ERR_NOMEM, "no memory to decode %zu images",
                       images->count);
    }
    places = codeplace_sort(book);
    for (size_t i = 0; i < images->count && status == OK; i++) {
        made.nearest[i] = look_up(places, book->classes, images->codes[i]);
        if (made.nearest[i] == VERDICT_NONE)
            decode_row(&made, images, book, i);
        if (i % CANCEL_ROWS == 0 && cancel && cancel(context))
            status = err_set(err, ERR_CANCELLED, "interrupted");
    }
    free(places);
    if (status == OK)
        *out = made;
    else
        verdicts_release(&made);
    return status;
}

void verdicts_release(struct verdicts *verdicts)
{
    free(verdicts->nearest);
    free(verdicts->distance);
    *verdicts = (struct verdicts)VERDICTS_INIT;
}

/* ---- ranking ---- */

/*
 * Both lists are ranked by a key of 32 bits, the lowest first, and then by
 * row: together one number, so that a million rows sort quickly.
 */
struct keys {
    uint64_t *items;
    size_t count, room;
};

static void offer(struct keys *keys, uint32_t key, size_t row)
{
    ARRAY_GROW(keys->items, keys->count, keys->room);
    keys->items[keys->count++] = (uint64_t)key << 32 | row;
}

static int by_key(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;

    return *x < *y ? -1 : *x > *y;
}

/* Sorts, and returns how many of them are wanted. */
static size_t rank(struct keys *keys, size_t most)
{
    if (keys->count > 0)
        qsort(keys->items, keys->count, sizeof(*keys->items), by_key);
    return most && most < keys->count ? most : keys->count;
}

static bool kept(const struct verdict_images *images, size_t i)
{
    return !images->keep || images->keep[i];
}

static int smallest(const struct verdict_images *images, size_t i)
{
    return images->margins
               ? margin_smallest(images->margins + i * (size_t)images->bits,
                                 images->bits)
               : 0;
}

size_t unknown_list(struct unknown **list, size_t *total,
                    const struct verdict_images *images,
                    const struct verdicts *verdicts, size_t most)
{
    struct keys keys = {NULL, 0, 0};
    size_t count;

    *list = NULL;
    for (size_t i = 0; i < images->count; i++)
        if (verdicts->distance[i] > 0 && kept(images, i))
            offer(&keys,
                  (uint32_t)(CODE_BITS_MAX + 1 - verdicts->distance[i]) << 8 |
                      (uint32_t)smallest(images, i),
                  i);
    *total = keys.count;
    count = rank(&keys, most);
    if (count > 0)
        *list = mem_zalloc(count, sizeof(**list));
    for (size_t i = 0; i < count; i++) {
        uint32_t row = (uint32_t)keys.items[i];

        (*list)[i] =
            (struct unknown){row, verdicts->nearest[row],
                             verdicts->distance[row], smallest(images, row)};
    }
    free(keys.items);
    return count;
}

/* ---- mistakes ---- */

/* The distance from a class's code to the nearest other code; k + 1 when all
 * have the same. */
static int gap(const struct codebook *book, int32_t class)
{
    int least = book->bits + 1;

    for (uint32_t c = 0; c < book->classes; c++) {
        int d = code_distance(book->codes[c], book->codes[class]);

        if (d > 0 && d < least)
            least = d;
    }
    return least;
}

static int margin_lead(const struct verdict_images *images,
                       const struct codebook *book, const struct mistake *m)
{
    uint64_t code = book->codes[m->decoded];
    uint64_t differ = code ^ book->codes[m->label];

    if (!images->margins)
        return 0;
    return 2 *
           margin_sum(images->margins + (size_t)m->row * (size_t)images->bits,
                      images->bits, code, differ);
}

/* Fills *m and says whether the image is likely labelled wrong. gaps: (L), 0
 * where not yet known. */
static bool judge(struct mistake *m, const struct verdict_images *images,
                  const struct verdicts *verdicts, const struct codebook *book,
                  uint8_t *gaps, size_t i)
{
    int32_t label = images->labels[i], decoded = verdicts->nearest[i];
    int distance = verdicts->distance[i], own;

    if (label < 0 || (uint32_t)label >= book->classes || decoded == label)
        return false;
    own = code_distance(images->codes[i], book->codes[label]);
    if (own <= distance)
        return false;
    if (gaps[decoded] == 0)
        gaps[decoded] = (uint8_t)gap(book, decoded);
    if (2 * distance >= gaps[decoded])
        return false;
    *m = (struct mistake){(uint32_t)i, label,          decoded,
                          distance,    own - distance, 0};
    m->margin_lead = margin_lead(images, book, m);
    return true;
}

size_t mistake_list(struct mistake **list, size_t *total,
                    const struct verdict_images *images,
                    const struct verdicts *verdicts,
                    const struct codebook *book, size_t most)
{
    enum { MARGIN_ROOM = 1 << 15 }; /* 2 * 64 * 127 = 16256 either way */
    uint8_t *gaps = mem_zalloc((size_t)book->classes + 1, sizeof(*gaps));
    struct keys keys = {NULL, 0, 0};
    struct mistake m;
    size_t count;

    *list = NULL;
    for (size_t i = 0; images->labels && i < images->count; i++)
        if (kept(images, i) && judge(&m, images, verdicts, book, gaps, i))
            offer(&keys,
                  (uint32_t)(CODE_BITS_MAX - m.lead) << 16 |
                      (uint32_t)(MARGIN_ROOM - m.margin_lead),
                  i);
    *total = keys.count;
    count = rank(&keys, most);
    if (count > 0)
        *list = mem_zalloc(count, sizeof(**list));
    for (size_t i = 0; i < count; i++)
        judge(&(*list)[i], images, verdicts, book, gaps,
              (uint32_t)keys.items[i]);
    free(keys.items);
    free(gaps);
    return count;
}
