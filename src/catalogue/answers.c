#include <config.h>

#include "catalogue/answers.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"
#include "store/stmt.h"

enum status answers_load(struct catalogue *cat, int64_t model,
                         struct answer_list *out, struct err *err)
{
    struct answer_list list = {NULL, 0, 0};
    struct stmt *q = stmt_use(catalogue_db(cat), Q_IMAGE_ANSWER_ALL);
    enum status status = OK, ended;

    stmt_bind_int(q, ":model", model);
    while (status == OK && stmt_next(q)) {
        struct image_answer *row;

        ARRAY_GROW(list.items, list.count, list.room);
        row = &list.items[list.count++];
        row->image_id = stmt_int(q, 0);
        row->class_id = stmt_int(q, 1);
        row->decoded = stmt_int(q, 3);
        row->confidence = stmt_real(q, 4);
        if (split_parse(&row->split, stmt_text(q, 2), err) != OK)
            err->status = status = ERR_CATALOGUE;
    }
    ended = stmt_end(q, err);
    status = status == OK ? ended : status;
    if (status == OK)
        *out = list;
    else
        answer_list_release(&list);
    return status;
}

void answer_list_release(struct answer_list *list)
{
    free(list->items);
    *list = (struct answer_list){NULL, 0, 0};
}

enum status answers_save(struct catalogue *cat, int64_t model,
                         const struct image_answer *rows, int64_t n,
                         struct err *err)
{
    struct db *db = catalogue_db(cat);
    struct stmt *q = stmt_use(db, Q_IMAGE_ANSWER_INSERT);

    assert(db_in_transaction(db));
    stmt_bind_int(q, ":model", model);
    for (int64_t i = 0; i < n; i++) {
        stmt_bind_int(q, ":image", rows[i].image_id);
        stmt_bind_int(q, ":decoded", rows[i].decoded);
        stmt_bind_real(q, ":confidence", rows[i].confidence);
        stmt_again(q);
    }
    return stmt_end(q, err);
}
