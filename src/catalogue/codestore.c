#include <config.h>

#include "catalogue/codestore.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "catalogue/models.h"
#include "store/stmt.h"

void class_codes_release(struct class_codes *codes)
{
    free(codes->class_ids);
    free(codes->codes);
    free(codes->weights);
    *codes = (struct class_codes){0};
}

/* The length of a model's codes. */
static enum status bits_of(struct catalogue *cat, int64_t model, int *bits,
                           int64_t *coded, struct err *err)
{
    struct model_row row;
    enum status status = model_get(cat, model, &row, err);

    if (status != OK)
        return status;
    *bits = row.bits;
    *coded = row.coded;
    model_release(&row);
    return OK;
}

/* What is read is used as an index elsewhere: no bits beyond the length. */
static bool fits(uint64_t code, int bits)
{
    return bits == 64 || code >> bits == 0;
}

static enum status last_step(struct catalogue *cat, int64_t model, int *step,
                             struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_CLASS_CODE_LAST_STEP);
    int last = 0;
    enum status status;

    stmt_bind_int(q, ":model", model);
    if (stmt_next(q))
        last = (int)stmt_int(q, 0);
    status = stmt_end(q, err);
    if (status == OK)
        *step = last;
    return status;
}

static enum status add_class(struct stmt *q, struct class_codes *codes,
                             int *room, struct err *err)
{
    size_t bits = (size_t)codes->bits, size;
    const void *weights = stmt_blob(q, 2, &size);
    uint64_t code = (uint64_t)stmt_int(q, 1);

    if (!fits(code, codes->bits) || size != bits * sizeof(float))
        return err_set(err, ERR_CATALOGUE,
                       "step %d, class %lld: a code that is not of %zu bits; "
                       "the catalogue is damaged, learn again",
                       codes->step, (long long)stmt_int(q, 0), bits);
    if (codes->classes == *room) {
        *room = *room ? 2 * *room : 64;
        codes->class_ids = mem_realloc(codes->class_ids, (size_t)*room,
                                       sizeof(*codes->class_ids));
        codes->codes =
            mem_realloc(codes->codes, (size_t)*room, sizeof(*codes->codes));
        codes->weights = mem_realloc(codes->weights, (size_t)*room * bits,
                                     sizeof(*codes->weights));
    }
    codes->class_ids[codes->classes] = stmt_int(q, 0);
    codes->codes[codes->classes] = code;
    memcpy(codes->weights + (size_t)codes->classes * bits, weights, size);
    codes->classes++;
    return OK;
}

enum status class_codes_load(struct catalogue *cat, int64_t model, int step,
                             struct class_codes *out, struct err *err)
{
    struct class_codes codes = {0};
    enum status status, ended;
    struct stmt *q;
    int64_t coded;
    int room = 0;

    status = bits_of(cat, model, &codes.bits, &coded, err);
    if (status == OK && step == 0)
        status = last_step(cat, model, &step, err);
    if (status != OK)
        return status;
    codes.step = step;
    q = stmt_use(catalogue_db(cat), Q_CLASS_CODE_ALL);
    stmt_bind_int(q, ":model", model);
    stmt_bind_int(q, ":step", step);
    while (status == OK && stmt_next(q))
        status = add_class(q, &codes, &room, err);
    ended = stmt_end(q, err);
    if (ended != OK)
        status = ended;
    if (status == OK && codes.classes == 0)
        status = err_set(err, ERR_NOT_FOUND,
                         step == 0 ? "the model has no class codes yet: its "
                                     "first epoch is not done"
                                   : "the model has no class codes of step %d",
                         step);
    if (status != OK) {
        class_codes_release(&codes);
        return status;
    }
    *out = codes;
    return OK;
}

enum status class_codes_save(struct catalogue *cat, int64_t model,
                             const struct class_codes *codes,
                             const int64_t *class_ids, struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_CLASS_CODE_INSERT);
    size_t bits = (size_t)codes->bits;

    stmt_bind_int(q, ":model", model);
    stmt_bind_int(q, ":step", codes->step);
    for (int i = 0; i < codes->classes; i++) {
        stmt_bind_int(q, ":class", class_ids[i]);
        stmt_bind_int(q, ":code", (int64_t)codes->codes[i]);
        stmt_bind_blob(q, ":weights", codes->weights + (size_t)i * bits,
                       bits * sizeof(float));
        stmt_again(q);
    }
    return stmt_end(q, err);
}

void image_codes_release(struct image_codes *codes)
{
    free(codes->ids);
    free(codes->class_ids);
    free(codes->split);
    free(codes->codes);
    free(codes->decoded);
    free(codes->distance);
    free(codes->margins);
    *codes = (struct image_codes){0};
}

int64_t image_codes_find(const struct image_codes *codes, int64_t id)
{
    int64_t low = 0, high = codes->n;

    while (low < high) {
        int64_t middle = low + (high - low) / 2;

        if (codes->ids[middle] < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < codes->n && codes->ids[low] == id ? low : -1;
}

/* Moves *array to a larger place; false when there is none. */
static bool enlarge(void *array, int64_t used, int64_t room, size_t size)
{
    void *old, *fresh = mem_large((size_t)room, size);

    if (fresh == NULL)
        return false;
    memcpy(&old, array, sizeof(old));
    if (used > 0)
        memcpy(fresh, old, (size_t)used * size);
    free(old);
    memcpy(array, &fresh, sizeof(fresh));
    return true;
}

static enum status make_room(struct image_codes *c, int64_t room,
                             struct err *err)
{
    if (enlarge(&c->ids, c->n, room, sizeof(*c->ids)) &&
        enlarge(&c->class_ids, c->n, room, sizeof(*c->class_ids)) &&
        enlarge(&c->split, c->n, room, sizeof(*c->split)) &&
        enlarge(&c->codes, c->n, room, sizeof(*c->codes)) &&
        enlarge(&c->decoded, c->n, room, sizeof(*c->decoded)) &&
        enlarge(&c->distance, c->n, room, sizeof(*c->distance)) &&
        enlarge(&c->margins, c->n, room, (size_t)c->bits))
        return OK;
    return err_set(err, ERR_NOMEM, "no memory for the codes of %lld images",
                   (long long)room);
}

/* Columns from `first`: code, decoded, distance, margins. */
static enum status read_code(struct stmt *q, int first, int64_t image, int bits,
                             struct image_code *out, int8_t *margins,
                             struct err *err)
{
    size_t size;
    const void *bytes = stmt_blob(q, first + 3, &size);
    int64_t distance = stmt_int(q, first + 2);
    uint64_t code = (uint64_t)stmt_int(q, first);

    if (!fits(code, bits) || size != (size_t)bits || distance < 0 ||
        distance > bits)
        return err_set(err, ERR_CATALOGUE,
                       "image %lld: a code that is not of %d bits; the "
                       "catalogue is damaged, encode again",
                       (long long)image, bits);
    out->image_id = image;
    out->code = code;
    out->decoded = stmt_int(q, first + 1);
    out->distance = (int)distance;
    memcpy(margins, bytes, size);
    return OK;
}

static enum status add_image(struct stmt *q, struct image_codes *c,
                             int64_t *room, struct err *err)
{
    int64_t id = stmt_int(q, 0);
    struct image_code code;
    enum split split;
    enum status status = OK;

    if (c->n == *room) {
        *room = 2 * *room + 64;
        status = make_room(c, *room, err);
    }
    if (status == OK)
        status = read_code(q, 3, id, c->bits, &code,
                           c->margins + (size_t)c->n * (size_t)c->bits, err);
    if (status == OK && split_parse(&split, stmt_text(q, 2), err) != OK)
        err->status = status = ERR_CATALOGUE;
    if (status != OK)
        return status;
    c->ids[c->n] = id;
    c->class_ids[c->n] = stmt_int(q, 1);
    c->split[c->n] = (uint8_t)split;
    c->codes[c->n] = code.code;
    c->decoded[c->n] = code.decoded;
    c->distance[c->n] = (uint8_t)code.distance;
    c->n++;
    return OK;
}

enum status image_codes_load(struct catalogue *cat, int64_t model,
                             struct image_codes *out, struct err *err)
{
    struct image_codes codes = {0};
    int64_t room = 0;
    enum status status = bits_of(cat, model, &codes.bits, &room, err), ended;
    struct stmt *q;

    if (status != OK)
        return status;
    /* Another process may write more meanwhile: the count is where to begin. */
    room = room > 0 && room < INT32_MAX ? room : 64;
    status = make_room(&codes, room, err);
    if (status == OK) {
        q = stmt_use(catalogue_db(cat), Q_IMAGE_CODE_ALL);
        stmt_bind_int(q, ":model", model);
        while (status == OK && stmt_next(q))
            status = add_image(q, &codes, &room, err);
        ended = stmt_end(q, err);
        if (ended != OK)
            status = ended;
    }
    if (status != OK) {
        image_codes_release(&codes);
        return status;
    }
    *out = codes;
    return OK;
}

static void bind_code(struct stmt *q, const struct image_code *row,
                      const int8_t *margins, int bits)
{
    stmt_bind_int(q, ":image", row->image_id);
    stmt_bind_int(q, ":code", (int64_t)row->code);
    stmt_bind_int(q, ":decoded", row->decoded);
    stmt_bind_int(q, ":distance", row->distance);
    stmt_bind_blob(q, ":margins", margins, (size_t)bits);
    stmt_again(q);
}

static enum status count_coded(struct catalogue *cat, int64_t model,
                               int64_t coded, struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_MODEL_ADD_CODED);

    stmt_bind_int(q, ":coded", coded);
    stmt_bind_int(q, ":id", model);
    return stmt_run(q, err);
}

enum status image_codes_save(struct catalogue *cat, int64_t model, int bits,
                             const struct image_code *rows,
                             const int8_t *margins, int64_t n, struct err *err)
{
    struct db *db = catalogue_db(cat);
    struct stmt *insert = stmt_use(db, Q_IMAGE_CODE_INSERT);
    struct stmt *update = stmt_use(db, Q_IMAGE_CODE_UPDATE);
    int64_t fresh = 0;
    enum status inserted, updated;

    assert(db_in_transaction(db));
    stmt_bind_int(insert, ":model", model);
    stmt_bind_int(update, ":model", model);
    for (int64_t i = 0; i < n; i++) {
        const int8_t *m = margins + (size_t)i * (size_t)bits;

        bind_code(insert, &rows[i], m, bits);
        if (db_changed_rows(db) > 0)
            fresh++;
        else
            bind_code(update, &rows[i], m, bits);
    }
    inserted = stmt_end(insert, err);
    updated = stmt_end(update, err);
    if (inserted != OK || updated != OK)
        return inserted != OK ? inserted : updated;
    return count_coded(cat, model, fresh, err);
}

enum status image_code_get(struct catalogue *cat, int64_t model, int64_t image,
                           int bits, struct image_code *out, int8_t *margins,
                           struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_IMAGE_CODE_ONE);
    struct image_code code;
    enum status status, ended;

    stmt_bind_int(q, ":model", model);
    stmt_bind_int(q, ":image", image);
    if (stmt_next(q))
        status = read_code(q, 0, image, bits, &code, margins, err);
    else
        status = err_set(err, ERR_NOT_FOUND,
                         "image %lld has no code by this model: encode it",
                         (long long)image);
    ended = stmt_end(q, err);
    if (status != OK || ended != OK)
        return ended != OK ? ended : status;
    *out = code;
    return OK;
}
