#include <config.h>

#include "catalogue/codestore.h"

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
                           struct err *err)
{
    struct model_row row;
    enum status status = model_get(cat, model, &row, err);

    if (status != OK)
        return status;
    *bits = row.bits;
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
    int64_t last;
    enum status status;

    stmt_bind_int(q, ":model", model);
    status = stmt_number(q, &last, err);
    if (status == OK)
        *step = (int)last;
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
    int room = 0;

    status = bits_of(cat, model, &codes.bits, err);
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
