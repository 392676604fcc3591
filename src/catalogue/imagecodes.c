#include <config.h>

#include "catalogue/codestore.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "catalogue/codeblock.h"
#include "catalogue/models.h"
#include "store/stmt.h"

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

int64_t image_codes_from(const struct image_codes *codes, int64_t id)
{
    int64_t low = 0, high = codes->n;

    while (low < high) {
        int64_t middle = low + (high - low) / 2;

        if (codes->ids[middle] < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

int64_t image_codes_find(const struct image_codes *codes, int64_t id)
{
    int64_t row = image_codes_from(codes, id);

    return row < codes->n && codes->ids[row] == id ? row : -1;
}

struct place {
    int64_t id;
    int32_t index;
};

static int by_id(const void *a, const void *b)
{
    const struct place *p = a, *q = b;

    return p->id < q->id ? -1 : p->id > q->id;
}

int32_t *image_codes_labels(const struct image_codes *codes,
                            const struct class_list *classes)
{
    int count = classes->count;
    struct place *places = mem_zalloc((size_t)count + 1, sizeof(*places));
    int32_t *labels = mem_zalloc((size_t)codes->n + 1, sizeof(*labels));

    for (int c = 0; c < count; c++)
        places[c] = (struct place){classes->items[c].id, c};
    qsort(places, (size_t)count, sizeof(*places), by_id);
    for (int64_t i = 0; i < codes->n; i++) {
        struct place key = {codes->class_ids[i], 0};
        const struct place *found =
            bsearch(&key, places, (size_t)count, sizeof(*places), by_id);

        labels[i] = found ? found->index : -1;
    }
    free(places);
    return labels;
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

/* What is read is used as an index elsewhere: no bits beyond the length. */
static bool fits(uint64_t code, int bits)
{
    return bits == 64 || code >> bits == 0;
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

/* Those with ids from first to last, from their rows. */
static enum status load_rows(struct catalogue *cat, int64_t model,
                             int64_t first, int64_t last,
                             struct image_codes *codes, int64_t *room,
                             struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_IMAGE_CODE_ALL);
    enum status status = OK, ended;

    stmt_bind_int(q, ":model", model);
    stmt_bind_int(q, ":first", first);
    stmt_bind_int(q, ":last", last);
    while (status == OK && stmt_next(q))
        status = add_image(q, codes, room, err);
    ended = stmt_end(q, err);
    return ended != OK ? ended : status;
}

static bool in_reach(int64_t block)
{
    return block >= -CODEBLOCK_LAST && block < CODEBLOCK_LAST;
}

/* The columns of the query are block, images, data. */
static enum status add_block(struct stmt *q, struct image_codes *codes,
                             int64_t *room, struct err *err)
{
    int64_t block = stmt_int(q, 0), n = stmt_int(q, 1);
    size_t size;
    const void *data = stmt_blob(q, 2, &size);
    enum status status = OK;

    if (codes->n + CODEBLOCK_IDS > *room) {
        *room = 2 * *room + CODEBLOCK_IDS;
        status = make_room(codes, *room, err);
    }
    if (status == OK &&
        (!in_reach(block) || !codeblock_read(codes, block, data, n, size)))
        status = err_set(err, ERR_CATALOGUE,
                         "block %lld of the codes is damaged; encode the "
                         "images again",
                         (long long)block);
    return status;
}

/*
 * Blocks, and rows where there are none. The statement that walks the blocks
 * keeps its read transaction open to the end, so all is of one moment.
 */
static enum status load_all(struct catalogue *cat, int64_t model,
                            struct image_codes *codes, int64_t room,
                            struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_CODE_BLOCK_ALL);
    int64_t next = INT64_MIN;
    enum status status = OK, ended;

    stmt_bind_int(q, ":model", model);
    while (status == OK && stmt_next(q)) {
        int64_t block = stmt_int(q, 0);
        int64_t first = in_reach(block) ? block * CODEBLOCK_IDS : next;

        if (first > next)
            status = load_rows(cat, model, next, first - 1, codes, &room, err);
        if (status == OK)
            status = add_block(q, codes, &room, err);
        next = first + CODEBLOCK_IDS;
    }
    if (status == OK)
        status = load_rows(cat, model, next, INT64_MAX, codes, &room, err);
    ended = stmt_end(q, err);
    return ended != OK ? ended : status;
}

/* The length of a model's codes, and how many it has. */
static enum status size_of(struct catalogue *cat, int64_t model, int *bits,
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

enum status image_codes_load(struct catalogue *cat, int64_t model,
                             struct image_codes *out, struct err *err)
{
    struct image_codes codes = {0};
    int64_t room = 0;
    enum status status = size_of(cat, model, &codes.bits, &room, err);

    if (status != OK)
        return status;
    /* Another process may write more meanwhile: the count is where to begin.
     * A whole block is read at a time. */
    room = room > 0 && room < INT32_MAX ? room + CODEBLOCK_IDS : 64;
    status = make_room(&codes, room, err);
    if (status == OK)
        status = load_all(cat, model, &codes, room, err);
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

/* The blocks of rows that are about to change. */
static enum status drop_blocks(struct catalogue *cat, int64_t model,
                               const struct image_code *rows, int64_t n,
                               struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_CODE_BLOCK_DELETE);

    stmt_bind_int(q, ":model", model);
    for (int64_t i = 0; i < n; i++) {
        int64_t block = rows[i].image_id >> CODEBLOCK_SHIFT;

        if (i > 0 && rows[i - 1].image_id >> CODEBLOCK_SHIFT == block)
            continue;
        stmt_bind_int(q, ":block", block);
        stmt_again(q);
    }
    return stmt_end(q, err);
}

enum status image_codes_save(struct catalogue *cat, int64_t model, int bits,
                             const struct image_code *rows,
                             const int8_t *margins, int64_t n, struct err *err)
{
    struct db *db = catalogue_db(cat);
    struct stmt *insert = stmt_use(db, Q_IMAGE_CODE_INSERT);
    struct stmt *update = stmt_use(db, Q_IMAGE_CODE_UPDATE);
    int64_t fresh = 0;
    enum status dropped, inserted, updated;

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
    dropped = drop_blocks(cat, model, rows, n, err);
    inserted = stmt_end(insert, err);
    updated = stmt_end(update, err);
    if (dropped != OK)
        return dropped;
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

enum status image_codes_stamp(struct catalogue *cat, int64_t model,
                              struct image_codes_stamp *out, struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_CODE_BLOCK_STAMP);
    struct image_codes_stamp stamp = {0};
    enum status status;

    stmt_bind_int(q, ":model", model);
    if (stmt_next(q)) {
        stamp.blocks = stmt_int(q, 0);
        stamp.newest = stmt_int(q, 1);
        stamp.coded = stmt_int(q, 3);
        stamp.whole = stmt_int(q, 2) == stamp.coded;
    }
    status = stmt_end(q, err);
    if (status == OK)
        *out = stamp;
    return status;
}

bool image_codes_unchanged(const struct image_codes_stamp *a,
                           const struct image_codes_stamp *b)
{
    return a->whole && b->whole && a->blocks == b->blocks &&
           a->newest == b->newest && a->coded == b->coded;
}

static enum status has_block(struct catalogue *cat, int64_t model,
                             int64_t block, bool *has, struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_CODE_BLOCK_HAS);

    stmt_bind_int(q, ":model", model);
    stmt_bind_int(q, ":block", block);
    *has = stmt_next(q);
    return stmt_end(q, err);
}

/* The block of the first image from id `first` on; *any false: there is none.
 */
static enum status next_block(struct catalogue *cat, int64_t model,
                              int64_t first, bool *any, int64_t *block,
                              struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_IMAGE_CODE_NEXT);

    if (first < -CODEBLOCK_LAST * CODEBLOCK_IDS)
        first = -CODEBLOCK_LAST * CODEBLOCK_IDS;

    stmt_bind_int(q, ":model", model);
    stmt_bind_int(q, ":first", first);
    *any = stmt_next(q);
    *block = *any ? stmt_int(q, 0) >> CODEBLOCK_SHIFT : 0;
    *any &= in_reach(*block);
    return stmt_end(q, err);
}

static enum status insert_block(struct catalogue *cat, int64_t model,
                                int64_t block, const struct image_codes *codes,
                                struct err *err)
{
    size_t size = codeblock_size(codes->n, codes->bits);
    unsigned char *data = mem_alloc(size);
    enum status status = OK;

    if (codeblock_write(data, codes)) {
        struct stmt *q = stmt_use(catalogue_db(cat), Q_CODE_BLOCK_INSERT);

        stmt_bind_int(q, ":model", model);
        stmt_bind_int(q, ":block", block);
        stmt_bind_int(q, ":images", codes->n);
        stmt_bind_blob(q, ":data", data, size);
        status = stmt_run(q, err);
    }
    free(data);
    return status;
}

static enum status pack_block(struct catalogue *cat, int64_t model,
                              int64_t block, struct image_codes *codes,
                              struct err *err)
{
    int64_t first = block * CODEBLOCK_IDS, room = CODEBLOCK_IDS;
    enum status status;

    codes->n = 0;
    status = load_rows(cat, model, first, first + CODEBLOCK_IDS - 1, codes,
                       &room, err);
    return status == OK && codes->n > 0
               ? insert_block(cat, model, block, codes, err)
               : status;
}

/* From *first on, at most `most` blocks; *any says whether there may be more.
 */
static enum status pack_from(struct catalogue *cat, int64_t model,
                             struct image_codes *codes, int most,
                             int64_t *first, bool *any, struct err *err)
{
    enum status status = OK;
    int64_t block = 0;

    *any = true;
    while (status == OK && *any && most > 0) {
        bool has = false;

        status = next_block(cat, model, *first, any, &block, err);
        if (status != OK || !*any)
            break;
        status = has_block(cat, model, block, &has, err);
        if (status == OK && !has) {
            status = pack_block(cat, model, block, codes, err);
            most--;
        }
        *first = (block + 1) * CODEBLOCK_IDS;
    }
    return status;
}

enum status image_codes_pack(struct catalogue *cat, int64_t model, int most,
                             int64_t *first, bool *more, struct err *err)
{
    struct image_codes codes = {0};
    int64_t coded;
    enum status status = size_of(cat, model, &codes.bits, &coded, err);

    assert(db_in_transaction(catalogue_db(cat)));
    if (status == OK)
        status = make_room(&codes, CODEBLOCK_IDS, err);
    if (status == OK)
        status = pack_from(cat, model, &codes, most, first, more, err);
    image_codes_release(&codes);
    return status;
}

/* Whether a block, a row of Q_CODE_BLOCK_ALL, is what its rows say. */
static enum status verify_block(struct catalogue *cat, int64_t model,
                                struct stmt *q, struct image_codes *codes,
                                bool *same, struct err *err)
{
    int64_t block = stmt_int(q, 0), room = CODEBLOCK_IDS;
    int64_t first = in_reach(block) ? block * CODEBLOCK_IDS : 0;
    size_t size, want;
    const void *data = stmt_blob(q, 2, &size);
    unsigned char *bytes;
    enum status status;

    codes->n = 0;
    status = load_rows(cat, model, first, first + CODEBLOCK_IDS - 1, codes,
                       &room, err);
    if (status != OK)
        return status;
    want = codeblock_size(codes->n, codes->bits);
    bytes = mem_alloc(want + 1);
    *same = in_reach(block) && stmt_int(q, 1) == codes->n && codes->n > 0 &&
            size == want && codeblock_write(bytes, codes) &&
            memcmp(bytes, data, size) == 0;
    free(bytes);
    return OK;
}

enum status image_codes_verify(struct catalogue *cat, int64_t model,
                               int64_t *wrong, struct err *err)
{
    struct image_codes codes = {0};
    int64_t coded, count = 0;
    enum status status = size_of(cat, model, &codes.bits, &coded, err), ended;
    struct stmt *q;

    if (status == OK)
        status = make_room(&codes, CODEBLOCK_IDS, err);
    if (status != OK)
        return status;
    q = stmt_use(catalogue_db(cat), Q_CODE_BLOCK_ALL);
    stmt_bind_int(q, ":model", model);
    while (status == OK && stmt_next(q)) {
        bool same = false;

        status = verify_block(cat, model, q, &codes, &same, err);
        count += !same;
    }
    ended = stmt_end(q, err);
    image_codes_release(&codes);
    if (status != OK || ended != OK)
        return ended != OK ? ended : status;
    *wrong = count;
    return OK;
}
