#include <config.h>

#include "catalogue/notes.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "store/stmt.h"

static const char *const target_names[] = {
    [NOTE_MODEL] = "model", [NOTE_BIT] = "bit",   [NOTE_CLASS] = "class",
    [NOTE_IMAGE] = "image", [NOTE_NODE] = "node",
};

void note_list_release(struct note_list *list)
{
    for (int i = 0; i < list->count; i++) {
        free(list->items[i].item);
        free(list->items[i].text);
        free(list->items[i].author);
    }
    free(list->items);
    *list = (struct note_list){NULL, 0, 0};
}

enum status note_all(struct catalogue *cat, int64_t model,
                     enum note_target target, const char *item,
                     struct note_list *out, struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_NOTE_ALL);
    struct note_list list = {NULL, 0, 0};
    enum status status;

    stmt_bind_text(q, ":target", target_names[target]);
    stmt_bind_text(q, ":item", item);
    stmt_bind_int(q, ":model", model);
    while (stmt_next(q)) {
        struct note_row *row;

        ARRAY_GROW(list.items, list.count, list.room);
        row = &list.items[list.count++];
        row->id = stmt_int(q, 0);
        row->model_id = stmt_int(q, 1);
        row->target = target;
        row->item = mem_strdup(stmt_text(q, 2));
        row->text = mem_strdup(stmt_text(q, 3));
        row->author = mem_strdup(stmt_text(q, 4));
        row->written_at = stmt_int(q, 5);
    }
    status = stmt_end(q, err);
    if (status != OK) {
        note_list_release(&list);
        return status;
    }
    *out = list;
    return OK;
}

enum status note_add(struct catalogue *cat, const struct note_row *row,
                     struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_NOTE_INSERT);

    if (row->model_id != 0)
        stmt_bind_int(q, ":model", row->model_id);
    stmt_bind_text(q, ":target", target_names[row->target]);
    stmt_bind_text(q, ":item", row->item);
    stmt_bind_text(q, ":text", row->text);
    stmt_bind_text(q, ":author", row->author != NULL ? row->author : "");
    stmt_bind_int(q, ":written_at", row->written_at);
    return stmt_run(q, err);
}

enum status note_delete(struct catalogue *cat, int64_t id, struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_NOTE_DELETE);
    enum status status;

    stmt_bind_int(q, ":id", id);
    status = stmt_run(q, err);
    if (status == OK && db_changed_rows(catalogue_db(cat)) == 0)
        return err_set(err, ERR_NOT_FOUND, "there is no note %lld",
                       (long long)id);
    return status;
}

enum status caption_all(struct catalogue *cat, int64_t model, int bits,
                        struct caption_list *out, struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_CAPTION_ALL);
    struct caption_list list;
    enum status status;

    list.bits = bits;
    list.text = mem_zalloc((size_t)bits, sizeof(*list.text));
    list.author = mem_zalloc((size_t)bits, sizeof(*list.author));
    list.written_at = mem_zalloc((size_t)bits, sizeof(*list.written_at));
    stmt_bind_int(q, ":model", model);
    while (stmt_next(q)) {
        int64_t bit = stmt_int(q, 0);

        if (bit < 0 || bit >= bits)
            continue;
        list.text[bit] = mem_strdup(stmt_text(q, 1));
        list.author[bit] = mem_strdup(stmt_text(q, 2));
        list.written_at[bit] = stmt_int(q, 3);
    }
    status = stmt_end(q, err);
    if (status != OK) {
        caption_list_release(&list);
        return status;
    }
    *out = list;
    return OK;
}

void caption_list_release(struct caption_list *list)
{
    for (int i = 0; i < list->bits; i++) {
        free(list->text[i]);
        free(list->author[i]);
    }
    free(list->text);
    free(list->author);
    free(list->written_at);
    *list = (struct caption_list){NULL, NULL, NULL, 0};
}

enum status caption_set(struct catalogue *cat, int64_t model, int bit,
                        const char *text, const char *author, struct err *err)
{
    bool remove = text[0] == '\0';
    struct stmt *q =
        stmt_use(catalogue_db(cat), remove ? Q_CAPTION_DELETE : Q_CAPTION_SET);

    stmt_bind_int(q, ":model", model);
    stmt_bind_int(q, ":bit", bit);
    if (!remove) {
        stmt_bind_text(q, ":text", text);
        stmt_bind_text(q, ":author", author);
        stmt_bind_int(q, ":written_at", clock_wall());
    }
    return stmt_run(q, err);
}

void tag_list_release(struct tag_list *list)
{
    for (int i = 0; i < list->count; i++)
        free(list->items[i]);
    free(list->items);
    *list = (struct tag_list){NULL, 0, 0};
}

static enum status read_names(struct stmt *q, struct tag_list *out,
                              struct err *err)
{
    struct tag_list list = {NULL, 0, 0};
    enum status status;

    while (stmt_next(q)) {
        ARRAY_GROW(list.items, list.count, list.room);
        list.items[list.count++] = mem_strdup(stmt_text(q, 0));
    }
    status = stmt_end(q, err);
    if (status != OK) {
        tag_list_release(&list);
        return status;
    }
    *out = list;
    return OK;
}

enum status tag_all(struct catalogue *cat, int64_t image, struct tag_list *out,
                    struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_TAG_ALL);

    stmt_bind_int(q, ":image", image);
    return read_names(q, out, err);
}

enum status tag_names(struct catalogue *cat, struct tag_list *out,
                      struct err *err)
{
    return read_names(stmt_use(catalogue_db(cat), Q_TAG_NAMES), out, err);
}

enum status tag_images(struct catalogue *cat, const char *name, int64_t **ids,
                       size_t *count, struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_TAG_IMAGES);
    int64_t *list = mem_zalloc(1, sizeof(*list));
    size_t n = 0, room = 1;
    enum status status;

    stmt_bind_text(q, ":name", name);
    while (stmt_next(q)) {
        ARRAY_GROW(list, n, room);
        list[n++] = stmt_int(q, 0);
    }
    status = stmt_end(q, err);
    if (status != OK) {
        free(list);
        return status;
    }
    *ids = list;
    *count = n;
    return OK;
}

enum status tag_set(struct catalogue *cat, int64_t image, const char *name,
                    bool on, struct err *err)
{
    struct stmt *q =
        stmt_use(catalogue_db(cat), on ? Q_TAG_INSERT : Q_TAG_DELETE);

    stmt_bind_int(q, ":image", image);
    stmt_bind_text(q, ":name", name);
    return stmt_run(q, err);
}
