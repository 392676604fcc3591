#include <config.h>

#include "catalogue/tally.h"

#include <stdlib.h>

#include "base/mem.h"
#include "store/stmt.h"

/* From the end: images come sorted or shuffled, but of few kinds at a time. */
void tally_images(struct tally *tally, int64_t dataset, enum split split,
                  int64_t class_id, int64_t images)
{
    struct tally_count fresh = {dataset, class_id, split, images};

    for (int i = tally->count - 1; i >= 0; i--) {
        struct tally_count *c = &tally->items[i];

        if (c->class_id == class_id && c->split == split &&
            c->dataset == dataset) {
            c->images += images;
            return;
        }
    }
    ARRAY_GROW(tally->items, tally->count, tally->room);
    tally->items[tally->count++] = fresh;
}

enum status tally_write(struct tally *tally, struct db *db, struct err *err)
{
    struct stmt *q;

    if (tally->count == 0)
        return OK;
    q = stmt_use(db, Q_TALLY_ADD);
    for (int i = 0; i < tally->count; i++) {
        const struct tally_count *c = &tally->items[i];

        stmt_bind_int(q, ":dataset", c->dataset);
        stmt_bind_text(q, ":split", split_name(c->split));
        stmt_bind_int(q, ":class", c->class_id);
        stmt_bind_int(q, ":images", c->images);
        stmt_again(q);
    }
    return stmt_end(q, err);
}

void tally_forget(struct tally *tally)
{
    free(tally->items);
    *tally = (struct tally){NULL, 0, 0};
}
